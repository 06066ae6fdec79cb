"""Thumbnails of all figures on one page, each leading to its vector file."""

from pathlib import Path

from jinja2 import Environment

from mfg_imitation.io.atomic import replacing
from workflow.lib.job import begin

begin(snakemake)
folder = Path(snakemake.output[0]).parent
sections = {}
for figure in sorted(Path(file).relative_to(folder).with_suffix("") for file in snakemake.input.figures):
    section = "Paper" if figure.parent == Path() else figure.parent.name.replace("_", " ").capitalize()
    sections.setdefault(section, []).append(figure.as_posix())

page = Environment(autoescape=True)
page.filters["name"] = lambda figure: Path(figure).name.replace("_", " ")
template = page.from_string(Path(snakemake.input.template).read_text(encoding="utf-8"))
with replacing(snakemake.output[0]) as temporary:
    temporary.write_text(template.render(sections=sections) + "\n", encoding="utf-8")
