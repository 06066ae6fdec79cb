# demonstrations -> rewards -> their equilibria, judged under the true reward; and what the paper says of earlier methods.


rule earlier_work:
    """Earlier methods where the experts' occupancy is known, with an estimated population, and by temperature; judged."""
    input:
        games=expand("config/games/{game}.yaml", game=RUN.games("reviewed")),
        experts=expand(paths.expert("{game}"), game=RUN.games("reviewed")),
    output:
        methods=shown(paths.table("rewards", "methods"), "Tables", table="earlier methods", game="all"),
        population=paths.table("rewards", "population"),
        temperatures=shown(paths.table("rewards", "temperatures"), "Tables", table="quantal responses", game="all"),
        scorecard=shown(paths.table("rewards", "scorecard"), "Tables", table="scorecard of earlier work", game="all"),
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        settings=lookup(dpath="earlier_work", within=config),
        seed=lookup(dpath="seed", within=config),
        caption="What the paper says of earlier methods, in our words, and what was measured. An experts' population is "
        "judged under the true reward: the loss is the larger one of the Nash imitation gap and the value gap.",
        library=script_digest(
            "earlier_work",
            *modules_of(CLAIMS),
            *modules_of(METHODS),
            *(name for game in RUN.games("reviewed") for name in game_modules(game)),
        ),
    script:
        "../scripts/earlier_work.py"


rule transfer:
    """Rewards recovered from demonstrations, played where they were learned and where the kernel has changed."""
    input:
        games=expand("config/games/{game}.yaml", game=RUN.games("rewarded")),
        experts=expand(paths.expert("{game}"), game=RUN.games("rewarded")),
    output:
        samples=paths.table("rewards", "transfer"),
        medians=shown(paths.table("rewards", "medians"), "Tables", table="rewards", game="all"),
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        settings=lookup(dpath="rewards", within=config),
        resamples=lookup(dpath="imitation/resamples", within=config),
        seed=lookup(dpath="seed", within=config),
        caption="What the equilibrium of a recovered reward loses under the true one, where it was learned and where the "
        "kernel has changed, beside imitators: medians over the samples, and paired differences from the best imitator.",
        library=script_digest(
            "transfer",
            *modules_of(ALGORITHMS),
            *modules_of(METHODS),
            *(name for game in RUN.games("rewarded") for name in game_modules(game)),
        ),
    script:
        "../scripts/transfer.py"
