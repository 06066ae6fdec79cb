"""The resolved configuration of a run, as YAML."""

import yaml

from mfg_imitation.io.atomic import replacing
from workflow.lib.job import begin

begin(snakemake)
with replacing(snakemake.output[0]) as temporary:
    temporary.write_text(yaml.safe_dump(snakemake.params.config, sort_keys=False, allow_unicode=True), encoding="utf-8")
