# tables, figures -> notebooks and what readers see of them.


rule paper:
    input:
        notebook="notebooks/paper.ipynb",
        settle="workflow/scripts/settle.py",
        game=rules.properties.input.game,
        sweep=rules.scorecard.input.sweep,
        properties=rules.properties.output.properties,
        scorecard=rules.scorecard.output.scorecard,
        games=rules.games.output.games,
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
        " -r game {input.game} -r sweep {input.sweep} -r properties {input.properties} -r scorecard {input.scorecard} -r games {input.games}"
        " -r figure_1 {input.figure_1} -r figure_2_nash_imitation_gap {input.figure_2[0]}"
        " -r figure_2_population_value_gap {input.figure_2[1]} -r further_games {params.further:q}"
        " && python {input.settle} {output.notebook}) > {log} 2>&1"


rule game:
    input:
        notebook="notebooks/game.ipynb",
        settle="workflow/scripts/settle.py",
        game="config/games/{game}.yaml",
        paths="data/tables/paths/{game}.csv",
        flow="data/tables/flow/{game}.csv",
        convergence="data/tables/convergence/{game}.csv",
        portrait="data/tables/portrait/{game}.csv",
        figures=multiext("figures/games/{game}/", "flow.png", "paths.png", "convergence.png"),
        diagram=branch(lambda wildcards: wildcards.game in drawn_games(), then="figures/games/{game}/diagram.png"),
        sweep_figures=branch(
            lambda wildcards: wildcards.game in swept_games(),
            then=[f"figures/games/{{game}}/sweep_{gap}.png" for gap in GAPS],
        ),
    output:
        notebook="report/notebooks/games/{game}.ipynb",
    log:
        "logs/game/{game}.log",
    benchmark:
        "logs/game/{game}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        library=library_digest("notebooks/game.ipynb"),
    shell:
        "(papermill {input.notebook} {output.notebook} --kernel mfg-imitation --no-progress-bar -r root ."
        " -r game {input.game} -r paths {input.paths} -r flow {input.flow} -r convergence {input.convergence}"
        " -r portrait {input.portrait} -r flow_figure {input.figures[0]} -r paths_figure {input.figures[1]}"
        " -r convergence_figure {input.figures[2]} -r diagram '{input.diagram}' -r sweep_figures '{input.sweep_figures}'"
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
        expand("report/games/{game}.html", game=selected_games()),
