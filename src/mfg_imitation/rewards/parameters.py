"""The reward of a game's file with parameters that nobody knows: affine in them, so linear in weights."""

import dataclasses
from collections.abc import Sequence

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import check_choice
from mfg_imitation.errors import InputError
from mfg_imitation.games.declared import DeclaredGame
from mfg_imitation.games.game import Game
from mfg_imitation.names import ROUNDING
from mfg_imitation.rewards.reward_class import RewardClass

#: Where the reward is looked at: at multiples of the file's values, in populations drawn with a seed.
MULTIPLES, LOOKS, SEED = (0.5, 1.0, 2.0), 16, 0


class RewardParameters(RewardClass):
    """One weight for every named parameter and, last, one for the rest of the reward where there is any.

    A method finds rewards up to a factor. So what it says of a parameter is its weight over that of the rest; without a
    rest, parameters are known up to a factor that they have in common.
    """

    game: DeclaredGame
    names: tuple[str, ...] = eqx.field(static=True)
    has_rest: bool = eqx.field(static=True, default=True)
    size = property(lambda self: len(self.names) + self.has_rest)

    def reward(self, weights: Float[Array, " D"], n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        rest = self.at(np.zeros(len(self.names)), n, mu)
        slopes = [self.at(one, n, mu) - rest for one in np.eye(len(self.names))]
        return jnp.tensordot(weights, jnp.stack([*slopes, rest][: self.size]), 1)

    def at(self, values: Float[np.ndarray, " P"], n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        """The reward of the file with these values of the named parameters."""
        named = {name: jnp.asarray(value, float) for name, value in zip(self.names, values, strict=True)}
        return dataclasses.replace(self.game, parameters={**self.game.parameters, **named}).reward(n, mu)


def reward_parameters(names: Sequence[str], game: Game) -> RewardParameters:
    """The class of rewards of a declared game in which the named parameters are unknown.

    Raises:
        InputError: the game is no declared one or does not have such a parameter; its reward is not affine in them, or
            does not depend on one of them.
    """
    if not isinstance(game, DeclaredGame):
        raise InputError("features names parameters, but only a declared game says what they do to its reward")
    for name in names:
        check_choice("features", name, tuple(game.parameters))
    rewards = RewardParameters(game, tuple(names))
    own = np.array([float(game.parameters[name]) or 1.0 for name in names])
    generator, unit, steepest = np.random.default_rng(SEED), 0.0, np.zeros(rewards.size)
    for mu in generator.dirichlet(np.ones(len(game.states)), LOOKS):
        n, values = int(generator.integers(game.horizon)), own * generator.choice(MULTIPLES, len(own))
        here = rewards.at(values, n, mu)
        unit = max(unit, float(jnp.abs(here).max()))
        if not float(jnp.abs(rewards.reward(jnp.append(values, 1.0), n, mu) - here).max()) <= ROUNDING * (1 + unit):
            raise InputError(f"features: the reward is not affine in {', '.join(names)}, as recovering them needs")
        alone = [jnp.abs(rewards.reward(one, n, mu)).max() for one in np.eye(rewards.size)]
        steepest = np.maximum(steepest, alone)
    for name, steep in zip(names, steepest, strict=False):
        if steep == 0:
            raise InputError(f"features: the reward does not depend on {name!r}")
    return dataclasses.replace(rewards, has_rest=bool(steepest[-1] > 0))
