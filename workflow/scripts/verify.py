"""Products held against the digests of what their jobs wrote, tables against their references: what moved is named."""

from pathlib import Path

from mfg_imitation.errors import InputError
from mfg_imitation.io.reference import moved_cells
from mfg_imitation.io.tables import read_table
from workflow.lib.digests import noted_files
from workflow.lib.job import begin

MOST = 20  # lines shown of one table

begin(snakemake, checked=noted_files())
lines = []
tolerances = dict(snakemake.params.tolerances)
special = tolerances.pop("tables", {})
for before, after in zip(snakemake.input.reference, snakemake.input.rerun, strict=True):
    name = Path(after).relative_to("data/tables").with_suffix("").as_posix()
    tolerance = tolerances | special.get(name, {})
    reference = read_table(before)
    try:
        moved = moved_cells(reference, read_table(after), **tolerance)
    except InputError as error:
        raise InputError(f"{after}: {error}") from None
    print(f"{name}: {len(moved)} of {reference.size} cells moved")
    lines += [
        f"{after}: row {cell.row} ({cell.which}), column {cell.column}: was {cell.reference}, now {cell.rerun}"
        for cell in moved[:MOST]
    ]
    lines += [f"{after}: and {len(moved) - MOST} more"] if len(moved) > MOST else []
if lines:
    raise InputError("\n".join(lines))
