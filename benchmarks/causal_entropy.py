"""Maximum causal entropy: Newton's method beside plain gradient descent, on ten random games with known weights.

Experts are soft, so that their weights are the answer. Gradient descent takes the longest step that is sure to descend,
one over the largest curvature at the answer, from the same start; it stops where its policy is as near as asked, or
after so many steps.
"""

from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np

import mfg_imitation as mfg
from mfg_imitation.rewards.causal_entropy import soft_response
from mfg_imitation.rewards.linear import reward_class

GAMES, FEATURES, ERROR, MOST_STEPS = 10, 5, 1e-6, 200_000


def descend(dual, respond, target, size: int, curvature: float) -> tuple[int, float]:
    """Steps that gradient descent takes until its policy is near the experts', and how far it then is."""

    def away(weights):
        return jnp.abs(respond(weights) - target).max()

    @jax.jit
    def descended():
        return jax.lax.while_loop(
            lambda state: (away(state[0]) > ERROR) & (state[1] < MOST_STEPS),
            lambda state: (state[0] - jax.grad(dual)(state[0]) / curvature, state[1] + 1),
            (jnp.zeros(size), 0),
        )

    weights, steps = descended()
    return int(steps), float(away(weights))


def main() -> None:
    for seed in range(GAMES):
        generator = np.random.default_rng(seed)
        game = mfg.load_game("random_garnet", seed=seed, horizon=8, states=6, actions=3, branches=3)
        phi = jnp.asarray(generator.normal(size=(*game.policy_shape, FEATURES)))
        weights = jnp.asarray(generator.normal(size=FEATURES))
        flow, rewards = mfg.population_flow(game, game.uniform_policy()), reward_class(phi, game)
        _, experts = soft_response(game, flow, rewards, weights)
        rho = mfg.occupancy(game, experts, flow)

        def dual(w, game=game, flow=flow, rewards=rewards, rho=rho, phi=phi):
            return soft_response(game, flow, rewards, w)[0] - jnp.einsum("nsa,nsad,d->", rho, phi, w)

        def respond(w, game=game, flow=flow, rewards=rewards):
            return soft_response(game, flow, rewards, w)[1]

        begin = perf_counter()
        found = mfg.recover_reward(rho, game, phi, population=flow, regularisation=0.0)
        newton, begin = perf_counter() - begin, perf_counter()
        curvature = float(jnp.linalg.eigvalsh(jax.hessian(dual)(weights))[-1])
        steps, away = descend(dual, respond, experts, FEATURES, 2 * curvature)
        off = [float(jnp.abs(one).max()) for one in (found.policy - experts, found.weights - weights)]
        print(
            f"game {seed}: Newton {int(found.iterations)} steps, {newton:.2f} s with compilation, policy within "
            f"{off[0]:.1e}, weights within {off[1]:.1e}, certificate {found.certificate:.1e}; gradient descent "
            f"{steps} steps, {perf_counter() - begin:.2f} s, policy within {away:.1e}",
            flush=True,
        )


if __name__ == "__main__":
    main()
