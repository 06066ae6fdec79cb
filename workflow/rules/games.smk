# game -> equilibrium: the expert that is imitated, and what there is to say of game and expert.


rule expert:
    input:
        game="config/games/{game}.yaml",
    output:
        expert="data/experts/{game}.npz",
        convergence="data/tables/convergence/{game}.csv",
    log:
        "logs/expert/{game}.log",
    benchmark:
        "logs/expert/{game}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        library=library_digest("workflow/scripts/expert.py"),
    script:
        "../scripts/expert.py"


rule portrait:
    input:
        game="config/games/{game}.yaml",
        expert="data/experts/{game}.npz",
    output:
        flow="data/tables/flow/{game}.csv",
        paths="data/tables/paths/{game}.csv",
        portrait="data/tables/portrait/{game}.csv",
    log:
        "logs/portrait/{game}.log",
    benchmark:
        "logs/portrait/{game}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=3000,
        runtime=20,
    params:
        alpha=lookup(dpath="sweep/alpha", within=config),
        social_optimum=lookup(dpath="social_optimum", within=config),
        seed=lookup(dpath="seed", within=config),
        library=library_digest("workflow/scripts/portrait.py"),
    script:
        "../scripts/portrait.py"
