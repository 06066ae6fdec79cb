# tables -> are they those of the reference?


rule verify:
    input:
        reference=expand("data/reference/{table}.csv", table=referenced_tables()),
        rerun=expand("data/tables/{table}.csv", table=referenced_tables()),
    output:
        "data/tables/verification.csv",
    log:
        "logs/verify/verify.log",
    benchmark:
        "logs/verify/verify.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        tolerances=lookup(dpath="verify", within=config),
        library=library_digest("workflow/scripts/verify.py"),
    script:
        "../scripts/verify.py"
