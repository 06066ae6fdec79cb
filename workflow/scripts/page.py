"""A notebook executed with its parameters, and the page that readers see of it."""

from pathlib import Path

from mfg_imitation.io.atomic import replacing
from workflow.lib.finishing import Beside
from workflow.lib.html_page import executed, html_page, written
from workflow.lib.job import begin

begin(snakemake)
notebook = executed(snakemake.input.notebook, snakemake.params.parameters)
template, path = Path(snakemake.input.template[0]).parent, f"{snakemake.wildcards.page}.html"
beside = Beside(**snakemake.params.beside, there=snakemake.params.there)
text = html_page(notebook, template, path, beside)
for target, content in ((snakemake.output.notebook, written(notebook, path)), (snakemake.output.page, text)):
    with replacing(target) as temporary:
        temporary.write_text(content, encoding="utf-8")
