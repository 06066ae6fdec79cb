"""Take out of an executed notebook what differs from run to run: moments, cell ids, memory addresses."""

import re
import sys

import nbformat

path = sys.argv[1]
notebook = nbformat.read(path, as_version=4)
notebook.metadata.pop("papermill", None)
for number, cell in enumerate(notebook.cells):
    cell.id = f"cell-{number:02}"
    for key in ("papermill", "execution"):
        cell.metadata.pop(key, None)
    for output in cell.get("outputs", []):
        if "text/plain" in output.get("data", {}):
            output.data["text/plain"] = re.sub(r" at 0x[0-9a-f]+", "", output.data["text/plain"])
nbformat.write(notebook, path)
