"""A game that changes something of another game."""

import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.games.game import Game


class WrappedGame(Game):
    """All that another game is; a subclass changes what it needs to.

    Whole steps are not the other game's, but made of the methods below, so that a change of these is a change of those.
    """

    game: Game

    states = property(lambda self: self.game.states)
    actions = property(lambda self: self.game.actions)
    horizon = property(lambda self: self.game.horizon)
    initial = property(lambda self: self.game.initial)
    successors = property(lambda self: self.game.successors)
    alike = property(lambda self: self.game.alike)

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A K"]:
        return self.game.probabilities(n, mu)

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return self.game.reward(n, mu)

    def pull_back(self, n, mu: Float[Array, " S"], values: Float[Array, " S"]) -> Float[Array, "S A"]:
        return self.game.pull_back(n, mu, values)

    def push_forward(self, n, mu: Float[Array, " S"], joint: Float[Array, "S A"]) -> Float[Array, " S"]:
        return self.game.push_forward(n, mu, joint)

    def known_expert(self) -> Float[Array, "H S A"] | None:
        return self.game.known_expert()

    def declared_lipschitz(self) -> tuple[float | None, float | None]:
        return self.game.declared_lipschitz()

    def coordinates(self) -> Int[np.ndarray, "S axes"] | None:
        return self.game.coordinates()
