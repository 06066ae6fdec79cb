# evaluation -> tables.


rule scorecard:
    input:
        sweep=f"data/tables/sweep/{lookup(dpath='paper/game', within=config)}.csv",
        properties=rules.properties.output.properties,
    output:
        scorecard=report(
            "data/tables/scorecard.csv",
            caption="../report/scorecard.rst",
            category="Tables",
            labels={"table": "scorecard", "game": lookup(dpath="paper/game", within=config)},
        ),
    log:
        "logs/scorecard/scorecard.log",
    benchmark:
        "logs/scorecard/scorecard.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        library=library_digest("workflow/scripts/scorecard.py"),
    script:
        "../scripts/scorecard.py"


rule games:
    input:
        portraits=expand("data/tables/portrait/{game}.csv", game=selected_games()),
    output:
        games=report(
            "data/tables/games.csv",
            caption="../report/games.rst",
            category="Tables",
            labels={"table": "games", "game": "all"},
        ),
    log:
        "logs/games/games.log",
    benchmark:
        "logs/games/games.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        library=library_digest("workflow/scripts/games.py"),
    script:
        "../scripts/games.py"


rule tables:
    input:
        expand("data/experts/{game}.npz", game=selected_games()),
        expand("data/tables/sweep/{game}.csv", game=swept_games()),
        rules.scorecard.output,
        rules.games.output,
