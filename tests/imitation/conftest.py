"""A game in which everything is possible, and a policy in it."""

import pytest

import mfg_imitation as mfg


@pytest.fixture(scope="module")
def garnet(game_files):
    """Every pair has three successors, and the kernel depends on the population."""
    return mfg.load_game(game_files / "random_garnet.yaml", horizon=4)


@pytest.fixture
def policy(rng, garnet, draw_policies):
    return draw_policies(rng, garnet)
