"""An executed notebook as one web page that needs nothing else: no code, no network, formulas as MathML."""

import html
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# Where jsonschema finds this package it builds grammars that no notebook uses: over a second in every job.
sys.modules.setdefault("rfc3987_syntax", None)

import nbformat  # noqa: E402
import papermill  # noqa: E402
from docutils.utils.math.latex2mathml import tex2mathml  # noqa: E402
from jinja2 import pass_context  # noqa: E402
from nbconvert import HTMLExporter  # noqa: E402
from traitlets.config import Config  # noqa: E402

# Code is matched first, so that a dollar in it is left alone.
FORMULA = re.compile(r"(`+).+?\1|\$\$(?P<block>.+?)\$\$|(?<!\\)\$(?P<inline>\S|\S.*?\S)\$", re.DOTALL)


def mathml(tex: str, block: bool) -> str:
    """Browsers draw MathML by themselves; TeX would need a script from the network."""
    return " ".join(tex2mathml(tex, as_block=block).split())


class Page(HTMLExporter):
    @pass_context
    def markdown2html(self, context, source):
        """Formulas stay out of nbconvert's way, which closes every tag that it meets inside Markdown at once."""
        formulas = []

        def keep(match: re.Match) -> str:
            tex = match["block"] or match["inline"]
            if tex is None:
                return match[0]
            formulas.append(mathml(tex, match["block"] is not None))
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


def written(notebook: nbformat.NotebookNode) -> str:
    """A notebook as the text of its file."""
    return nbformat.writes(notebook) + "\n"


def html_page(
    notebook: nbformat.NotebookNode, template: Path, path: str, pages: Mapping[str, str], made_with: str
) -> str:
    """The HTML of an executed notebook, its title the first heading.

    Args:
        template: a folder of nbconvert's.
        path: of the page, from the report's folder; links that begin with `report:` are made relative to it.
        pages: for the navigation: path, from the report's folder -> name.
        made_with: versions and settings, for the foot of the page.
    """
    up = "../" * path.count("/")
    exporter = Page(template_name=template.name, extra_template_basedirs=[str(template.parent)], embed_images=True)
    exporter.exclude_input = exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    exporter.exclude_anchor_links = True
    resources = {"metadata": {"name": _heading(notebook), "path": "."}}
    resources |= {
        "pages": {f"{up}{to}": name for to, name in pages.items()},
        "here": f"{up}{path}",
        "made_with": made_with,
    }
    page = exporter.from_notebook_node(notebook, resources)[0]
    return re.sub('(<a [^<>]*href=")report:', rf"\g<1>{up}", page)


def _heading(notebook) -> str:
    """The first heading in what a reader sees: text, and Markdown that the code has shown."""
    for cell in notebook.cells:
        shown = [output.get("data", {}).get("text/markdown", "") for output in cell.get("outputs", [])]
        for text in [cell.source] if cell.cell_type == "markdown" else shown:
            for line in text.splitlines():
                if line.startswith("# "):
                    return html.unescape(line.removeprefix("# ").replace("*", ""))
    raise ValueError("the notebook shows no heading")
