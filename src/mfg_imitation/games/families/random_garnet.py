"""Random games with exactly known Lipschitz constants: Garnets with a population.

Garnets are random decision processes with few successors per pair (Archibald, McKinnon and Thomas 1995). The
coupling to the population, and its exact constants, are this project's.
"""

from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mfg_imitation.errors import InputError
from mfg_imitation.games.families.family import Family, Parameter, family
from mfg_imitation.games.sizes import check_memory


@family("random_garnet")
class RandomGarnet(Family):
    """Random successors; kernel and reward affine in the population, with the Lipschitz constants asked for.

    P(.|s,a,mu) = (1 - L_P) P_0(.|s,a) + L_P * sum over i of mu(i) delta(d_i(s,a)): with probability L_P one
    goes where a random member of the population points, d_i(s, a) being the branch that those in i point to.
    It is a distribution for every mu, nothing is clipped. Its slope from i towards j (1-norm of P per 1-norm
    of mu) is L_P |delta(d_i) - delta(d_j)| / 2, which is L_P wherever d_i and d_j differ, and they are made
    to differ somewhere. A kernel affine on the whole simplex cannot be steeper than 1, so that every constant
    there can be is in reach.

    r(s,a,mu) = r_0(s,a) + sum over i of mu(i) c_i(s,a), r_0 uniform in [0, 1], c scaled so that the largest
    of |c_i(s,a) - c_j(s,a)| / 2 is L_r. Everyone begins in state 0. Equal seeds make equal games.
    """

    parameters: ClassVar = {
        "states": Parameter(8, "number of states", "|S|", 2, 500),
        "actions": Parameter(3, "number of actions", "|A|", 1, 100),
        "branches": Parameter(3, "successors per state and action", "K", 1, 500),
        "seed": Parameter(0, "of all that is random in the game", minimum=0, maximum=2**32 - 1),
        "transition_lipschitz": Parameter(0.5, "exact Lipschitz constant of the kernel", "L_P", 0, 1),
        "reward_lipschitz": Parameter(0.5, "exact Lipschitz constant of the reward", "L_r", 0, 1e6),
    }

    states: tuple[str, ...] = eqx.field(static=True)
    actions: tuple[str, ...] = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    initial: Float[Array, " S"]
    successors: Int[Array, "S A K"]
    own_kernel: Float[Array, "S A K"]
    pointed_at: Float[Array, "S A K S"]
    own_reward: Float[Array, "S A"]
    reward_slope: Float[Array, "S A S"]
    transition_lipschitz: Float[Array, ""]
    reward_lipschitz: Float[Array, ""]

    def __init__(self, *, horizon, states, actions, branches, seed, transition_lipschitz, reward_lipschitz):
        if branches > states:
            raise InputError(f"branches: {branches} is more than the {states} states")
        if branches == 1 and transition_lipschitz > 0:
            raise InputError(
                f"transition_lipschitz: {transition_lipschitz} needs branches of at least 2; 1 leaves it at 0"
            )
        check_memory("what all point to [states, actions, successors, states]", states, actions, branches, states)
        rng = np.random.default_rng(seed)
        pairs = states, actions
        successors = rng.permuted(np.broadcast_to(np.arange(states), (*pairs, states)), axis=-1)[..., :branches]
        own_kernel = rng.dirichlet(np.ones(branches), pairs)
        direction = rng.integers(branches, size=(*pairs, states))
        direction[0, 0, :2] = 0, branches - 1  # somewhere two states differ: the constant is attained
        own_reward = rng.uniform(size=pairs)
        slope = rng.normal(size=(*pairs, states))
        slope /= np.ptp(slope, axis=-1).max() / 2
        self.states = tuple(f"s{i}" for i in range(states))
        self.actions = tuple(f"a{i}" for i in range(actions))
        self.horizon = horizon
        self.initial = jnp.eye(states)[0]
        self.successors, self.own_kernel = jnp.asarray(successors), jnp.asarray(own_kernel)
        self.pointed_at = jnp.asarray(np.moveaxis(np.eye(branches)[direction], -1, -2))
        self.own_reward, self.reward_slope = jnp.asarray(own_reward), jnp.asarray(slope)
        self.transition_lipschitz, self.reward_lipschitz = (
            jnp.asarray(transition_lipschitz),
            jnp.asarray(reward_lipschitz),
        )

    def probabilities(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A K"]:
        share = mu / mu.sum()  # else what rounding adds to the whole mass would grow by 1 + L_P at every step
        return (1 - self.transition_lipschitz) * self.own_kernel + self.transition_lipschitz * (self.pointed_at @ share)

    def reward(self, n, mu: Float[Array, " S"]) -> Float[Array, "S A"]:
        return self.own_reward + self.reward_lipschitz * (self.reward_slope @ mu)

    def declared_lipschitz(self) -> tuple[float, float]:
        """Both exact."""
        return float(self.transition_lipschitz), float(self.reward_lipschitz)
