"""OpenSpiel's mirror descent: python solve_open_spiel.py CASE.npz GAME MirrorDescent default LIMIT TARGET TRACE.npz

Its policy is kept at every iteration up to the tenth, then at every tenth of all before: seconds are right to a tenth.
"""

import json
import sys
import time

import numpy as np
import pyspiel
from games import GAMES
from open_spiel.python import policy as policies
from open_spiel.python.mfg import games  # noqa: F401 (registers those that are written in Python)
from open_spiel.python.mfg.algorithms.mirror_descent import MirrorDescent
from open_spiel.python.mfg.algorithms.nash_conv import NashConv

CASE, NAME, _, _, LIMIT, _, TRACE = sys.argv[1:]


def main() -> None:
    case, game = np.load(CASE), made()
    shape = case["policy"].shape

    class Played(policies.Policy):
        def action_probabilities(self, state, player_id=None):
            return dict(enumerate(case["policy"][at(state)]))

    value = NashConv(game, Played(game, [0])).nash_conv()
    states = decisions(game)
    descent, total, seconds, found = MirrorDescent(game), 0.0, [], []
    iteration = next_kept = 1
    while total <= float(LIMIT):
        start = time.perf_counter()
        descent.iteration()
        total += time.perf_counter() - start
        if iteration >= next_kept:
            table = np.full(shape, 1 / shape[-1])
            for place, state in states.items():
                table[place] = list(descent.get_policy().action_probabilities(state).values())
            seconds.append(total)
            found.append(table)
            next_kept = max(iteration + 1, int(1.1 * iteration))
        iteration += 1
    np.savez(TRACE, seconds=seconds, policies=np.stack(found))
    print(json.dumps({"value": value, "iterations": iteration - 1}))


def made():
    if GAMES[NAME].open_spiel == "grid":
        from with_open_spiel import game

        return game
    name, parameters = GAMES[NAME].open_spiel
    return pyspiel.load_game(name, parameters)


def at(state) -> tuple[int, int]:
    """(step, place) of a state whose text is that of the place, then the step."""
    place, step = str(state).strip("()").split(",")
    return int(step), int(place)


def decisions(game) -> dict[tuple[int, int], pyspiel.State]:
    """A state for each step and place; which of several does not matter for a tabular policy."""
    found, seen, stack = {}, set(), [game.new_initial_state()]
    while stack:
        state = stack.pop()
        if str(state) in seen or state.is_terminal():
            continue
        seen.add(str(state))
        if state.is_chance_node():
            stack += [state.child(action) for action, _ in state.chance_outcomes()]
        elif int(state.current_player()) < 0:
            told, length = state.clone(), len(state.distribution_support())
            told.update_distribution([1 / length] * length)
            stack.append(told)
        else:
            found[at(state)] = state
            stack += [state.child(action) for action in state.legal_actions()]
    return found


main()
