"""The tables that readers of the report are offered."""

from workflow.lib.job import begin
from workflow.lib.spreadsheets import write_for_spreadsheets, write_packed

begin(snakemake)
for source, target in zip(snakemake.input, snakemake.output, strict=True):
    write = write_packed if target.endswith(".zip") else write_for_spreadsheets
    write(source, target)
