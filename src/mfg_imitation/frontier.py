"""The worst case at a given error: sup of NIG over all policies whose proxy is at most e, by ascent from many starts.

What is found is a policy, so that the number is a certified lower estimate of the supremum. The theorem bounds it from
above. Between the two lies the truth, for every game and not for a one-parameter family alone.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from mfg_imitation.bounds import upper_bounds
from mfg_imitation.equilibrium import Equilibrium, known_expert
from mfg_imitation.flow import flow_of
from mfg_imitation.game import Game
from mfg_imitation.games.files import load_game
from mfg_imitation.proxy import Proxies, proxies, proxies_of
from mfg_imitation.sweep import target_policy
from mfg_imitation.value import nash_imitation_gap, nash_imitation_gap_of

#: Rate of the ascent on logits, of Adam; halved from round to round.
RATE = 0.3

#: The rounds of an ascent: after each the policy is brought back to the error e exactly, and measured.
ROUNDS = 6

#: Bisections of the weight of the expert, in logits between -SPAN and SPAN: to float64's last digits.
BISECTIONS, SPAN = 60, 60.0

#: How far above e the proxy of a policy may lie, as a share of e, when the generic engine measures it again.
ROUNDING = 1e-9


class Direction(NamedTuple):
    """A policy as logits: of following the expert, and of each action instead of it.

    pi_n(a|s) = w pi^E_n(a|s) + (1 - w) tau_n(a|s), where w(s) and tau come from one softmax. A number added to all
    logits of the expert moves the policy along a path from tau to the expert, along which every proxy is continuous.
    """

    logits: Float[Array, "H S A+1"]
    shift: Float[Array, ""]


def frontier(file: str | Path, expert: Equilibrium, spec: Mapping, seed: int) -> pd.DataFrame:
    """The frontier of one game beside the curve of a family of policies (below) and the theorem (above).

    A game with an expert in closed form is looked at for every horizon of the grid, any other one as it is.

    Args:
        file: the game's file, with its Lipschitz constants.
        expert: of the game as it is.
        spec: `horizon` (list), `error` (`smallest`, `largest`, `values`: the e, log-spaced), `starts` (random ones) and
            `iterations` of each ascent.

    Returns:
        One row per horizon, proxy and e: game, transition_lipschitz and reward_lipschitz (as declared), horizon,
        exploitability (of the expert), proxy, error (e), frontier (largest NIG found, units of reward), reached (the
        proxy of that policy), family (largest NIG of the policies with a proxy of at most e that slip towards the
        declared target, or the uniform one, at every step or at one), and bound (theorem at e, plus exploitability).
    """
    game = load_game(file)
    horizons = [game.horizon] if game.known_expert() is None else spec["horizon"]
    frames = []
    for horizon in horizons:
        here = load_game(file, horizon=horizon)
        equilibrium = expert if game.known_expert() is None else known_expert(here)
        frames.append(_frontier(here, file, equilibrium, spec, seed).assign(game=Path(file).stem, horizon=horizon))
    return pd.concat(frames, ignore_index=True)
