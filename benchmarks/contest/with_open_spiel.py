"""OpenSpiel's nash_conv: python with_open_spiel.py CASE.npz RUNS

Its tables go by a state's text. The reward here does not depend on the action, so that none of them takes two for one.
"""

import sys

import numpy as np
import pyspiel
from case import ACTIONS, measure, report
from open_spiel.python import policy as policies
from open_spiel.python.mfg.algorithms.nash_conv import NashConv

case = dict(np.load(sys.argv[1]))
horizon, n_states, _ = case["policy"].shape
aim = (1 - case["slip"]) * np.eye(ACTIONS) + case["slip"] / ACTIONS
CHANCE, MEAN_FIELD, PLAYER = pyspiel.PlayerId.CHANCE, pyspiel.PlayerId.MEAN_FIELD, pyspiel.PlayerId.DEFAULT_PLAYER_ID

GAME_TYPE = pyspiel.GameType(
    short_name="congested_grid",
    long_name="Congested grid",
    dynamics=pyspiel.GameType.Dynamics.MEAN_FIELD,
    chance_mode=pyspiel.GameType.ChanceMode.EXPLICIT_STOCHASTIC,
    information=pyspiel.GameType.Information.PERFECT_INFORMATION,
    utility=pyspiel.GameType.Utility.GENERAL_SUM,
    reward_model=pyspiel.GameType.RewardModel.REWARDS,
    max_num_players=1,
    min_num_players=1,
    provides_information_state_string=False,
    provides_information_state_tensor=False,
    provides_observation_string=True,
    provides_observation_tensor=False,
    parameter_specification={},
)
GAME_INFO = pyspiel.GameInfo(
    num_distinct_actions=ACTIONS,
    max_chance_outcomes=max(n_states, ACTIONS),
    num_players=1,
    min_utility=-np.inf,
    max_utility=np.inf,
    utility_sum=None,
    max_game_length=horizon,
)


class Grid(pyspiel.Game):
    def __init__(self, params=None):
        super().__init__(GAME_TYPE, GAME_INFO, params or {})

    def new_initial_state(self):
        return Place(self)

    def make_py_observer(self, iig_obs_type=None, params=None):
        return Observer()

    def max_chance_nodes_in_history(self):
        return horizon + 1


class Observer:
    """What OpenSpiel tells states apart by."""

    tensor, dict = None, {}

    def set_from(self, state, player):
        pass

    def string_from(self, state, player):
        return str(state)


class Place(pyspiel.State):
    def __init__(self, game):
        super().__init__(game)
        self.player, self.x, self.t, self.action, self.mu = CHANCE, None, 0, None, case["initial"]

    def current_player(self):
        return pyspiel.PlayerId.TERMINAL if self.is_terminal() else self.player

    def is_terminal(self):
        return self.t >= horizon

    def _legal_actions(self, player):
        return list(range(ACTIONS)) if player == PLAYER else []

    def chance_outcomes(self):
        if self.x is None:
            return [(x, share) for x, share in enumerate(self.mu) if share > 0]
        free = np.maximum(0, 1 - case["congestion"] * self.mu[case["neighbours"][self.x]])
        moved = aim[self.action] * free
        moved[0] += 1 - moved.sum()
        return list(enumerate(moved))

    def _apply_action(self, action):
        if self.player == PLAYER:
            self.action, self.player = action, CHANCE
        elif self.x is None:
            self.x, self.player = action, PLAYER
        else:
            self.x, self.t, self.player = int(case["neighbours"][self.x, action]), self.t + 1, MEAN_FIELD

    def distribution_support(self):
        return [f"{x},{self.t},field" for x in range(n_states)]

    def update_distribution(self, distribution):
        self.mu, self.player = np.array(distribution), PLAYER

    def rewards(self):
        if self.player != PLAYER:
            return [0.0]
        share = self.mu[self.x] + case["smallest_share"]
        return [float(case["place_reward"][self.x] - case["crowd_cost"] * np.log(share))]

    def returns(self):
        return self.rewards()

    def __str__(self):
        if self.x is None:
            return "initial"
        if self.player == CHANCE:
            return f"{self.x},{self.t},{self.action}"
        return f"{self.x},{self.t},field" if self.player == MEAN_FIELD else f"{self.x},{self.t}"


class Played(policies.Policy):
    def action_probabilities(self, state, player_id=None):
        return dict(enumerate(case["policy"][state.t, state.x]))


pyspiel.register_game(GAME_TYPE, Grid)
game = Grid()
if __name__ == "__main__":
    report(*measure(lambda: NashConv(game, Played(game, [0])).nash_conv(), int(sys.argv[2])))
