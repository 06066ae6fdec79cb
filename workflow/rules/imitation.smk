# game, expert -> demonstrations -> imitators, and how they fare.


rule imitation:
    input:
        game="config/games/{game}.yaml",
        expert="data/experts/{game}.npz",
    output:
        imitators="data/tables/imitation/{game}.csv",
        seconds="logs/imitation/{game}_seconds.csv",
    log:
        "logs/imitation/{game}.log",
    benchmark:
        "logs/imitation/{game}.tsv"
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=3000,
        runtime=120,
    params:
        settings=lambda wildcards: imitation_settings(wildcards.game),
        seed=lookup(dpath="seed", within=config),
        library=library_digest("workflow/scripts/imitation.py"),
    script:
        "../scripts/imitation.py"


rule imitators:
    input:
        imitators=expand("data/tables/imitation/{game}.csv", game=drawn_games()),
    output:
        imitators=report(
            "data/tables/imitators.csv",
            caption="../report/imitators.rst",
            category="Tables",
            labels={"table": "imitators", "game": "all"},
        ),
    log:
        "logs/imitators/imitators.log",
    benchmark:
        "logs/imitators/imitators.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        resamples=lookup(dpath="imitation/resamples", within=config),
        seed=lookup(dpath="seed", within=config),
        library=library_digest("workflow/scripts/imitators.py"),
    script:
        "../scripts/imitators.py"


rule finite_populations:
    input:
        games=expand("config/games/{game}.yaml", game=config["finite_populations"]["games"]),
        experts=expand("data/experts/{game}.npz", game=config["finite_populations"]["games"]),
    output:
        populations=report(
            "data/tables/finite_populations.csv",
            caption="../report/finite_populations.rst",
            category="Tables",
            labels={"table": "finite populations", "game": "all"},
        ),
    log:
        "logs/finite_populations/finite_populations.log",
    benchmark:
        "logs/finite_populations/finite_populations.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        settings={key: value for key, value in config["finite_populations"].items() if key != "games"},
        seed=lookup(dpath="seed", within=config),
        library=library_digest("workflow/scripts/finite_populations.py"),
    script:
        "../scripts/finite_populations.py"


rule imitation_figures:
    input:
        imitators=rules.imitators.output.imitators,
        populations=rules.finite_populations.output.populations,
    output:
        multiext("figures/imitation/finite_populations", ".pdf", ".png", ".svg"),
        multiext("figures/imitation/matrix", ".pdf", ".png"),
        report(
            "figures/imitation/matrix.svg",
            caption="../report/imitators.rst",
            category="Imitation",
            labels={"figure": "all games", "game": "all"},
        ),
        expand("figures/imitation/{game}.{format}", game=drawn_games(), format=["pdf", "png", "svg"]),
    log:
        "logs/imitation_figures/imitation_figures.log",
    benchmark:
        "logs/imitation_figures/imitation_figures.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        library=library_digest("workflow/scripts/imitation_figures.py"),
    script:
        "../scripts/imitation_figures.py"
