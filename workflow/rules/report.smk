# tables, figures -> notebooks and what readers see of them.


rule paper:
    input:
        notebook="notebooks/paper.ipynb",
        settle="workflow/scripts/settle.py",
        game=rules.properties.input.game,
        sweep=rules.scorecard.input.sweep,
        properties=rules.properties.output.properties,
        scorecard=rules.scorecard.output.scorecard,
        figure_1=rules.figure_1.output.png,
        figure_2=expand(rules.figure_2_gap.output.png, gap=GAPS),
        further=expand(
            ["config/games/{game}.yaml", rules.diagram.output.png, rules.sweep_figure.output.png],
            game=further_games(),
            gap=GAPS,
        ),
    output:
        notebook="report/notebooks/paper.ipynb",
    log:
        "logs/paper/paper.log",
    benchmark:
        "logs/paper/paper.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        further=" ".join(further_games()),
        library=library_digest("notebooks/paper.ipynb"),
    shell:
        "(papermill {input.notebook} {output.notebook} --kernel mfg-imitation --no-progress-bar -r root ."
        " -r game {input.game} -r sweep {input.sweep} -r properties {input.properties} -r scorecard {input.scorecard}"
        " -r figure_1 {input.figure_1} -r figure_2_nash_imitation_gap {input.figure_2[0]}"
        " -r figure_2_population_value_gap {input.figure_2[1]} -r further_games {params.further:q}"
        " && python {input.settle} {output.notebook}) > {log} 2>&1"


rule page:
    input:
        notebook="report/notebooks/{notebook}.ipynb",
        template=multiext("workflow/report/page/", "conf.json", "index.html.j2"),
    output:
        page=report("report/{notebook}.html", caption="../report/notebook.rst", category="Notebooks"),
    log:
        "logs/page/{notebook}.log",
    benchmark:
        "logs/page/{notebook}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    script:
        "../scripts/page.py"


rule report:
    input:
        "report/paper.html",
