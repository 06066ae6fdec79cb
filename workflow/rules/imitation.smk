# game, expert -> demonstrations -> imitators, and how they fare.


rule fit:
    """One algorithm fitted to samples of one game's expert, and measured."""
    input:
        game="config/games/{game}.yaml",
        expert=paths.expert("{game}"),
        starts=lambda wildcards: [
            paths.fits(wildcards.game, name) for name in ALGORITHMS[wildcards.algorithm].starts_from
        ],
    output:
        fits=paths.fits("{game}", "{algorithm}"),
        imitators=paths.table("games", "{game}", "imitation", "{algorithm}"),
        seconds="logs/fit/{game}/{algorithm}_seconds.csv",
    log:
        "logs/fit/{game}/{algorithm}.log",
    benchmark:
        "logs/fit/{game}/{algorithm}.tsv"
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=3000,
        runtime=120,
    params:
        settings=lambda wildcards: RUN.imitation_settings(wildcards.game),
        seed=lookup(dpath="seed", within=config),
        library=lambda wildcards: script_digest(
            "fit", ALGORITHMS.module(wildcards.algorithm), *game_modules(wildcards.game)
        ),
    script:
        "../scripts/fit.py"


rule imitators:
    """How the algorithms fare in one game: medians over the samples, with intervals."""
    input:
        lambda wildcards: [
            paths.table("games", wildcards.game, "imitation", algorithm) for algorithm in RUN.algorithms()
        ],
    output:
        paths.table("games", "{game}", "imitators"),
    log:
        "logs/imitators/{game}.log",
    benchmark:
        "logs/imitators/{game}.tsv"
    conda:
        ENVIRONMENT
    params:
        resamples=lookup(dpath="imitation/resamples", within=config),
        seed=lookup(dpath="seed", within=config),
        library=script_digest("imitators"),
    script:
        "../scripts/imitators.py"


rule all_imitators:
    """The imitators of all games in one table."""
    input:
        expand(paths.table("games", "{game}", "imitators"), game=RUN.games("imitated")),
    output:
        report(
            paths.table("imitators"),
            caption="../report/item.rst",
            category="Tables",
            labels={"table": "imitators", "game": "all"},
        ),
    log:
        "logs/all_imitators/all_imitators.log",
    benchmark:
        "logs/all_imitators/all_imitators.tsv"
    conda:
        ENVIRONMENT
    params:
        caption="Policies fitted to demonstrations: medians over the seeds of objectives, errors and gaps, how the fits "
        "ended, and the Nash imitation gap with a 95% bootstrap interval.",
        library=script_digest("gather"),
    script:
        "../scripts/gather.py"


rule finite_populations:
    """The gap measured in finite populations, of imitators somewhat off the expert."""
    input:
        games=expand("config/games/{game}.yaml", game=RUN.games("populated")),
        experts=expand(paths.expert("{game}"), game=RUN.games("populated")),
    output:
        report(
            paths.table("finite_populations"),
            caption="../report/item.rst",
            category="Tables",
            labels={"table": "finite populations", "game": "all"},
        ),
    log:
        "logs/finite_populations/finite_populations.log",
    benchmark:
        "logs/finite_populations/finite_populations.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        settings={key: value for key, value in config["finite_populations"].items() if key != "games"},
        seed=lookup(dpath="seed", within=config),
        caption="The Nash imitation gap measured in populations of N players, by the simulated flow (plug-in) and by "
        "what a deviating player earned (deviation gain), against the exact gap.",
        library=script_digest(
            "finite_populations", *(name for game in RUN.games("populated") for name in game_modules(game))
        ),
    script:
        "../scripts/finite_populations.py"
