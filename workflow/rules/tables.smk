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


rule tables:
    input:
        expand("data/experts/{game}.npz", game=swept_games()),
        expand("data/tables/sweep/{game}.csv", game=swept_games()),
        rules.scorecard.output,
