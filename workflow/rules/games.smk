# game -> equilibrium: the expert that is imitated.


rule expert:
    input:
        game="config/games/{game}.yaml",
    output:
        expert="data/experts/{game}.npz",
    log:
        "logs/expert/{game}.log",
    benchmark:
        "logs/expert/{game}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        library=library_digest("workflow/scripts/expert.py"),
    script:
        "../scripts/expert.py"
