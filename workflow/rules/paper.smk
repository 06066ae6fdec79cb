# game, imitators on paths -> proxies and gaps -> the paper's claims.


rule proxies:
    """The proxies: how they are written and what they do."""
    output:
        paths.table("proxies"),
    script:
        "../scripts/proxies.py"


rule algorithms:
    """The algorithms of this run: how they are written and what they do."""
    output:
        paths.table("algorithms"),
    params:
        algorithms=RUN.algorithms(),
        library=script_digest("algorithms", *modules_of(ALGORITHMS)),
    script:
        "../scripts/algorithms.py"


rule sweep:
    """Imitators on a path away from a game's expert: their proxies and gaps over the configured grid."""
    input:
        game="config/games/{game}.yaml",
    output:
        report(
            paths.table("games", "{game}", "sweep"),
            caption="../report/item.rst",
            category="Tables",
            labels={"table": "sweep", "game": "{game}"},
        ),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        grid=lookup(dpath="sweep", within=config),
        caption="One row per imitator of the expert: the proxies (1-norms) and the gaps (units of reward).",
        library=lambda wildcards: script_digest("sweep", *game_modules(wildcards.game)),
    script:
        "../scripts/sweep.py"


rule explorer_grid:
    """Proxies and gaps at every stop of the explorer's sliders."""
    input:
        game="config/games/{game}.yaml",
    output:
        report(
            paths.table("games", "{game}", "explorer"),
            caption="../report/item.rst",
            category="Tables",
            labels={"table": "explorer", "game": "{game}"},
        ),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        axes=lookup(dpath="explorer", within=config),
        caption="The proxies and gaps at every stop of the explorer's sliders, rounded to five digits.",
        library=lambda wildcards: script_digest("explorer_grid", *game_modules(wildcards.game)),
    script:
        "../scripts/explorer_grid.py"


rule properties:
    """What the paper says of its game, apart from Figure 2, measured."""
    input:
        game=f"config/games/{RUN.paper}.yaml",
    output:
        shown(paths.table("properties"), "Tables", table="properties", game=RUN.paper),
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        transition_lipschitz=lookup(dpath="sweep/transition_lipschitz", within=config),
        horizon=lookup(dpath="sweep/horizon", within=config),
        seed=lookup(dpath="seed", within=config),
        caption="What the paper says of its game apart from Figure 2, as deviations that are 0 where it holds: one row "
        "per L_P and horizon H.",
        library=script_digest("properties", *game_modules(RUN.paper)),
    script:
        "../scripts/properties.py"


rule long_horizons:
    """From which horizon on vanilla-ADV is more like behavioral cloning than like MFC-ADV."""
    output:
        shown(paths.table("long_horizons"), "Tables", table="long horizons", game=RUN.paper),
    params:
        transition_lipschitz=lookup(dpath="sweep/transition_lipschitz", within=config),
        caption="The smallest horizon from which on the curve of vanilla-ADV is nearer to BC's than to MFC-ADV's, for "
        "every L_P > 0.",
    script:
        "../scripts/long_horizons.py"


rule certificates:
    """What each proxy certifies of one and the same imitator."""
    input:
        game=f"config/games/{RUN.paper}.yaml",
        sweep=paths.table("games", RUN.paper, "sweep"),
    output:
        shown(paths.table("certificates"), "Tables", table="certificates", game=RUN.paper),
    resources:
        mem_mb=3000,
    params:
        caption="By how much the bound of each proxy exceeds the smallest of the paper's three for the same imitator, at "
        "most: one row per L_P and horizon H.",
        library=script_digest("certificates", *game_modules(RUN.paper)),
    script:
        "../scripts/certificates.py"


rule scorecard:
    """The claims of the paper's Section 5, judged by the numbers."""
    input:
        sweep=paths.table("games", RUN.paper, "sweep"),
        properties=paths.table("properties"),
        long_horizons=paths.table("long_horizons"),
        certificates=paths.table("certificates"),
    output:
        shown(paths.table("scorecard"), "Tables", table="scorecard", game=RUN.paper),
    params:
        caption="Every claim of the paper's Section 5 that can be checked: how it was made measurable, the measured "
        "number, and the verdict that follows from it.",
        library=script_digest("scorecard", *modules_of(CLAIMS)),
    script:
        "../scripts/scorecard.py"
