"""Where the last run's time went: seconds, share and memory of every rule, from what its jobs left in logs/.

python workflow/run_times.py    (or: make profile)
"""

from pathlib import Path

import pandas as pd

TABLE = Path("data/tables/benchmarks/rules.csv")


def main() -> None:
    files = sorted(Path("logs").rglob("*.tsv"))
    if not files:
        raise SystemExit("logs/: no job has left its time here; run snakemake first")
    jobs = pd.concat(pd.read_csv(file, sep="\t").assign(rule=file.relative_to("logs").parts[0]) for file in files)
    rules = jobs.groupby("rule").agg(
        jobs=("s", "size"),
        seconds=("s", "sum"),
        longest=("s", "max"),
        cpu_seconds=("cpu_time", "sum"),
        mib=("max_rss", "max"),
    )
    rules["share"] = rules.seconds / rules.seconds.sum()
    rules = rules.sort_values("seconds", ascending=False)
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    rules.to_csv(TABLE)
    print(rules.to_string(float_format="{:.3g}".format))


if __name__ == "__main__":
    main()
