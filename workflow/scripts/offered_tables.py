"""The tables that readers of the report are offered."""

from workflow.lib.job import begin
from workflow.lib.spreadsheets import write_for_spreadsheets

begin(snakemake)
for source, target in zip(snakemake.input, snakemake.output, strict=True):
    write_for_spreadsheets(source, target)
