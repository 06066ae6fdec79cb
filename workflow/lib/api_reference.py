"""The API reference: one page of the docstrings of all public names, each function with its example, by pdoc."""

import inspect
from pathlib import Path

import pdoc
import pdoc.doc
import pdoc.render
from bs4 import BeautifulSoup

import mfg_imitation
from workflow.lib.examples import BEGINNING, examples


def api_page(template: Path, file: Path) -> str:
    """The HTML of the reference.

    Args:
        template: a folder of pdoc's.
        file: of the examples.
    """
    found = examples(file)
    pdoc.render.configure(docformat="google", show_source=False, search=False, template_directory=template)
    for name in mfg_imitation.__all__:  # pdoc looks for what is there, and names are imported when they are first used
        setattr(mfg_imitation, name, getattr(mfg_imitation, name))
    module = pdoc.doc.Module(mfg_imitation)
    beginning = f"Every example begins with\n\n```python\n{found[BEGINNING]}```"
    _document(module, f"{module.docstring}\n\n{beginning}")
    # Functions first; the fields of named tuples are in their docstrings.
    module.__dict__["members"] = dict(sorted(module.members.items(), key=lambda item: inspect.isclass(item[1].obj)))
    for name, member in module.members.items():
        if isinstance(member, pdoc.doc.Class) and hasattr(member.obj, "_fields"):
            member.__dict__["members"] = {
                key: one for key, one in member.members.items() if key not in (*member.obj._fields, "__init__")
            }
        if name in found:
            _document(member, f"{member.docstring}\n\n**Example**\n\n```python\n{found[name]}```")
    return _reachable(pdoc.render.html_module(module, all_modules={"mfg_imitation": module})) + "\n"


def _document(member: pdoc.doc.Doc, text: str) -> None:
    """Put another docstring in the place of a member's own; pdoc keeps what it has once read."""
    member.__dict__["docstring"] = text


def _reachable(page: str) -> str:
    """The page with names for links that are signs, headings in their order, and code that scrolls by keyboard."""
    soup = BeautifulSoup(page, "html.parser")
    for link in soup.select("a.headerlink"):
        link["aria-label"] = f"Link to {link['href'].lstrip('#')}"
    for heading in soup.select("h2, h3, h4, h5, h6"):
        heading.name = "p" if heading.find_parent("main") else heading.name
        heading.attrs.pop("id", None)
    for box in soup.select("pre, .attr"):
        box["tabindex"] = "0"
    return str(soup)
