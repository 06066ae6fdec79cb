# games, tables -> figures, each for print (PDF) and for screens (PNG, SVG).


rule diagram:
    input:
        game="config/games/{game}.yaml",
    output:
        pdf="figures/games/{game}/diagram.pdf",
        png="figures/games/{game}/diagram.png",
        svg=report(
            "figures/games/{game}/diagram.svg",
            caption="../report/diagram.rst",
            category="Games",
            subcategory="{game}",
            labels={"figure": "state diagram", "game": "{game}"},
        ),
    log:
        "logs/diagram/{game}.log",
    benchmark:
        "logs/diagram/{game}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        library=library_digest("workflow/scripts/diagram.py"),
    script:
        "../scripts/diagram.py"


rule sweep_figure:
    input:
        sweep="data/tables/sweep/{game}.csv",
    output:
        *[
            report(
                f"figures/games/{{game}}/sweep_{gap}.svg",
                caption="../report/sweep_figure.rst",
                category="Games",
                subcategory="{game}",
                labels={"figure": gap, "game": "{game}"},
            )
            for gap in GAPS
        ],
        print=expand("figures/games/{{game}}/sweep_{gap}.pdf", gap=GAPS),
        screen=expand("figures/games/{{game}}/sweep_{gap}.png", gap=GAPS),
    log:
        "logs/sweep_figure/{game}.log",
    benchmark:
        "logs/sweep_figure/{game}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        library=library_digest("workflow/scripts/sweep_figure.py"),
    script:
        "../scripts/sweep_figure.py"


use rule diagram as figure_1 with:
    input:
        game=f"config/games/{lookup(dpath='paper/game', within=config)}.yaml",
    output:
        pdf="figures/figure_1.pdf",
        png="figures/figure_1.png",
        svg=report(
            "figures/figure_1.svg",
            caption="../report/figure_1.rst",
            category="Paper",
            labels={"figure": "Figure 1", "gap": ""},
        ),
    log:
        "logs/figure_1/figure_1.log",
    benchmark:
        "logs/figure_1/figure_1.tsv"


use rule sweep_figure as figure_2 with:
    input:
        sweep=f"data/tables/sweep/{lookup(dpath='paper/game', within=config)}.csv",
    output:
        *[
            report(
                f"figures/figure_2_{gap}.svg",
                caption="../report/figure_2.rst",
                category="Paper",
                labels={"figure": "Figure 2", "gap": gap},
            )
            for gap in GAPS
        ],
        print=expand("figures/figure_2_{gap}.pdf", gap=GAPS),
        screen=expand("figures/figure_2_{gap}.png", gap=GAPS),
    log:
        "logs/figure_2/figure_2.log",
    benchmark:
        "logs/figure_2/figure_2.tsv"


rule game_figures:
    input:
        flow="data/tables/flow/{game}.csv",
        convergence="data/tables/convergence/{game}.csv",
        paths="data/tables/paths/{game}.csv",
    output:
        multiext("figures/games/{game}/flow", ".pdf", ".png", ".svg"),
        multiext("figures/games/{game}/convergence", ".pdf", ".png", ".svg"),
        multiext("figures/games/{game}/paths", ".pdf", ".png"),
        report(
            "figures/games/{game}/paths.svg",
            caption="../report/game_figures.rst",
            category="Games",
            subcategory="{game}",
            labels={"figure": "paths", "game": "{game}"},
        ),
    log:
        "logs/game_figures/{game}.log",
    benchmark:
        "logs/game_figures/{game}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        library=library_digest("workflow/scripts/game_figures.py"),
    script:
        "../scripts/game_figures.py"


rule figures:
    input:
        rules.figure_1.output,
        rules.figure_2.output,
        expand(rules.diagram.output, game=drawn_games()),
        expand(rules.sweep_figure.output, game=swept_games()),
        expand(rules.game_figures.output, game=selected_games()),
