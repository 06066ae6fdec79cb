"""The tables that readers of the report are offered."""

import shutil

from job import begin

from mfg_imitation.io.atomic import replacing

begin(snakemake)
for source, target in zip(snakemake.input, snakemake.output, strict=True):
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)
