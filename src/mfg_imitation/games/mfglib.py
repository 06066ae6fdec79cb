"""MFGLib's environments as games (`mfglib: <constructor>`)."""

import inspect
import threading
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.errors import InputError
from mfg_imitation.games.game import DenseGame, Game
from mfg_imitation.games.python_class import construct
from mfg_imitation.games.soundness import check_game

#: Torch's default precision belongs to the whole process: one call at a time may change it.
_TORCH = threading.RLock()


def mfglib_game(constructor: str, values: Mapping[str, Any], horizon: int, file: str) -> Game:
    """An environment of MFGLib, as a game with H = T + 1 steps.

    It is built and evaluated in double precision, whatever torch's default is; random environments differ for
    that from those of MFGLib in single precision. Its population enters through its distribution of states:
    environments that look at the population's actions, too, are refused.

    Args:
        constructor: name of a class method of `mfglib.env.Environment`, such as beach_bar.
        values: its arguments, but T, which follows from the horizon; `mu0` as a list of numbers, one per
            state.
        horizon: H.
        file: the game's file, for messages.

    Raises:
        InputError: MFGLib is missing, no such constructor, arguments that it rejects, an environment that
            depends on the population's actions.
    """
    try:
        import mfglib.alg  # noqa: F401 (before its environments, or MFGLib's imports run in a circle)
        import torch
        from mfglib.env import Environment
    except ImportError as error:
        missing = (error.name or "mfglib").split(".")[0]
        raise InputError(f"{file}: mfglib: {missing} is not installed; install it: pip install mfglib") from None
    known = [name for name, member in vars(Environment).items() if isinstance(member, classmethod)]
    if constructor not in known:
        raise InputError(f"{file}: mfglib: unknown constructor {constructor!r}; allowed are {', '.join(known)}")
    make = getattr(Environment, constructor)
    accepted = inspect.signature(make).parameters
    values = dict(values)
    if "T" in values:
        raise InputError(f"{file}: parameters.T: follows from the horizon, T = horizon - 1")
    if "T" in accepted:
        values["T"] = horizon - 1
    with _double_precision(torch), torch.random.fork_rng(devices=[]):
        if isinstance(values.get("mu0"), (list, tuple)):
            own = accepted["mu0"].default if "mu0" in accepted else None
            values["mu0"] = torch.tensor(values["mu0"]) if isinstance(own, str) else tuple(values["mu0"])
        environment = construct(make, values, file, f"mfglib.env.Environment.{constructor}", reserved=("T",))
    if horizon != environment.T + 1:
        raise InputError(f"{file}: horizon: {horizon} is not {environment.T + 1}, the only one that {constructor} has")
    try:
        game = MFGLibGame(environment)
        _check_marginal(game)
        check_game(game)
    except InputError as error:
        raise InputError(f"{file}: mfglib: {constructor}: {error}") from None
    return game


class MFGLibGame(DenseGame):
    """An environment of MFGLib. Kernel, reward and their derivatives are torch's, called from JAX's traced
    code.

    Attributes:
        environment: a `mfglib.env.Environment` in double precision.
    """

    environment: Any = eqx.field(static=True)

    @property
    def states(self) -> tuple[str, ...]:
        return _names("s", self.environment.S)

    @property
    def actions(self) -> tuple[str, ...]:
        return _names("a", self.environment.A)

    @property
    def horizon(self) -> int:
        return self.environment.T + 1

    @property
    def initial(self) -> Float[Array, " S"]:
        return jnp.asarray(self.environment.mu0.numpy().astype(float).ravel())

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A S"]:
        n_states, n_actions = len(self.states), len(self.actions)
        return _from_torch(self.torch_kernel, (n_states, n_actions, n_states), n, mu)

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return _from_torch(self.torch_reward, (len(self.states), len(self.actions)), n, mu)

    def torch_kernel(self, n: int, joint):
        """P_n(s' | s, a, mu) as a tensor [S, A, S], of a joint distribution [S, A] of states and actions."""
        n_states, n_actions = joint.shape
        kernel = self.environment.prob(n, joint.reshape(*self.environment.S, *self.environment.A))
        return kernel.reshape(n_states, n_states, n_actions).permute(1, 2, 0)

    def torch_reward(self, n: int, joint):
        """r_n(s, a, mu) as a tensor [S, A], of a joint distribution [S, A] of states and actions."""
        reward = self.environment.reward(n, joint.reshape(*self.environment.S, *self.environment.A))
        return reward.reshape(joint.shape)

    def with_uniform_actions(self, mu):
        """The joint distribution of states and actions that stands for mu: which one does not matter."""
        return mu[:, None].expand(-1, len(self.actions)) / len(self.actions)


def _from_torch(function: Callable, shape: tuple[int, ...], n, mu: Float[Array, " S"]) -> Float[Array, "..."]:
    """Call torch from traced code. The derivative is linear in the tangent, so that JAX can turn it round."""
    call = partial(jax.pure_callback, vmap_method="sequential")

    @jax.custom_jvp
    def value(n, mu):
        return call(partial(_value, function), jax.ShapeDtypeStruct(shape, float), n, mu)

    @value.defjvp
    def derivative(primals, tangents):
        jacobian = call(partial(_jacobian, function), jax.ShapeDtypeStruct((*shape, mu.size), float), *primals)
        return value(*primals), jacobian @ tangents[1]

    return value(n, mu)


def _value(function, n, mu) -> np.ndarray:
    import torch

    with _double_precision(torch), torch.no_grad():
        mu = torch.tensor(np.asarray(mu))
        return function(int(n), function.__self__.with_uniform_actions(mu)).numpy().astype(float)


def _jacobian(function, n, mu) -> np.ndarray:
    """Derivatives by every entry of mu, on the last axis; in forward mode, all entries in one pass."""
    import torch

    def of(mu):
        return function(int(n), function.__self__.with_uniform_actions(mu))

    with _double_precision(torch), torch.no_grad():
        return torch.func.jacfwd(of)(torch.tensor(np.asarray(mu))).numpy().astype(float)


def _check_marginal(game: MFGLibGame) -> None:
    """Refuse an environment that tells apart two populations with the same states, but other actions."""
    import torch

    rng = np.random.default_rng(0)
    mu = torch.tensor(rng.dirichlet(np.ones(len(game.states))))
    other = torch.tensor(rng.dirichlet(np.ones(len(game.actions)), len(game.states))) * mu[:, None]
    with _double_precision(torch), torch.no_grad():
        for n in range(game.horizon):
            for function, name in ((game.torch_kernel, "kernel"), (game.torch_reward, "reward")):
                if not torch.allclose(
                    function(n, game.with_uniform_actions(mu)), function(n, other), rtol=0, atol=1e-12
                ):
                    raise InputError(f"its {name} depends on the population's actions, not only on its states")


@contextmanager
def _double_precision(torch):
    with _TORCH:
        before = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64)
        try:
            yield
        finally:
            torch.set_default_dtype(before)


def _names(letter: str, shape: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(letter + "_".join(map(str, index)) for index in np.ndindex(*shape))
