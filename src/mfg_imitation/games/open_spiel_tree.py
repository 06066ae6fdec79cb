"""OpenSpiel's tree of a mean-field game, walked once: who can be where at which step, and what follows.

A *place* is what can be told apart just before agents decide, at one step: from the second step on, an entry of the
list of texts (`distribution_support`) whose shares OpenSpiel hands to the game.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from mfg_imitation.errors import InputError

DECISION, CHANCE, MEAN_FIELD, TERMINAL = "decision", "chance", "mean field", "terminal"


@dataclass
class Node:
    """A node of the tree: the first of its text, which stands for all others of that text.

    Attributes:
        state: OpenSpiel's own.
        kind: who moves: one of the four above.
        step: how many decisions came before.
        children: (text, action) of a decision, (text, probability) of chance, (text, None) of the mean field.
    """

    state: Any
    kind: str
    step: int
    children: list[tuple[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    """What a walk has found, with S places at every step; places that nobody can reach keep whoever is there.

    Attributes:
        initial: distribution of places at the first step.
        successors: place that follows in branch k; the same for every step.
        kernel: probability of branch k.
        on_the_way: what is earned between a decision and the next step.
        asked: at each step but the first, the node of each reachable place before it is told the population.
        first: nodes of the first step's places, to which OpenSpiel never tells the population.
    """

    initial: Float[np.ndarray, " S"]
    successors: Int[np.ndarray, "S A K"]
    kernel: Float[np.ndarray, "H S A K"]
    on_the_way: Float[np.ndarray, "H S A"]
    asked: dict[tuple[int, int], Any]
    first: dict[int, Any]

    def same_moves(self, other: "Tree") -> bool:
        """Whether another walk has found the same but for rewards of places."""
        names = ("initial", "successors", "kernel", "on_the_way")
        return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in names)


def text_of(state) -> str:
    """What OpenSpiel's tables (policy, distribution, values) tell states apart by."""
    return state.observation_string(0)


def walk(root, n_actions: int, population: Callable[[int, int], list[float]]) -> Tree:
    """Walk a game's tree in the order of OpenSpiel's own `PolicyValue`: depth first.

    Args:
        root: the state that the game begins with.
        n_actions: A. An action that a place does not allow does what the first does that it allows.
        population: (step, length) -> the distribution that all are told at this step.

    Raises:
        InputError: a tree that is not: decision, chance, mean field, decision, ..., in layers.
    """
    nodes, supports = _nodes(root, population)
    last = {node.step for node in nodes.values() if node.kind == TERMINAL}
    horizon = max((node.step + 1 for node in nodes.values() if node.kind == DECISION), default=0)
    if last != {horizon} or horizon == 0:
        raise InputError("it does not end after the same number of decisions for everyone")
    starts = _ends(nodes, text_of(root))
    if any(nodes[text].kind != DECISION for text in starts):
        raise InputError("agents look at the population before they first decide")
    start_index = _first_places(nodes, list(starts), supports)
    place = {(0, index): text for text, index in start_index.items()}
    asked = {}
    for text, node in nodes.items():
        if node.kind == MEAN_FIELD:
            index = supports[node.step].index(text)
            place[node.step, index], asked[node.step, index] = node.children[0][0], node.state
    size = 1 + max(max(index for _, index in place), *(len(support) - 1 for support in supports.values()))
    rows = _rows(nodes, place, supports, horizon, size, n_actions)
    initial = np.zeros(size)
    initial[[start_index[text] for text in starts]] = list(starts.values())
    return Tree(initial, *_tables(rows), asked=asked, first={i: nodes[text].state for text, i in start_index.items()})


def _nodes(root, population) -> tuple[dict[str, Node], dict[int, list[str]]]:
    """The first node of each text, and what the population's shares at each step are shares of."""
    nodes, supports, stack = {}, {0: []}, [(text_of(root), root, 0)]
    while stack:
        text, state, step = stack.pop()
        if text in nodes:
            continue
        node = nodes[text] = Node(state, _kind(state), step)
        if node.kind == MEAN_FIELD:
            support = list(state.distribution_support())
            if supports.setdefault(step, support) != support or text not in support:
                raise InputError("not all of its states at a step ask for the shares of the same states")
            told = state.clone()
            told.update_distribution(population(step, len(support)))
            if told.is_terminal():
                raise InputError("it ends with a look at the population, after the last decision")
            found = [(told, None)]
        elif node.kind == CHANCE:
            found = [(state.child(outcome), float(p)) for outcome, p in state.chance_outcomes()]
        else:
            found = [(state.child(action), action) for action in state.legal_actions()] if node.kind == DECISION else []
        below = [(text_of(child), child, step + (node.kind == DECISION)) for child, _ in found]
        node.children = [(child[0], by) for child, (_, by) in zip(below, found, strict=True)]
        stack += reversed(below)
    return nodes, supports


def _kind(state) -> str:
    if state.is_terminal():
        return TERMINAL
    if state.is_chance_node():
        return CHANCE
    return MEAN_FIELD if int(state.current_player()) < 0 else DECISION


def _ends(nodes, text) -> dict[str, float]:
    """Where chance leads from a node, with probabilities: to itself, if it is no chance node."""
    if nodes[text].kind != CHANCE:
        return {text: 1.0}
    ends = {}
    for child, probability in nodes[text].children:
        for end, share in _ends(nodes, child).items():
            ends[end] = ends.get(end, 0.0) + probability * share
    return ends


def _first_places(nodes, starts, supports) -> dict[str, int]:
    """Text -> index of the places at the first step.

    They have the indices of later steps, where a place's text is how one entry of the list of texts begins.
    """
    support = list(nodes[starts[0]].state.distribution_support())
    matches = [[i for i, text in enumerate(support) if text.startswith(start)] for start in starts]
    sizes = {len(texts) for step, texts in supports.items() if step > 0}
    unique = all(len(match) == 1 for match in matches) and len({*map(tuple, matches)}) == len(starts)
    if sizes <= {len(support)} and unique:
        return {start: match[0] for start, match in zip(starts, matches, strict=True)}
    return {start: i for i, start in enumerate(starts)}


def _rows(nodes, place, supports, horizon, size, n_actions):
    """At [step, place, action]: ({next place: probability}, what is earned on the way there)."""
    rows = np.empty((horizon, size, n_actions), object)
    for n, s, a in np.ndindex(*rows.shape):
        rows[n, s, a] = {s: 1.0}, 0.0
    for (n, s), text in place.items():
        own = {}
        for child, action in nodes[text].children:
            moves, earned = {}, 0.0
            for end, probability in _ends(nodes, child).items():
                node = nodes[end]
                if node.kind == DECISION:
                    raise InputError("agents decide twice between two looks at the population")
                index = s if node.kind == TERMINAL else supports[node.step].index(end)
                moves[index] = moves.get(index, 0.0) + probability
                earned += probability * float(node.state.rewards()[0])
            own[action] = moves, earned
        for a in range(n_actions):
            rows[n, s, a] = own.get(a, next(iter(own.values())))
    return rows


def _tables(rows):
    """Successors [S, A, K], kernel [H, S, A, K] and what is earned on the way [H, S, A]."""
    horizon, size, n_actions = rows.shape
    follow = np.empty((size, n_actions), object)
    for s, a in np.ndindex(size, n_actions):
        follow[s, a] = list(dict.fromkeys(index for n in range(horizon) for index in rows[n, s, a][0]))
    branches = max(map(len, follow.flat))
    successors = np.zeros((size, n_actions, branches), int)
    kernel = np.zeros((horizon, size, n_actions, branches))
    on_the_way = np.zeros(rows.shape)
    for n, s, a in np.ndindex(*rows.shape):
        moves, on_the_way[n, s, a] = rows[n, s, a]
        successors[s, a, : len(follow[s, a])] = follow[s, a]
        kernel[n, s, a, : len(follow[s, a])] = [moves.get(index, 0.0) for index in follow[s, a]]
    return successors, kernel, on_the_way
