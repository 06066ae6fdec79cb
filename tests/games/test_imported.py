"""Games of code: a user's own class, and MFGLib's environments against MFGLib's own measure."""

import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mfg_imitation import InputError, load_game, nash_imitation_gap
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.games.lipschitz import lipschitz_estimate

HEAD = "title: a game\nsource: a test\n"

CLASS = """
import jax.numpy as jnp
from mfg_imitation import InputError
from mfg_imitation.games.game import DenseGame

class Drift(DenseGame):
    horizon: int
    pull: float

    def __init__(self, *, horizon, pull=0.5):
        if pull > 1:
            raise InputError(f"pull: {pull} is above 1")
        self.horizon, self.pull = horizon, 1 / pull * pull**2
    states = ("out", "in")
    actions = ("wait", "go")
    initial = jnp.array([1.0, 0.0])

    def probabilities(self, n, mu):
        enter = jnp.stack([self.pull * mu[1], jnp.array(1.0)])
        return jnp.stack([jnp.stack([1 - enter, enter], -1), jnp.array([[0.0, 1.0], [0.0, 1.0]])])

    def reward(self, n, mu):
        return jnp.array([[0.0, 0.0], [-1.0, -1.0]])

    def known_expert(self):
        return jnp.zeros(self.policy_shape).at[..., 0].set(1)

    def declared_lipschitz(self):
        return self.pull, 0.0

class Broken(Drift):
    def reward(self, n, mu):
        return jnp.full((2, 2), jnp.nan)

class Leaves(Drift):
    def __init__(self, **values):
        raise SystemExit(0)

class LeavesLater(Drift):
    def declared_lipschitz(self):
        raise SystemExit(0)

class Stranger:
    pass
"""


@pytest.fixture
def own(tmp_path):
    """Write a game file beside a module of its own, whose name no other test uses."""
    name = f"own_{abs(hash(str(tmp_path)))}"
    (tmp_path / f"{name}.py").write_text(CLASS, encoding="utf-8")

    def write(target, **parameters):
        target = target.replace("MODULE", name)
        text = f"{HEAD}horizon: 6\npython: {target}\nparameters: {parameters}\n"
        (tmp_path / "game.yaml").write_text(text, encoding="utf-8")
        return tmp_path / "game.yaml"

    yield write
    sys.modules.pop(name, None)


def test_own_class(own):
    path = own("MODULE:Drift", pull=0.25)
    game = load_game(path)
    assert game.policy_shape == (6, 2, 2)
    assert float(game.probabilities(0, jnp.array([0.0, 1.0]))[0, 0, 1]) == 0.25
    assert load_game(path, horizon=9, pull=1).policy_shape == (9, 2, 2)
    assert GameFile.read(path).lipschitz(pull=1) == (1, 0)
    # With pull = 1 it is the attractor.
    attractor = load_game("attractor", horizon=6)
    policy = np.random.default_rng(0).dirichlet(np.ones(2), (6, 2))
    np.testing.assert_allclose(
        nash_imitation_gap(load_game(path, pull=1), policy), nash_imitation_gap(attractor, policy), rtol=1e-12
    )
    assert float(nash_imitation_gap(game, game.known_expert())) == 0


@pytest.mark.parametrize(
    ("target", "parameters", "message"),
    [
        ("no_such_module:Game", {}, "python: no module 'no_such_module' in "),
        ("MODULE:Drfit", {}, "has no class 'Drfit'; its games are Drift, Broken, Leaves, LeavesLater"),
        ("MODULE:Stranger", {}, "MODULE:Stranger is not a subclass of mfg_imitation.Game"),
        (
            "MODULE:Drift",
            {"push": 1},
            "rejects them: got an unexpected keyword argument 'push'; allowed are pull",
        ),
        ("MODULE:Drift", {"pull": 2}, "MODULE:Drift: pull: 2 is above 1"),
        ("MODULE:Drift", {"pull": 0}, "MODULE:Drift fails: ZeroDivisionError: "),
        ("MODULE:Leaves", {}, "MODULE:Leaves fails: SystemExit: 0"),
        ("MODULE:LeavesLater", {}, "MODULE:LeavesLater fails: SystemExit: 0"),
        ("MODULE:Broken", {}, "MODULE:Broken: reward of wait in out is nan"),
        ("MODULE", {}, "python is 'MODULE', but must be written as module:Class"),
        ("MODULE:Drift.name", {}, "but must be written as module:Class"),
    ],
)
def test_own_class_mistakes_are_one_line(own, target, parameters, message):
    path = own(target, **parameters)
    with pytest.raises(InputError) as error:
        load_game(path)
    text = str(error.value)
    assert text.startswith(f"{path}: ")
    assert message in text.replace(f"own_{abs(hash(str(path.parent)))}", "MODULE")
    assert "\n" not in text


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import no_such_package", "cannot be imported: No module named 'no_such_package'"),
        ("1 / 0", "cannot be imported: ZeroDivisionError: division by zero"),
        ("def", "cannot be imported: SyntaxError: "),
        ("import sys; sys.exit(0)", "cannot be imported: SystemExit: 0"),
    ],
)
def test_own_module_that_does_not_import(own, source, message):
    path = own("MODULE:Drift")
    next(path.parent.glob("own_*.py")).write_text(source, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_game(path)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert str(path.parent) not in sys.path


def test_own_module_whose_name_is_taken(tmp_path):
    (tmp_path / "json.py").write_text(CLASS, encoding="utf-8")
    (tmp_path / "game.yaml").write_text(f"{HEAD}horizon: 6\npython: json:Drift\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"the name of json\.py is taken by another module"):
        load_game(tmp_path / "game.yaml")


def write_mfglib(folder, constructor, horizon, parameters="{}"):
    path = folder / f"{constructor}.yaml"
    text = f"{HEAD}horizon: {horizon}\nmfglib: {constructor}\nparameters: {parameters}\n"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_mfglib_the_message_names_the_command(tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "mfglib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mfglib", None)  # what an import of a missing package meets
    path = write_mfglib(tmp_path, "beach_bar", 5)
    with pytest.raises(InputError) as error:
        load_game(path)
    assert str(error.value) == f"{path}: mfglib: mfglib is not installed; install it: pip install mfglib"


#: Comparisons with MFGLib, which `make test-slow` installs.
needs_mfglib = pytest.mark.slow

#: Name, MFGLib's arguments, the file's parameters, and the same game rewritten by hand.
COMPARED = {
    "susceptible_infected": ({"T": 49}, "{}", ("sis", {})),
    "beach_bar": (
        {"T": 19, "n": 20, "bar_loc": 2},
        "{n: 20, bar_loc: 2}",
        ("beach_bar", {"bar": 2, "ends": "walls", "smallest_share": 1e-20}),
    ),
}


@needs_mfglib
@pytest.mark.parametrize("constructor", COMPARED)
def test_gap_is_mfglibs_exploitability(tmp_path, constructor):
    """NIG of the uniform and of a random policy, imported and by hand, against MFGLib's exploitability."""
    arguments, parameters, (name, overrides) = COMPARED[constructor]
    imported = load_game(write_mfglib(tmp_path, constructor, arguments["T"] + 1, parameters))
    by_hand = load_game(name, horizon=arguments["T"] + 1, **overrides)
    random = np.random.default_rng(0).dirichlet(np.ones(imported.policy_shape[2]), imported.policy_shape[:2])
    for policy in (np.asarray(imported.uniform_policy()), random):
        expected = mfglib_exploitability(constructor, arguments, policy)
        assert float(nash_imitation_gap(imported, policy)) == pytest.approx(expected, abs=1e-9)
        assert float(nash_imitation_gap(by_hand, policy)) == pytest.approx(expected, abs=1e-9)


def mfglib_exploitability(constructor, arguments, policy):
    import mfglib.alg  # noqa: F401 (before mfglib.env, which else imports itself in a circle)
    import torch
    from mfglib.env import Environment
    from mfglib.scoring import exploitability_score

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        return exploitability_score(getattr(Environment, constructor)(**arguments), torch.tensor(policy))
    finally:
        torch.set_default_dtype(before)


@needs_mfglib
@pytest.mark.parametrize("constructor", COMPARED)
def test_imported_derivatives_are_those_of_the_game_by_hand(tmp_path, constructor):
    arguments, parameters, (name, overrides) = COMPARED[constructor]
    imported = load_game(write_mfglib(tmp_path, constructor, arguments["T"] + 1, parameters))
    by_hand = load_game(name, horizon=arguments["T"] + 1, **overrides)
    policy = np.random.default_rng(1).dirichlet(np.ones(imported.policy_shape[2]), imported.policy_shape[:2])
    gradients = [
        jax.jit(jax.grad(lambda pi, game=game: nash_imitation_gap(game, pi)))(policy) for game in (imported, by_hand)
    ]
    np.testing.assert_allclose(*gradients, rtol=1e-9, atol=1e-9)
    batch = nash_imitation_gap(imported, np.stack([policy, imported.uniform_policy()]))
    np.testing.assert_allclose(batch[0], nash_imitation_gap(by_hand, policy), rtol=1e-12)


@needs_mfglib
def test_imported_kernel_has_the_slope_of_the_game_by_hand(tmp_path):
    estimate = lipschitz_estimate(load_game(write_mfglib(tmp_path, "susceptible_infected", 2)), n_samples=2)
    assert estimate.transition == pytest.approx(0.81, abs=1e-12)


@needs_mfglib
@pytest.mark.parametrize(
    ("constructor", "horizon", "parameters", "message"),
    [
        ("beach_bra", 5, "{}", "mfglib: unknown constructor 'beach_bra'; allowed are beach_bar, "),
        ("beach_bar", 5, "{m: 3}", "got an unexpected keyword argument 'm'; allowed are n, bar_loc, log_eps"),
        ("beach_bar", 5, "{T: 3}", "parameters.T: follows from the horizon, T = horizon - 1"),
        ("beach_bar", 5, "{p_still: 3}", "fails: ValueError: p_still must be a valid probability"),
        ("beach_bar", 5, "{mu0: [0.5, 0.5]}", "mfglib: beach_bar: initial has shape [2], expected [4]"),
        ("left_right", 5, "{}", "horizon: 5 is not 2, the only one that left_right has"),
        (
            "equilibrium_price",
            5,
            "{}",
            "its reward depends on the population's actions, not only on its states",
        ),
    ],
)
def test_mfglib_mistakes_are_one_line(tmp_path, constructor, horizon, parameters, message):
    path = write_mfglib(tmp_path, constructor, horizon, parameters)
    with pytest.raises(InputError) as error:
        load_game(path)
    assert str(error.value).startswith(f"{path}: ")
    assert message in str(error.value)
