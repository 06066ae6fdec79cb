"""The tables that readers of the report are offered."""

import shutil

from mfg_imitation.io.atomic import replacing
from workflow.lib.job import begin

begin(snakemake)
for source, target in zip(snakemake.input, snakemake.output, strict=True):
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)
