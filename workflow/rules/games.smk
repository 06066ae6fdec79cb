# game -> equilibrium: the expert that is imitated, and what there is to say of game and expert.


rule expert:
    """A game's equilibrium, known or solved for, with its measured exploitability and how it came down."""
    input:
        game="config/games/{game}.yaml",
        tables=lambda wildcards: [str(table) for table in RUN.file(wildcards.game).tables],
    output:
        expert=paths.expert("{game}"),
        convergence=paths.table("games", "{game}", "convergence"),
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        library=lambda wildcards: script_digest("expert", *game_modules(wildcards.game)),
    script:
        "../scripts/expert.py"


rule game_summary:
    """What there is to say of one game: the expert's policy and flow, values and constants, and paths away from it."""
    input:
        game="config/games/{game}.yaml",
        expert=paths.expert("{game}"),
    output:
        policy=paths.table("games", "{game}", "policy"),
        flow=paths.table("games", "{game}", "flow"),
        paths=paths.table("games", "{game}", "paths"),
        summary=paths.table("games", "{game}", "summary"),
    resources:
        mem_mb=3000,
        runtime=20,
    params:
        alpha=lookup(dpath="sweep/alpha", within=config),
        social_optimum=lookup(dpath="social_optimum", within=config),
        seed=lookup(dpath="seed", within=config),
        library=lambda wildcards: script_digest("game_summary", *game_modules(wildcards.game)),
    script:
        "../scripts/game_summary.py"


rule other_equilibria:
    """Whether one game has other equilibria than its expert: where the search ends from other starts."""
    input:
        game="config/games/{game}.yaml",
        expert=paths.expert("{game}"),
    output:
        paths.table("games", "{game}", "other_equilibria"),
    resources:
        mem_mb=3000,
        runtime=20,
    params:
        settings=lookup(dpath="other_equilibria", within=config),
        seed=lookup(dpath="seed", within=config),
        library=lambda wildcards: script_digest("other_equilibria", *game_modules(wildcards.game)),
    script:
        "../scripts/other_equilibria.py"


rule traffic:
    """What a map of roads shows: the expert's population on every link, and the nodes."""
    input:
        game="config/games/{game}.yaml",
        expert=paths.expert("{game}"),
    output:
        traffic=paths.table("games", "{game}", "traffic"),
        nodes=paths.table("games", "{game}", "nodes"),
    params:
        library=lambda wildcards: script_digest("traffic", *game_modules(wildcards.game)),
    script:
        "../scripts/traffic.py"


rule comparison:
    """What everyone earns in one game, beside another."""
    input:
        summaries=lambda wildcards: [paths.table("games", game, "summary") for game in RUN.pair(wildcards.game)],
        flows=lambda wildcards: [paths.table("games", game, "flow") for game in RUN.pair(wildcards.game)],
    output:
        values=paths.table("games", "{game}", "comparison"),
        steps=paths.table("games", "{game}", "comparison_steps"),
    params:
        titles=lambda wildcards: [RUN.file(game).declaration["title"] for game in RUN.pair(wildcards.game)],
    script:
        "../scripts/comparison.py"


rule games:
    """The summaries of all games in one table."""
    input:
        expand(paths.table("games", "{game}", "summary"), game=RUN.games("selected")),
    output:
        shown(paths.table("games"), "Tables", table="games", game="all"),
    params:
        caption="One row per game: sizes, the expert's measured exploitability, the values of equilibrium and social "
        "optimum, and the Lipschitz constants, declared and sampled (lower estimates).",
    script:
        "../scripts/gather.py"
