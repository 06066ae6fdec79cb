"""Products held against the digests of what their jobs wrote, tables against their references: what moved is named."""

from pathlib import Path

from mfg_imitation.errors import InputError
from mfg_imitation.io.reference import compare
from mfg_imitation.io.tables import read_table
from workflow.lib.digests import noted_files
from workflow.lib.job import begin

MOST = 20  # lines shown of one table

begin(snakemake, checked=noted_files())
lines = []
for before, after in zip(snakemake.input.reference, snakemake.input.rerun, strict=True):
    name = Path(after).relative_to("data/tables").with_suffix("").as_posix()
    reference = read_table(before)
    try:
        moved, largest = compare(reference, read_table(after), **snakemake.params.tolerances)
    except InputError as error:
        raise InputError(f"{after}: {error}") from None
    moves = f"{len(moved)} of {reference.size} cells moved"
    print(f"{name}: {moves}; the largest difference is {largest:.2g} of what is allowed")
    lines += [
        f"{after}: row {cell.row} ({cell.which}), column {cell.column}: was {cell.reference}, now {cell.rerun}"
        for cell in moved[:MOST]
    ]
    lines += [f"{after}: and {len(moved) - MOST} more"] if len(moved) > MOST else []
if lines:
    raise InputError("\n".join(lines))
