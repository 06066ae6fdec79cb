"""A small epidemic, its trajectories, and data sets of them in files."""

from pathlib import Path

import jax.numpy as jnp
import pandas as pd
import pytest
import yaml
from trajectory_tables import HORIZON

import mfg_imitation as mfg


@pytest.fixture(scope="session")
def epidemic(game_files):
    return mfg.load_game(game_files / "sis.yaml", horizon=HORIZON)


@pytest.fixture(scope="session")
def policy(epidemic):
    """Susceptible players go out often, and stop to by and by; infected ones do both alike."""
    often = jnp.linspace(0.9, 0.5, HORIZON)[:, None]
    going = jnp.concatenate([often, jnp.full_like(often, 0.5)], axis=1)
    return jnp.stack([going, 1 - going], axis=-1)


@pytest.fixture(scope="session")
def sample(epidemic, policy):
    return mfg.sample_demonstrations(epidemic, policy, 400, seed=0)


@pytest.fixture
def write(tmp_path):
    """(table, keys of the file) -> the path of a data set's file, with its table beside it."""

    def written(table: pd.DataFrame, **said) -> Path:
        table.to_csv(tmp_path / "table.csv", index=False)
        keys = {"title": "A test", "source": "a test", "trajectories": "table.csv", "game": "sis"}
        keys |= {"overrides": {"horizon": HORIZON}} | said
        file = tmp_path / "set.yaml"
        file.write_text(yaml.safe_dump({key: value for key, value in keys.items() if value is not None}), "utf-8")
        return file

    return written
