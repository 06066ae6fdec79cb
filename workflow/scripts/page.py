"""An executed notebook as one web page that needs nothing else: no code, no network, formulas as MathML."""

import re
from pathlib import Path

import nbformat
from docutils.utils.math.latex2mathml import tex2mathml
from jinja2 import pass_context
from nbconvert import HTMLExporter

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
            return f"(formula-{len(formulas) - 1})"

        html = super().markdown2html(context, FORMULA.sub(keep, source))
        return re.sub(r"\(formula-(\d+)\)", lambda match: formulas[int(match[1])], html)


def page(notebook: nbformat.NotebookNode, template: Path) -> str:
    """The HTML of an executed notebook, its title the notebook's first line; `template` is a folder of nbconvert's."""
    exporter = Page(template_name=template.name, extra_template_basedirs=[str(template.parent)], embed_images=True)
    exporter.exclude_input = exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    exporter.exclude_anchor_links = True
    heading = notebook.cells[0].source.splitlines()[0].lstrip("# ")
    return exporter.from_notebook_node(notebook, {"metadata": {"name": heading, "path": "."}})[0]
