"""What the complete grid of the imitation experiments, config/full.yaml, would cost, from the seconds of a run's fits.

snakemake --cores 2 all_imitators && python benchmarks/full_grid.py

Every fit of the complete grid is taken to cost the mean of the run's fits of the same game, experiment and algorithm,
times the ratio of gradient steps where there are any. Compilation is in the mean, so that the estimate is on the high
side; the linear programs take longer as demonstrations show more of the game, which puts it on the low side.
"""

from pathlib import Path

import pandas as pd
import yaml

ROOT = Path(__file__).parent.parent


def settings(*names: str) -> dict:
    """The key `imitation` of these configuration files, later ones over earlier ones."""
    merged = {}
    for name in names:
        merged |= yaml.safe_load((ROOT / "config" / name).read_text())["imitation"]
    return merged


def main() -> None:
    files = sorted(ROOT.glob("logs/fit/*/*_seconds.csv"))
    if not files:
        return print(f"No times of fits in {ROOT / 'logs/fit'}: run snakemake --cores 2 all_imitators first.")
    published, full = settings("config.yaml"), settings("config.yaml", "full.yaml")
    seconds = pd.concat(map(pd.read_csv, files))
    steps = full["iterations"] / published["iterations"]
    by_gradient = (seconds["algorithm"] == "mfc_adv") | (
        (seconds["algorithm"] == "vanilla_adv") & (seconds["experiment"] == "stationary")
    )
    seconds["seconds"] *= by_gradient.map({True: steps, False: 1.0})
    mean = seconds.pivot_table("seconds", ["game", "experiment"], "algorithm", fill_value=0)
    wanted = {game: {**full, **full["games"].get(game, {})} for game in mean.index.unique("game")}
    fits = pd.Series({game: len(one["demonstrations"]) * one["seeds"] for game, one in wanted.items()})
    hours = mean.groupby("game").sum().mul(fits, axis=0) / 3600
    hours["total"] = hours.sum(axis=1)
    hours.loc["all games"] = hours.sum()
    print(f"Hours of two cores for {fits.sum() * len(full['experiments'])} samples, every algorithm on each:")
    print(hours.round(2).to_string())


if __name__ == "__main__":
    main()
