# The theorems, checked: random games, the lower bound, the worst case.


rule random_games:
    """Random games against the theorems and the steps of their proofs; a violation ends the job with the game's name."""
    output:
        games=paths.table("theory", "random_games"),
        steps=shown(paths.table("theory", "steps"), "Theory", table="proof steps", game="theory"),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/verification", within=config),
        seed=lookup(dpath="seed", within=config),
        caption="The theorems and every step of their proofs (Appendix B and ours; constants re-derived), held against "
        "random games: how often each inequality was looked at and violated, and its sharpness, the largest share of the "
        "right side that the left one came to.",
    script:
        "../scripts/random_games.py"


rule biting_games:
    """Games that use the bounds up against the theorems and the steps of their proofs; a violation ends the job."""
    input:
        expand("config/games/{game}.yaml", game=config["theory"]["biting"]["games"]),
    output:
        games=paths.table("theory", "biting_games"),
        steps=shown(
            paths.table("theory", "biting_steps"), "Theory", table="proof steps, games that bite", game="theory"
        ),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/biting", within=config),
        seed=lookup(dpath="seed", within=config),
        caption="The theorems and every step of their proofs, held against games that use them up: how often each "
        "inequality was looked at and violated, and its sharpness, the largest share of the right side that the left one "
        "came to. A constant that is smaller by more than sharpness leaves would be refuted.",
        library=script_digest(
            "biting_games", *{module for game in config["theory"]["biting"]["games"] for module in game_modules(game)}
        ),
    script:
        "../scripts/biting_games.py"


rule bridge:
    """The bridge: slips that use the bounds up, and every step of the proof."""
    input:
        game="config/games/bridge.yaml",
    output:
        bridge=shown(paths.table("theory", "bridge"), "Theory", table="the bridge", game="theory"),
        proof=paths.table("theory", "bridge_proof"),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/bridge", within=config),
        caption="Slips on the bridge: the share of each bound that the Nash imitation gap reaches, beside the share that is "
        "proved.",
    script:
        "../scripts/bridge.py"


rule tightness:
    """The lower bound: slips in the sheltered attractor, how fast their gap grows, and every step of the proof."""
    input:
        game="config/games/sheltered_attractor.yaml",
    output:
        tightness=paths.table("theory", "tightness"),
        proof=paths.table("theory", "lower_bound"),
        exponents=shown(paths.table("theory", "exponents"), "Theory", table="growth exponents", game="theory"),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/tightness", within=config),
        caption="Slips in the sheltered attractor: the fitted growth of the Nash imitation gap per unit of error beside "
        "log(1 + L_P), and the shares of the bounds that are reached.",
    script:
        "../scripts/tightness.py"


rule frontier:
    """The largest Nash imitation gap of a game at a given error, by each proxy."""
    input:
        game="config/games/{game}.yaml",
        expert=paths.expert("{game}"),
    output:
        paths.table("games", "{game}", "frontier"),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/frontier", within=config),
        seed=lookup(dpath="seed", within=config),
        library=lambda wildcards: script_digest("frontier", *game_modules(wildcards.game)),
    script:
        "../scripts/frontier.py"


rule all_frontiers:
    """The frontiers of all games in one table."""
    input:
        expand(paths.table("games", "{game}", "frontier"), game=RUN.games("studied")),
    output:
        shown(paths.table("theory", "frontier"), "Theory", table="frontier", game="all"),
    params:
        caption="The largest Nash imitation gap found among all policies whose proxy is at most a given error, between a "
        "family of slips (below) and the theorem (above).",
    script:
        "../scripts/gather.py"


rule worst_games:
    """The games found that leave least of the MFC-ADV bound unused."""
    output:
        paths.table("theory", "worst_games"),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/worst_game", within=config),
        seed=lookup(dpath="seed", within=config),
    script:
        "../scripts/worst_games.py"


rule theorems:
    """The theorems' scorecard, and how the frontiers grow with the horizon."""
    input:
        steps=rules.random_games.output.steps,
        biting_steps=rules.biting_games.output.steps,
        bridge=rules.bridge.output.bridge,
        bridge_proof=rules.bridge.output.proof,
        proof=rules.tightness.output.proof,
        exponents=rules.tightness.output.exponents,
        worst_games=rules.worst_games.output[0],
        frontier=rules.all_frontiers.output[0],
    output:
        theorems=shown(paths.table("theory", "theorems"), "Theory", table="scorecard of the theorems", game="theory"),
        growth=paths.table("theory", "frontier_growth"),
    params:
        caption="What the paper proves and what this project adds to it, each held against the tables by one number.",
        library=script_digest("theorems", *modules_of(CLAIMS)),
    script:
        "../scripts/theorems.py"
