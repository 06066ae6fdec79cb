"""What is wrong with a configuration, a line for each mistake: python -m workflow.lib.check_configuration FILE."""

import sys
from pathlib import Path

from snakemake.utils import update_config

from mfg_imitation.errors import InputError
from mfg_imitation.io.yaml import read_yaml
from mfg_imitation.machine import jax_setup
from workflow.lib.config_checks import CONFIG, Layers, check_games, configuration_problems
from workflow.lib.run import Run


def problems_of(file: Path) -> list[str]:
    """The mistakes in a configuration that is laid over config/config.yaml, or else the first one in its games."""
    try:
        jax_setup()
        layers = Layers({}, [CONFIG, file])
        config = read_yaml(CONFIG)
        update_config(config, read_yaml(file))
        problems = configuration_problems(config, layers)
        if not problems:
            check_games(Run(config), layers)
        return problems
    except InputError as error:
        return [str(error)]


if __name__ == "__main__":
    found = problems_of(Path(sys.argv[1]))
    print(*found, sep="\n", file=sys.stderr)
    sys.exit(bool(found))
