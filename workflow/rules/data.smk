# A table of trajectories -> parameters, fits, policies, flows: config/data/NAME.yaml is all there is to write.


rule data_set:
    """All that is made of one data set."""
    input:
        file="config/data/{data}.yaml",
        trajectories=lambda wildcards: RUN.data_set(wildcards.data).table.as_posix(),
        game=lambda wildcards: RUN.files_of_game(wildcards.data),
    output:
        [paths.table("data", "{data}", table) for table in DATA_TABLES],
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        library=lambda wildcards: script_digest("data_set", *data_modules(wildcards.data)),
    script:
        "../scripts/data_set.py"


rule offered_data_tables:
    """The tables of a data set that readers of its page can download."""
    input:
        rules.data_set.output,
    output:
        [f"report/tables/data/{{data}}/{table}.csv" for table in DATA_TABLES],
    script:
        "../scripts/offered_tables.py"
