# game, expert -> demonstrations -> imitators, and how they fare.


rule demonstrations:
    """Trajectories of one game's expert, recorded as every experiment says."""
    input:
        game="config/games/{game}.yaml",
        expert=paths.expert("{game}"),
    output:
        paths.demonstrations("{game}"),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        settings=lambda wildcards: RUN.samples(wildcards.game),
        seed=lookup(dpath="seed", within=config),
        library=lambda wildcards: script_digest("demonstrations", *game_modules(wildcards.game)),
    script:
        "../scripts/demonstrations.py"


rule fit:
    """One algorithm fitted to samples of one game's expert, and measured."""
    input:
        game="config/games/{game}.yaml",
        expert=paths.expert("{game}"),
        demonstrations=paths.demonstrations("{game}"),
        starts=lambda wildcards: [
            paths.fits(wildcards.game, name) for name in RUN.starts(wildcards.game, wildcards.algorithm)
        ],
    output:
        fits=paths.fits("{game}", "{algorithm}"),
        imitators=paths.table("games", "{game}", "imitation", "{algorithm}"),
        seconds="logs/fit/{game}/{algorithm}_seconds.csv",
    resources:
        mem_mb=3000,
        runtime=120,
    params:
        settings=lambda wildcards: RUN.fits(wildcards.game),
        seed=lookup(dpath="seed", within=config),
        library=lambda wildcards: script_digest(
            "fit", ALGORITHMS.module(wildcards.algorithm), *game_modules(wildcards.game)
        ),
    script:
        "../scripts/fit.py"


rule crowds:
    """The populations of the imitators fitted in one game: predicted among experts, and their own."""
    input:
        game="config/games/{game}.yaml",
        expert=paths.expert("{game}"),
        fits=lambda wildcards: [paths.fits(wildcards.game, name) for name in RUN.crowds(wildcards.game)["algorithms"]],
    output:
        paths.table("games", "{game}", "crowds"),
    params:
        settings=lambda wildcards: RUN.crowds(wildcards.game),
        library=lambda wildcards: script_digest("crowds", *game_modules(wildcards.game)),
    script:
        "../scripts/crowds.py"


rule imitators:
    """How the algorithms fare in one game: medians over the samples, with intervals, and who is the better one."""
    input:
        lambda wildcards: [
            paths.table("games", wildcards.game, "imitation", algorithm)
            for algorithm in RUN.algorithms(wildcards.game)
        ],
    output:
        imitators=paths.table("games", "{game}", "imitators"),
        ranking=paths.table("games", "{game}", "ranking"),
    params:
        resamples=lookup(dpath="imitation/resamples", within=config),
        seed=lookup(dpath="seed", within=config),
    script:
        "../scripts/imitators.py"


rule all_imitators:
    """The imitators of all games in one table."""
    input:
        expand(paths.table("games", "{game}", "imitators"), game=RUN.games("imitated")),
    output:
        shown(paths.table("imitators"), "Tables", table="imitators", game="all"),
    params:
        caption="Policies fitted to demonstrations: medians over the seeds of objectives, errors and gaps, how the fits "
        "ended, and the Nash imitation gap with a 95% bootstrap interval.",
    script:
        "../scripts/gather.py"


rule all_rankings:
    """Who is the better one, in all games."""
    input:
        expand(paths.table("games", "{game}", "ranking"), game=RUN.games("imitated")),
    output:
        shown(paths.table("ranking"), "Tables", table="ranking", game="all"),
    params:
        caption="What every imitator loses (the larger of both gaps), and its paired difference from the best one and "
        "from behavioral cloning, with the p-value of Wilcoxon's signed-rank test.",
    script:
        "../scripts/gather.py"


rule tally:
    """In how many games every imitator is near the best, by experiment."""
    input:
        rules.all_rankings.output,
    output:
        shown(paths.table("tally"), "Tables", table="which imitator when", game="all"),
    params:
        caption="In how many games of an experiment every imitator is within 10% of the best, alone the best, and worse "
        "or better than behavioral cloning (paired test), with the most demonstrations.",
    script:
        "../scripts/tally.py"


rule finite_populations:
    """The gap measured in finite populations, of imitators somewhat off the expert."""
    input:
        games=expand("config/games/{game}.yaml", game=RUN.games("populated")),
        experts=expand(paths.expert("{game}"), game=RUN.games("populated")),
    output:
        shown(paths.table("finite_populations"), "Tables", table="finite populations", game="all"),
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


rule queries:
    """The gap of imitators that ask the expert, against the number of its answers."""
    input:
        games=expand("config/games/{game}.yaml", game=RUN.games("asked")),
        experts=expand(paths.expert("{game}"), game=RUN.games("asked")),
    output:
        shown(paths.table("queries"), "Tables", table="queries", game="all"),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        settings={key: value for key, value in config["queries"].items() if key != "games"},
        seed=lookup(dpath="seed", within=config),
        caption="The Nash imitation gap of DAgger, in the imitators' own population and in the experts', after every "
        "round of questions, beside behavioral cloning of as many recorded actions.",
        library=script_digest("queries", *(name for game in RUN.games("asked") for name in game_modules(game))),
    script:
        "../scripts/queries.py"


rule unknown_kernel:
    """MFC-ADV by those who know simulations only, beside those who know the kernel."""
    input:
        games=expand("config/games/{game}.yaml", game=RUN.games("simulated")),
        experts=expand(paths.expert("{game}"), game=RUN.games("simulated")),
    output:
        shown(paths.table("unknown_kernel"), "Tables", table="unknown kernel", game="all"),
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        settings=lookup(dpath="unknown_kernel", within=config),
        seed=lookup(dpath="seed", within=config),
        caption="The Nash imitation gap of MFC-ADV in a kernel learned from simulated players, against the number of "
        "their steps, beside MFC-ADV with the true kernel and behavioral cloning.",
        library=script_digest(
            "unknown_kernel", *(name for game in RUN.games("simulated") for name in game_modules(game))
        ),
    script:
        "../scripts/unknown_kernel.py"
