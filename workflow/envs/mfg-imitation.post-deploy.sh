#!/usr/bin/env bash
# Snakemake runs this in the project's folder, inside the environment it has just created.
set -euo pipefail
python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
make package
