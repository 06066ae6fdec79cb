"""The API reference, as one page."""

from pathlib import Path

from mfg_imitation.io.atomic import replacing
from workflow.lib.api_reference import api_page
from workflow.lib.job import begin

begin(snakemake)
page = api_page(Path(snakemake.input.template[0]).parent, Path(snakemake.input.examples))
with replacing(snakemake.output[0]) as temporary:
    temporary.write_text(page, encoding="utf-8")
