"""What a search compiles serves it to its end: an array of another type, "weak" ones included, compiles all again."""

import re
from collections import Counter

import jax
import pytest

import mfg_imitation as mfg

SEARCHES = {
    "mirror descent": lambda game, target: mfg.solve_equilibrium(game, iterations=75),
    "fictitious play": lambda game, target: mfg.solve_equilibrium(game, method="fictitious_play", iterations=75),
    "vanilla-ADV": lambda game, target: mfg.vanilla_adv(target, game, method="first_order", tolerance=1e-9),
    "MFC-ADV": lambda game, target: mfg.mfc_adv(target, game, iterations=250),
}


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES.keys())
def test_no_program_is_compiled_twice(search, game_files, caplog):
    game = mfg.load_game(game_files / "sis.yaml", horizon=4)
    demonstrations = mfg.sample_demonstrations(game, game.uniform_policy(), 10, seed=0)
    target = mfg.empirical_occupancy(demonstrations, game)
    jax.clear_caches()
    with jax.log_compiles():
        search(game, target)
    compiled = Counter(re.findall(r"Finished XLA compilation of jit\((\w+)\)", caplog.text))
    ours = {name: times for name, times in compiled.items() if name.startswith("_") or name.endswith("_chunk")}
    assert ours and set(ours.values()) == {1}, ours
