# tables, figures -> notebooks and what readers see of them.


rule paper:
    input:
        notebook="notebooks/paper.ipynb",
        template=PAGE,
        game=rules.properties.input.game,
        sweep=rules.scorecard.input.sweep,
        properties=rules.properties.output.properties,
        scorecard=rules.scorecard.output.scorecard,
        games=rules.games.output.games,
        figure_1=rules.figure_1.output.png,
        figure_2=rules.figure_2.output.screen,
        further=expand(
            ["config/games/{game}.yaml", rules.diagram.output.png, *rules.sweep_figure.output.screen],
            game=further_games(),
        ),
    output:
        notebook="report/notebooks/paper.ipynb",
        page=report("report/paper.html", caption="../report/notebook.rst", category="Notebooks"),
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
        parameters=lambda wildcards, input: {
            **{name: input[name] for name in ("game", "sweep", "properties", "scorecard", "games", "figure_1")},
            **{f"figure_2_{gap}": figure for gap, figure in zip(GAPS, input.figure_2)},
            "further_games": " ".join(further_games()),
        },
        library=library_digest("notebooks/paper.ipynb", "workflow/scripts/notebook.py"),
    script:
        "../scripts/notebook.py"


rule game:
    input:
        notebook="notebooks/game.ipynb",
        template=PAGE,
        game="config/games/{game}.yaml",
        paths="data/tables/paths/{game}.csv",
        flow="data/tables/flow/{game}.csv",
        convergence="data/tables/convergence/{game}.csv",
        portrait="data/tables/portrait/{game}.csv",
        flow_figure="figures/games/{game}/flow.png",
        paths_figure="figures/games/{game}/paths.png",
        convergence_figure="figures/games/{game}/convergence.png",
        diagram=branch(lambda wildcards: wildcards.game in drawn_games(), then="figures/games/{game}/diagram.png"),
        sweep_figures=branch(
            lambda wildcards: wildcards.game in swept_games(),
            then=[f"figures/games/{{game}}/sweep_{gap}.png" for gap in GAPS],
        ),
    output:
        notebook="report/notebooks/games/{game}.ipynb",
        page=report("report/games/{game}.html", caption="../report/notebook.rst", category="Notebooks"),
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
        parameters=lambda wildcards, input: {
            name: str(input[name]) for name in input.keys() if name not in ("notebook", "template")
        },
        library=library_digest("notebooks/game.ipynb", "workflow/scripts/notebook.py"),
    script:
        "../scripts/notebook.py"


rule report:
    input:
        rules.paper.output.page,
        expand(rules.game.output.page, game=selected_games()),
