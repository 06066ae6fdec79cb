# Games with common noise: experts and imitators on the tree of histories, and what the noise changes.


rule common_noise:
    """One game with common noise: its expert, imitators of every awareness, and where everyone is after every history."""
    input:
        game="config/games/{game}.yaml",
        tables=lambda wildcards: [str(table) for table in RUN.file(wildcards.game).tables],
    output:
        imitators=paths.table("noise", "{game}", "imitators"),
        histories=paths.table("noise", "{game}", "histories"),
        summary=paths.table("noise", "{game}", "summary"),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        settings=lookup(dpath="noise", within=config),
        seed=lookup(dpath="seed", within=config),
        library=lambda wildcards: script_digest(
            "common_noise", *map(ALGORITHMS.module, config["noise"]["algorithms"]), *game_modules(wildcards.game)
        ),
    script:
        "../scripts/common_noise.py"


rule noisy_games:
    """Random games with common noise against the theorems and the steps of their proofs; a violation ends the job."""
    output:
        games=paths.table("noise", "random_games"),
        steps=shown(paths.table("noise", "steps"), "Theory", table="proof steps, common noise", game="theory"),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="noise/random_games", within=config),
        seed=lookup(dpath="seed", within=config),
        caption="The theorems and every step of their proofs, with expectations over the histories of a common noise, held "
        "against random games: how often each inequality was looked at and violated, and its sharpness.",
    script:
        "../scripts/noisy_games.py"


rule noise_scorecard:
    """What common noise changes: all games, means and slopes, and the scorecard."""
    input:
        summaries=expand(rules.common_noise.output.summary, game=RUN.games("noisy")),
        imitators=expand(rules.common_noise.output.imitators, game=RUN.games("noisy")),
        steps=rules.noisy_games.output.steps,
    output:
        games=paths.table("noise", "games"),
        means=paths.table("noise", "means"),
        worth=paths.table("noise", "worth"),
        scorecard=shown(paths.table("noise", "scorecard"), "Tables", table="what common noise changes", game="all"),
    params:
        resamples=lookup(dpath="imitation/resamples", within=config),
        seed=lookup(dpath="seed", within=config),
        caption="What common noise changes for imitators, each held against the tables by one number.",
        library=script_digest("noise_scorecard", *modules_of(CLAIMS)),
    script:
        "../scripts/noise_scorecard.py"
