"""What an error of an imitator is: a number between two occupancies, and the bound that it gives on the gap."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.games.game import Game
from mfg_imitation.registry import Registry


class Comparison(NamedTuple):
    """An imitator beside an expert, for one policy: all that an error may look at. It never holds a reward.

    Attributes:
        game: for its kernel.
        expert: rho^{E,E}, the expert's joint occupancy in its own population, or its estimate from demonstrations.
        expert_flow: its sum over actions, mu^E or mu-hat.
        policy: the imitator's.
        among_experts: rho^{pi,E}, the imitator's occupancy in the expert's population.
        own: rho^{pi,pi}, its occupancy in the population that it creates itself.
    """

    game: Game
    expert: Float[Array, "H S A"]
    expert_flow: Float[Array, "H S"]
    policy: Float[Array, "H S A"]
    among_experts: Float[Array, "H S A"]
    own: Float[Array, "H S A"]


class Constants(NamedTuple):
    """What the bounds know of a game; entries broadcast against one another and against errors.

    Attributes:
        horizon: H.
        transition, reward: the Lipschitz constants L_P and L_r, in the 1-norm (paper, Assumption 1).
        half_span: R, see `engine.value.half_span_of`; at most the paper's r_max (Assumption 2), which may stand for it.
    """

    horizon: int
    transition: Float[Array, "*batch"] | float
    reward: Float[Array, "*batch"] | float
    half_span: Float[Array, "*batch"] | float


class Proxy(NamedTuple):
    """An error that an imitator can control without knowing the reward.

    Attributes:
        label: how it is written.
        summary: what it compares, in one sentence.
        formula: its definition, as TeX for between dollars; of two formulas, with the dollars between them.
        where: its source.
        error: from a comparison to the error; traceable by JAX.
        bound: from the errors (`Proxies`) and the constants to the bound on NIG that this one gives; None where none is
            known.
        order: its place among the others.
    """

    label: str
    summary: str
    formula: str
    where: str
    error: Callable[[Comparison], Float[Array, ""]]
    bound: Callable[[tuple, Constants], Float[Array, "*batch"]] | None
    order: int


#: The 1-norm of a difference of two distributions at most: every recursion for such differences is cut there.
LARGEST = 2.0

#: The errors, in the order of the tables' columns.
PROXIES: Registry[Proxy] = Registry("mfg_imitation.engine.proxies", "proxy", lambda item: (item[1].order, item[0]))


def proxy(
    name: str, label: str, *, summary: str, formula: str, where: str, bound: Callable | None = None, order: int = 10
) -> Callable[[Callable], Callable]:
    """Enter the decorated function, from a `Comparison` to a number, in `PROXIES`; see `Proxy` for the arguments."""

    def enter(error: Callable) -> Callable:
        PROXIES.enter(name, Proxy(label, summary, formula, where, error, bound, order), error.__module__)
        return error

    return enter


def amplification(
    horizon: int, transition_lipschitz: Float[Array, "*batch"] | float
) -> tuple[Float[np.ndarray, "*batch H"], Float[np.ndarray, "*batch H"]]:
    """How far errors have grown at every step: c_n when one is made at each step, g_n when it is made at the first.

    c_n = ((1 + L_P)^n - 1) / L_P (n when L_P = 0) and g_n = (1 + L_P)^{n-1} (0 when n = 0), both continuous at L_P = 0.
    """
    n = np.arange(horizon)
    slope = np.asarray(transition_lipschitz, dtype=float)[..., None]
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        c = np.where(slope == 0, n, np.expm1(n * np.log1p(slope)) / slope)
        g = np.where(n == 0, 0, np.exp((n - 1) * np.log1p(slope)))
    return c, g


@jax.jit  # here and below: one small program where there would be several
def capped(
    error: Float[Array, "*batch"] | float, factors: Float[Array, "*batch H"] | float
) -> Float[Array, "*batch H"]:
    """The factors times the error, at most `LARGEST`; 0 where the error is 0, also if a factor is infinite."""
    error = error[..., None]
    return jnp.where(error == 0, 0.0, jnp.minimum(LARGEST, error * factors))


@jax.jit
def in_two_populations(
    d: Float[Array, "*batch H"], transition_lipschitz: Float[Array, "*batch"] | float
) -> Float[Array, "*batch H"]:
    """e_n, how far one policy comes from itself in populations d_n apart: e_{n+1} <= e_n + L_P d_n, at most `LARGEST`.

    It is the step of the paper's Lemma 5; e_0 = 0, as everyone begins in mu_0.
    """
    before = jnp.concatenate([jnp.zeros_like(d[..., :1]), jnp.cumsum(d, axis=-1)[..., :-1]], axis=-1)
    return jnp.minimum(LARGEST, transition_lipschitz[..., None] * before)


@jax.jit
def decomposed(
    constants: Constants, d: Float[Array, "*batch H"], o: Float[Array, "*batch H"], e: Float[Array, "*batch H"]
) -> Float[Array, "*batch"]:
    """The sum over n of 2 L_r d_n + R (o_n + e_n): the bound on NIG by the decomposition of `theory.bounds`."""
    slope, half_span = constants.reward[..., None], constants.half_span[..., None]
    return jnp.sum(2 * slope * d + half_span * (o + e), axis=-1)


def distance(p: Float[Array, "..."], q: Float[Array, "..."], axis: int | tuple[int, ...]) -> Float[Array, "..."]:
    """|p - q|, the 1-norm between distributions over `axis`.

    What p has more than q somewhere it has less elsewhere, so twice either part is the norm. The larger of the two is
    exact even where 1 - (1 - alpha) has rounded to 0.
    """
    more, less = jnp.maximum(p - q, 0).sum(axis=axis), jnp.maximum(q - p, 0).sum(axis=axis)
    return 2 * jnp.maximum(more, less)


def largest_distance(one: Float[Array, "H S A"], other: Float[Array, "H S A"]) -> Float[Array, ""]:
    """max over n of |rho_n - rho'_n|, between two joint occupancies."""
    return distance(one, other, axis=(-2, -1)).max()
