"""A game whose population is given: one imitator among experts."""

from jaxtyping import Array, Float

from mfg_imitation.games.wrapped import WrappedGame


class FrozenGame(WrappedGame):
    """The kernel no longer asks who plays: the population is the given flow, whatever the policy.

    Its own population is then the one imitator among the experts, so that MFC-ADV in it is vanilla-ADV.

    Attributes:
        population: the flow, mu_n(s).
    """

    population: Float[Array, "H S"]

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A K"]:
        return super().probabilities(n, self.population[n])

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return super().reward(n, self.population[n])

    def pull_back(self, n, mu: Float[Array, " S"], values: Float[Array, " S"]) -> Float[Array, "S A"]:
        return super().pull_back(n, self.population[n], values)

    def push_forward(self, n, mu: Float[Array, " S"], joint: Float[Array, "S A"]) -> Float[Array, " S"]:
        return super().push_forward(n, self.population[n], joint)
