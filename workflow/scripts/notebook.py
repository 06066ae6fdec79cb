"""A notebook executed with its parameters, and the page that readers see of it."""

import re
import sys
from pathlib import Path

# Where jsonschema finds this package it builds grammars that no notebook uses: over a second in every job.
sys.modules.setdefault("rfc3987_syntax", None)

import nbformat  # noqa: E402
import papermill  # noqa: E402
from job import begin  # noqa: E402
from page import page  # noqa: E402

from mfg_imitation.io.atomic import replacing  # noqa: E402

begin(snakemake)
# Into memory: a notebook that is interrupted leaves no half page.
notebook = papermill.execute_notebook(
    snakemake.input.notebook,
    None,
    {"root": ".", **snakemake.params.parameters},
    kernel_name="mfg-imitation",
    progress_bar=False,
)

# What differs from run to run is taken out: moments, cell ids, memory addresses.
notebook.metadata.pop("papermill", None)
for number, cell in enumerate(notebook.cells):
    cell.id = f"cell-{number:02}"
    for key in ("papermill", "execution"):
        cell.metadata.pop(key, None)
    for output in cell.get("outputs", []):
        if "text/plain" in output.get("data", {}):
            output.data["text/plain"] = re.sub(r" at 0x[0-9a-f]+", "", output.data["text/plain"])
template, path = Path(snakemake.input.template[0]).parent, Path(snakemake.output.page).relative_to("report").as_posix()
text = page(notebook, template, path, snakemake.params.pages, snakemake.params.made_with)
for target, content in ((snakemake.output.notebook, nbformat.writes(notebook) + "\n"), (snakemake.output.page, text)):
    with replacing(target) as temporary:
        temporary.write_text(content, encoding="utf-8")
