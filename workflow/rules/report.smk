# tables, figures -> notebooks and what readers see of them.

#: The tables that readers are offered, from data/tables.
OFFERED = [
    "scorecard",
    "games",
    "imitators",
    "finite_populations",
    *expand("theory/{table}", table=["verification", "tightness", "frontier_growth", "theorems"]),
    *expand("{kind}/{game}", kind=["flow", "convergence", "paths"], game=selected_games()),
    *expand("sweep/{game}", game=swept_games()),
    *expand("imitation/{game}", game=drawn_games()),
    *expand("explorer/{game}", game=config["explorer"]["games"]),
]


rule index:
    input:
        notebook="notebooks/index.ipynb",
        template=PAGE,
        scorecard=rules.scorecard.output.scorecard,
        games=rules.games.output.games,
        figure=rules.figure_2.output.screen[0],
    output:
        notebook="report/notebooks/index.ipynb",
        page=report("report/index.html", caption="../report/notebook.rst", category="Pages", labels={"page": "start"}),
    log:
        "logs/index/index.log",
    benchmark:
        "logs/index/index.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        parameters=lambda wildcards, input: {
            **{name: input[name] for name in ("scorecard", "games", "figure")},
            "sweep": f"sweep/{config['paper']['game']}.csv",
            "pages": " ".join(Path(page).stem for page in PAGES if page != "index.html"),
        },
        pages=PAGES,
        made_with=made_with(),
        library=library_digest("notebooks/index.ipynb", "workflow/scripts/notebook.py"),
    script:
        "../scripts/notebook.py"


rule paper:
    input:
        notebook="notebooks/paper.ipynb",
        template=PAGE,
        game=rules.properties.input.game,
        sweep=rules.scorecard.input.sweep,
        properties=rules.properties.output.properties,
        scorecard=rules.scorecard.output.scorecard,
        figure_1=rules.figure_1.output.png,
        figure_2=rules.figure_2.output.screen,
        further=expand(
            ["config/games/{game}.yaml", rules.diagram.output.png, *rules.sweep_figure.output.screen],
            game=further_games(),
        ),
    output:
        notebook="report/notebooks/paper.ipynb",
        page=report("report/paper.html", caption="../report/notebook.rst", category="Pages", labels={"page": "paper"}),
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
            **{name: input[name] for name in ("game", "sweep", "properties", "scorecard", "figure_1")},
            **{f"figure_2_{gap}": figure for gap, figure in zip(GAPS, input.figure_2)},
            "further_games": " ".join(further_games()),
        },
        pages=PAGES,
        made_with=made_with(),
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
        page=report(
            "report/games/{game}.html", caption="../report/notebook.rst", category="Pages", labels={"page": "{game}"}
        ),
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
        pages=PAGES,
        made_with=made_with(),
        library=library_digest("notebooks/game.ipynb", "workflow/scripts/notebook.py"),
    script:
        "../scripts/notebook.py"


rule imitation_page:
    input:
        notebook="notebooks/imitation.ipynb",
        template=PAGE,
        imitators=rules.imitators.output.imitators,
        populations=rules.finite_populations.output.populations,
        games=expand("config/games/{game}.yaml", game=drawn_games()),
        figures=rules.imitation_figures.output,
    output:
        notebook="report/notebooks/imitation.ipynb",
        page=report(
            "report/imitation.html", caption="../report/notebook.rst", category="Pages", labels={"page": "imitation"}
        ),
    log:
        "logs/imitation_page/imitation_page.log",
    benchmark:
        "logs/imitation_page/imitation_page.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        parameters=lambda wildcards, input: {
            "imitators": input.imitators,
            "populations": input.populations,
            "experiments": json.dumps(config["imitation"]["experiments"]),
        },
        pages=PAGES,
        made_with=made_with(),
        library=library_digest("notebooks/imitation.ipynb", "workflow/scripts/notebook.py"),
    script:
        "../scripts/notebook.py"


rule explorer_page:
    input:
        notebook="notebooks/explorer.ipynb",
        template=PAGE,
        tables=expand(rules.explorer.output.explorer, game=config["explorer"]["games"]),
    output:
        notebook="report/notebooks/explorer.ipynb",
        page=report(
            "report/explorer.html", caption="../report/notebook.rst", category="Pages", labels={"page": "explorer"}
        ),
    log:
        "logs/explorer_page/explorer_page.log",
    benchmark:
        "logs/explorer_page/explorer_page.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        parameters=lambda wildcards, input: {"tables": str(input.tables)},
        pages=PAGES,
        made_with=made_with(),
        library=library_digest("notebooks/explorer.ipynb", "workflow/scripts/notebook.py"),
    script:
        "../scripts/notebook.py"


rule contact_sheet:
    input:
        template="workflow/report/figures/index.html.j2",
        figures=lambda wildcards: [
            figure
            for figures in (
                [*rules.figure_1.output, *rules.figure_2.output, *rules.imitation_figures.output],
                rules.theory_figures.output,
                expand(rules.diagram.output, game=drawn_games()),
                expand(rules.sweep_figure.output, game=swept_games()),
                expand(rules.game_figures.output, game=selected_games()),
            )
            for figure in figures
            if figure.endswith(".png")
        ],
    output:
        page="figures/index.html",
    log:
        "logs/contact_sheet/contact_sheet.log",
    benchmark:
        "logs/contact_sheet/contact_sheet.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    script:
        "../scripts/contact_sheet.py"


rule offered_tables:
    input:
        expand("data/tables/{table}.csv", table=OFFERED),
    output:
        expand("report/tables/{table}.csv", table=OFFERED),
    log:
        "logs/offered_tables/offered_tables.log",
    benchmark:
        "logs/offered_tables/offered_tables.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=100,
        runtime=10,
    script:
        "../scripts/offered_tables.py"


rule report:
    input:
        rules.index.output.page,
        rules.offered_tables.output,
        rules.paper.output.page,
        rules.imitation_page.output.page,
        rules.explorer_page.output.page,
        rules.contact_sheet.output.page,
        rules.theory.input,
        expand(rules.game.output.page, game=selected_games()),
