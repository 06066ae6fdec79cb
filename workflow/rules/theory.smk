# The theorems, checked: random games, the lower bound, the worst case.


rule random_games:
    """Random games against the theorems and the steps of their proofs; a violation ends the job with the game's name."""
    output:
        games=paths.table("theory", "random_games"),
        steps=report(
            paths.table("theory", "steps"),
            caption="../report/item.rst",
            category="Theory",
            labels={"table": "proof steps", "game": "theory"},
        ),
    log:
        "logs/random_games/random_games.log",
    benchmark:
        "logs/random_games/random_games.tsv"
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/verification", within=config),
        seed=lookup(dpath="seed", within=config),
        caption="The theorems and every step of their proofs (Appendix B; constants re-derived), held against random "
        "games: how often each inequality was looked at and violated, and by how much its left side came closest to "
        "exceeding the right one.",
        library=script_digest("random_games"),
    script:
        "../scripts/random_games.py"


rule tightness:
    """The lower bound: slips in the sheltered attractor, how fast their gap grows, and every step of the proof."""
    input:
        game="config/games/sheltered_attractor.yaml",
    output:
        tightness=paths.table("theory", "tightness"),
        proof=paths.table("theory", "lower_bound"),
        exponents=report(
            paths.table("theory", "exponents"),
            caption="../report/item.rst",
            category="Theory",
            labels={"table": "growth exponents", "game": "theory"},
        ),
    log:
        "logs/tightness/tightness.log",
    benchmark:
        "logs/tightness/tightness.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/tightness", within=config),
        caption="Slips in the sheltered attractor: the fitted growth of the Nash imitation gap per unit of error beside "
        "log(1 + L_P), and the shares of the bounds that are reached.",
        library=script_digest("tightness"),
    script:
        "../scripts/tightness.py"


rule frontier:
    """The largest Nash imitation gap of a game at a given error, by each proxy."""
    input:
        game="config/games/{game}.yaml",
        expert=paths.expert("{game}"),
    output:
        paths.table("games", "{game}", "frontier"),
    log:
        "logs/frontier/{game}.log",
    benchmark:
        "logs/frontier/{game}.tsv"
    conda:
        ENVIRONMENT
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
        report(
            paths.table("theory", "frontier"),
            caption="../report/item.rst",
            category="Theory",
            labels={"table": "frontier", "game": "all"},
        ),
    log:
        "logs/all_frontiers/all_frontiers.log",
    benchmark:
        "logs/all_frontiers/all_frontiers.tsv"
    conda:
        ENVIRONMENT
    params:
        caption="The largest Nash imitation gap found among all policies whose proxy is at most a given error, between a "
        "family of slips (below) and the theorem (above).",
        library=script_digest("gather"),
    script:
        "../scripts/gather.py"


rule worst_games:
    """The games found that leave least of the MFC-ADV bound unused."""
    output:
        paths.table("theory", "worst_games"),
    log:
        "logs/worst_games/worst_games.log",
    benchmark:
        "logs/worst_games/worst_games.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/worst_game", within=config),
        seed=lookup(dpath="seed", within=config),
        library=script_digest("worst_games"),
    script:
        "../scripts/worst_games.py"


rule theorems:
    """The theorems' scorecard, and how the frontiers grow with the horizon."""
    input:
        steps=rules.random_games.output.steps,
        proof=rules.tightness.output.proof,
        exponents=rules.tightness.output.exponents,
        worst_games=rules.worst_games.output[0],
        frontier=rules.all_frontiers.output[0],
    output:
        theorems=report(
            paths.table("theory", "theorems"),
            caption="../report/item.rst",
            category="Theory",
            labels={"table": "scorecard of the theorems", "game": "theory"},
        ),
        growth=paths.table("theory", "frontier_growth"),
    log:
        "logs/theorems/theorems.log",
    benchmark:
        "logs/theorems/theorems.tsv"
    conda:
        ENVIRONMENT
    params:
        caption="What the paper proves and what this project adds to it, each held against the tables by one number.",
        library=script_digest("theorems", *modules_of(CLAIMS)),
    script:
        "../scripts/theorems.py"
