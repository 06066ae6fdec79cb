"""README's first command in a fresh copy: the run of the workflow that takes seconds. Whole runs are slow tests."""

from workflow_runs import SMOKE, copy, snakemake

from mfg_imitation.io.tables import read_table


def test_figure_2_is_made_once(tmp_path):
    folder = copy(tmp_path / "repository")
    snakemake(folder, "figure_2", *SMOKE)
    for gap in ("nash_imitation_gap", "population_value_gap"):
        for form in ("pdf", "png", "svg"):
            assert (folder / f"figures/figure_2_{gap}.{form}").stat().st_size > 1000
    sweep = read_table(folder / "data/tables/games/attractor/sweep.csv")
    lost = sweep.groupby("horizon")["population_value_gap"].max()
    assert (abs(lost - (lost.index - 1)) < 1e-9).all(), "who all slip at once lose 1 at every step but the first"
    again = snakemake(folder, "figure_2", *SMOKE)
    assert "Nothing to be done" in again.stdout + again.stderr
