"""An executed notebook as one web page that needs nothing else: no code, no network, formulas as MathML."""

import copy
import html
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# Where jsonschema finds this package it builds grammars that no notebook uses: over a second in every job.
sys.modules.setdefault("rfc3987_syntax", None)

import nbformat  # noqa: E402
import papermill  # noqa: E402
from jinja2 import pass_context  # noqa: E402
from nbconvert import HTMLExporter  # noqa: E402
from traitlets.config import Config  # noqa: E402

from mfg_imitation.report.formulas import POWER, SYMBOL, mathml, power, tex_of  # noqa: E402
from workflow.lib.finishing import FIGURE, Beside, finished, with_drawings  # noqa: E402

# Code is matched first, so that a dollar in it is left alone.
FORMULA = re.compile(
    r"(`+).+?\1|\$\$(?P<block>.+?)\$\$|(?<!\\)\$(?P<inline>\S|\S.*?\S)\$|(?P<sign>"
    + SYMBOL.pattern
    + ")|"
    + POWER.pattern,
    re.DOTALL,
)


class Page(HTMLExporter):
    @pass_context
    def markdown2html(self, context, source):
        """Formulas stay out of nbconvert's way, which closes every tag that it meets inside Markdown at once."""
        formulas = []

        def keep(match: re.Match) -> str:
            if match["digits"]:
                return power(match["digits"], int(match["exponent"]))
            tex = tex_of(match) if match["sign"] else match["block"] or match["inline"]
            if tex is None:
                return match[0]
            block = match["block"] is not None
            formula = mathml(tex, block)
            formulas.append(f'<span class="formula">{formula}</span>' if block else formula)
            return f"[](formula:{len(formulas) - 1})"  # a link: no text of a user's becomes one to a formula

        text = super().markdown2html(context, FORMULA.sub(keep, source))
        return re.sub(r'<a href="formula:(\d+)"></a>', lambda match: formulas[int(match[1])], text)


def executed(notebook: str, parameters: Mapping[str, Any]) -> nbformat.NotebookNode:
    """A notebook, executed; what differs from run to run is taken out: moments, cell ids, memory addresses."""
    # Into memory: a notebook that is interrupted leaves no half page.
    parameters = {"root": ".", **parameters}
    # The kernel talks over files of its own, not over ports: two that start at once may be given the same one.
    with TemporaryDirectory() as folder:
        config = Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/kernel"}})
        done = papermill.execute_notebook(
            notebook, None, parameters, kernel_name="mfg-imitation", progress_bar=False, config=config
        )
    done.metadata.pop("papermill", None)
    for number, cell in enumerate(done.cells):
        cell.id = f"cell-{number:02}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        for output in cell.get("outputs", []):
            if "text/plain" in output.get("data", {}):
                output.data["text/plain"] = re.sub(r" at 0x[0-9a-f]+", "", output.data["text/plain"])
    return done


def with_html(notebook: nbformat.NotebookNode, change: Callable[[str], str]) -> nbformat.NotebookNode:
    """A copy of a notebook with another HTML in its outputs."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = change(output.data["text/html"])
    return notebook


def written(notebook: nbformat.NotebookNode, path: str) -> str:
    """A notebook as the text of its file; figures are named, and what is folded on the page is left out.

    Args:
        path: of its page, from the report's folder.
    """
    image = rf'<img src="{"../" * (path.count("/") + 2)}\2" alt="\1">'

    def named(text: str) -> str:
        return re.sub(r"<script.*?</script>|<details>.*?</details>", "", FIGURE.sub(image, text), flags=re.DOTALL)

    return nbformat.writes(with_html(notebook, named)) + "\n"


def html_page(notebook: nbformat.NotebookNode, template: Path, path: str, beside: Beside) -> str:
    """The HTML of an executed notebook, its title the first heading.

    Args:
        template: a folder of nbconvert's.
        path: of the page, from the report's folder; links that begin with `report:` are made relative to it.
        beside: what surrounds the notebook.
    """
    up = "../" * path.count("/")
    exporter = Page(template_name=template.name, extra_template_basedirs=[str(template.parent)])
    exporter.exclude_input = exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    exporter.exclude_anchor_links = True
    resources = {"metadata": {"name": _heading(notebook), "path": "."}, "here": path, **beside._asdict()}
    drawings = []  # which would be longer when nbconvert, and we, have read and written them

    def taken_out(text: str) -> str:
        return FIGURE.sub(lambda match: drawings.append(match[0]) or f"<!--figure {len(drawings) - 1}-->", text)

    page = exporter.from_notebook_node(with_html(notebook, taken_out), resources)[0]
    return with_drawings(finished(page, path, up, beside), drawings)


def _heading(notebook) -> str:
    """The first heading in what a reader sees: text, and Markdown that the code has shown."""
    for cell in notebook.cells:
        shown = [output.get("data", {}).get("text/markdown", "") for output in cell.get("outputs", [])]
        for text in [cell.source] if cell.cell_type == "markdown" else shown:
            for line in text.splitlines():
                if line.startswith("# "):
                    return html.unescape(line.removeprefix("# ").replace("*", ""))
    raise ValueError("the notebook shows no heading")
