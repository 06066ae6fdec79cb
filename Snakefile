# From the games to the paper's figures:   snakemake --cores 8
# One item alone:                          snakemake --cores 8 figure_1
#
# `snakemake --list-rules` says what every rule makes; these are words to ask for: figure_1, figure_2, scorecard, paper,
# theory, imitation, noise, explorer, games, tables, figures, api, report, verify. Where products lie: workflow/lib/paths.py.
import os
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")

#: The folder of this file: of the workflow's own code and texts, wherever the run and its products are.
ROOT = Path(str(workflow.current_basedir.get_path_or_uri(secret_free=True)))


include: "workflow/rules/common.smk"


check_layers()


configfile: "config/config.yaml"


RUN = Run(config)
JAX_SETUP = start_jax(RUN)
check_run(RUN)


report: "workflow/report/workflow.rst"


wildcard_constraints:
    game=r"\w+",
    algorithm=r"\w+",
    data=r"\w+",
    figure=r"[\w/]+",
    page=r"(?!api/)[\w/]+",  # what lies in report/api is no notebook


include: "workflow/rules/games.smk"
include: "workflow/rules/paper.smk"
include: "workflow/rules/imitation.smk"
include: "workflow/rules/rewards.smk"
include: "workflow/rules/theory.smk"
include: "workflow/rules/noise.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/defaults.smk"


rule all:
    """Everything: tables, figures and the report."""
    default_target: True
    input:
        rules.tables.input,
        rules.figures.input,
        rules.report.input,
