"""Rewards that are linear in unknown weights, and the game that they make of another."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mfg_imitation.checks import as_float, check_choice
from mfg_imitation.errors import InputError, shown
from mfg_imitation.games.game import Game
from mfg_imitation.games.sizes import check_memory
from mfg_imitation.games.user_code import blamed
from mfg_imitation.games.wrapped import WrappedGame
from mfg_imitation.rewards.parameters import reward_parameters
from mfg_imitation.rewards.reward_class import RewardClass


class Table(RewardClass):
    """One weight for every pair of a state and an action, the same at every step and in every population."""

    shape: tuple[int, int] = eqx.field(static=True)
    size = property(lambda self: self.shape[0] * self.shape[1])

    def reward(self, weights: Float[Array, " D"], n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return weights.reshape(self.shape)


class StepTable(RewardClass):
    """One weight for every step, state and action."""

    shape: tuple[int, int, int] = eqx.field(static=True)
    size = property(lambda self: self.shape[0] * self.shape[1] * self.shape[2])

    def reward(self, weights: Float[Array, " D"], n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return weights.reshape(self.shape)[n]


class FeatureArray(RewardClass):
    """Features in the experts' population, which are then taken for the same in any other."""

    features: Float[Array, "H S A D"]
    size = property(lambda self: self.features.shape[-1])

    def reward(self, weights: Float[Array, " D"], n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return self.features[n] @ weights


class FeatureFunction(RewardClass):
    """Features as a function of the step and the population."""

    function: Callable = eqx.field(static=True)
    size: int = eqx.field(static=True)

    def reward(self, weights: Float[Array, " D"], n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        try:
            return as_float("features", self.function(n, mu)) @ weights
        except InputError:
            raise
        except Exception as error:
            raise blamed("features", error) from None


class DeclaredFeatures(RewardClass):
    """What the file of a game names as `features`."""

    game: Game
    size = property(lambda self: len(self.game.feature_cells))

    def reward(self, weights: Float[Array, " D"], n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return self.game.features(n, mu) @ weights


class LinearRewardGame(WrappedGame):
    """Another game whose reward is that of the weights; of its expert nothing is known any more."""

    rewards: RewardClass
    weights: Float[Array, " D"]

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return self.rewards.reward(self.weights, n, mu)

    def known_expert(self) -> None:
        return None

    def declared_lipschitz(self) -> tuple[float | None, None]:
        return self.game.declared_lipschitz()[0], None


def reward_class(features, game: Game) -> RewardClass:
    """What `features` of `recover_reward` stands for.

    Raises:
        InputError: an unknown word, an array of the wrong shape or with numbers that are not finite, a function that
            returns something else than [S, A, D], parameters in which the game's reward is not affine, or so many
            weights that their Hessian fills the memory.
    """
    shape = game.policy_shape
    if features is None:
        features = "table"
    if isinstance(features, str):
        check_choice("features", features, ("table", "steps", "declared"))
        if features == "declared" and not getattr(game, "feature_cells", ()):
            raise InputError('features is "declared", but the file of this game declares none')
        found = {"table": Table(shape[1:]), "steps": StepTable(shape)}.get(features) or DeclaredFeatures(game)
    elif callable(features):
        try:
            made = jax.eval_shape(lambda mu: as_float("features", features(0, mu)), game.initial).shape
        except InputError:
            raise
        except Exception as error:
            raise blamed("features", error) from None
        if len(made) != 3 or made[:2] != shape[1:] or not made[2]:
            raise InputError(f"features(0, mu) has shape {list(made)}, expected [{shape[1]}, {shape[2]}, D]")
        found = FeatureFunction(features, made[2])
    elif isinstance(features, (list, tuple)) and features and all(isinstance(name, str) for name in features):
        found = reward_parameters(features, game)
    else:
        array = as_float("features", features)
        if array.ndim != 4 or array.shape[:3] != shape or not array.shape[3]:
            raise InputError(f"features has shape {list(array.shape)}, expected [{', '.join(map(str, shape))}, D]")
        if not np.isfinite(array).all():
            place = np.argwhere(~np.isfinite(np.asarray(array)))[0].tolist()
            raise InputError(f"features{place} is {shown(array[tuple(place)])}: a finite number is needed")
        found = FeatureArray(array)
    check_memory("the Hessian of the weights", found.size, found.size)
    return found


@eqx.filter_jit
def features_of(rewards: RewardClass, population: Float[Array, "H S"]) -> Float[Array, "D H S A"]:
    """phi in a flow, one weight after the other."""
    return jax.lax.map(lambda weights: rewards.along(weights, population), jnp.eye(rewards.size))
