# The theorems, checked: random games, the lower bound, the worst case.


rule verification:
    output:
        games="data/tables/theory/verification.csv",
        steps=report(
            "data/tables/theory/steps.csv",
            caption="../report/verification.rst",
            category="Theory",
            labels={"table": "proof steps", "game": "theory"},
        ),
    log:
        "logs/verification/verification.log",
    benchmark:
        "logs/verification/verification.tsv"
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/verification", within=config),
        seed=lookup(dpath="seed", within=config),
        library=library_digest("workflow/scripts/verification.py"),
    script:
        "../scripts/verification.py"


rule tightness:
    input:
        game="config/games/sheltered_attractor.yaml",
    output:
        tightness="data/tables/theory/tightness.csv",
        proof="data/tables/theory/lower_bound.csv",
        exponents=report(
            "data/tables/theory/exponents.csv",
            caption="../report/tightness.rst",
            category="Theory",
            labels={"table": "growth exponents", "game": "theory"},
        ),
    log:
        "logs/tightness/tightness.log",
    benchmark:
        "logs/tightness/tightness.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/tightness", within=config),
        library=library_digest("workflow/scripts/tightness.py"),
    script:
        "../scripts/tightness.py"


rule frontier:
    input:
        game="config/games/{game}.yaml",
        expert="data/experts/{game}.npz",
    output:
        frontier=report(
            "data/tables/frontier/{game}.csv",
            caption="../report/frontier.rst",
            category="Theory",
            labels={"table": "frontier", "game": "{game}"},
        ),
    log:
        "logs/frontier/{game}.log",
    benchmark:
        "logs/frontier/{game}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/frontier", within=config),
        seed=lookup(dpath="seed", within=config),
        library=library_digest("workflow/scripts/frontier.py"),
    script:
        "../scripts/frontier.py"


rule worst_games:
    output:
        worst_games="data/tables/theory/worst_games.csv",
    log:
        "logs/worst_games/worst_games.log",
    benchmark:
        "logs/worst_games/worst_games.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        spec=lookup(dpath="theory/worst_game", within=config),
        seed=lookup(dpath="seed", within=config),
        library=library_digest("workflow/scripts/worst_games.py"),
    script:
        "../scripts/worst_games.py"


rule theorems:
    input:
        steps=rules.verification.output.steps,
        proof=rules.tightness.output.proof,
        exponents=rules.tightness.output.exponents,
        worst_games=rules.worst_games.output.worst_games,
        frontier=expand(rules.frontier.output.frontier, game=lookup(dpath="theory/frontier/games", within=config)),
    output:
        theorems=report(
            "data/tables/theory/theorems.csv",
            caption="../report/theorems.rst",
            category="Theory",
            labels={"table": "scorecard of the theorems", "game": "theory"},
        ),
        growth="data/tables/theory/frontier_growth.csv",
    log:
        "logs/theorems/theorems.log",
    benchmark:
        "logs/theorems/theorems.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        library=library_digest("workflow/scripts/theorems.py"),
    script:
        "../scripts/theorems.py"


rule theory_figures:
    input:
        games=rules.verification.output.games,
        tightness=rules.tightness.output.tightness,
        frontier=rules.theorems.input.frontier,
    output:
        *[
            report(
                f"figures/theory/{figure}.svg",
                caption="../report/theory_figures.rst",
                category="Theory",
                labels={"figure": figure},
            )
            for figure in THEORY_FIGURES
        ],
        print=expand("figures/theory/{figure}.pdf", figure=THEORY_FIGURES),
        screen=expand("figures/theory/{figure}.png", figure=THEORY_FIGURES),
    log:
        "logs/theory_figures/theory_figures.log",
    benchmark:
        "logs/theory_figures/theory_figures.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        library=library_digest("workflow/scripts/theory_figures.py"),
    script:
        "../scripts/theory_figures.py"


rule theory_page:
    input:
        notebook="notebooks/theory.ipynb",
        template=PAGE,
        theorems=rules.theorems.output.theorems,
        growth=rules.theorems.output.growth,
        verification=rules.verification.output.games,
        steps=rules.verification.output.steps,
        tightness=rules.tightness.output.tightness,
        lower_bound=rules.tightness.output.proof,
        exponents=rules.tightness.output.exponents,
        worst_games=rules.worst_games.output.worst_games,
        figures=rules.theory_figures.output.screen,
    output:
        notebook="report/notebooks/theory.ipynb",
        page=report("report/theory.html", caption="../report/notebook.rst", category="Pages", labels={"page": "theory"}),
    log:
        "logs/theory_page/theory_page.log",
    benchmark:
        "logs/theory_page/theory_page.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        parameters=lambda wildcards, input: {
            **{name: str(input[name]) for name in input.keys() if name not in ("notebook", "template", "figures")},
            **{f"figure_{name}": figure for name, figure in zip(THEORY_FIGURES, input.figures)},
        },
        pages=PAGES,
        made_with=made_with(),
        library=library_digest("notebooks/theory.ipynb", "workflow/scripts/notebook.py"),
    script:
        "../scripts/notebook.py"


rule theory:
    input:
        rules.theory_page.output.page,
        rules.theory_figures.output,
        rules.theorems.output,
