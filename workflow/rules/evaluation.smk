# game, imitators -> proxies and gaps.


rule sweep:
    input:
        game="config/games/{game}.yaml",
    output:
        sweep=report(
            "data/tables/sweep/{game}.csv",
            caption="../report/sweep.rst",
            category="Tables",
            labels={"table": "sweep", "game": "{game}"},
        ),
    log:
        "logs/sweep/{game}.log",
    benchmark:
        "logs/sweep/{game}.tsv"
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        grid=lookup(dpath="sweep", within=config),
        library=library_digest("workflow/scripts/sweep.py"),
    script:
        "../scripts/sweep.py"


rule properties:
    input:
        game=f"config/games/{lookup(dpath='paper/game', within=config)}.yaml",
    output:
        properties=report(
            "data/tables/properties.csv",
            caption="../report/properties.rst",
            category="Tables",
            labels={"table": "properties", "game": lookup(dpath="paper/game", within=config)},
        ),
    log:
        "logs/properties/properties.log",
    benchmark:
        "logs/properties/properties.tsv"
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        transition_lipschitz=lookup(dpath="sweep/transition_lipschitz", within=config),
        horizon=lookup(dpath="sweep/horizon", within=config),
        seed=lookup(dpath="seed", within=config),
        library=library_digest("workflow/scripts/properties.py"),
    script:
        "../scripts/properties.py"


rule explorer:
    input:
        game="config/games/{game}.yaml",
    output:
        explorer=report(
            "data/tables/explorer/{game}.csv",
            caption="../report/explorer.rst",
            category="Tables",
            labels={"table": "explorer", "game": "{game}"},
        ),
    log:
        "logs/explorer/{game}.log",
    benchmark:
        "logs/explorer/{game}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        axes=lookup(dpath="explorer", within=config),
        library=library_digest("workflow/scripts/explorer.py"),
    script:
        "../scripts/explorer.py"
