"""What fits a policy to demonstrations, and what it returns: an algorithm is a decorated function in its own file."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Array, Float, Int

from mfg_imitation.names import CLOSED_FORM
from mfg_imitation.registry import Registry


class Imitation(NamedTuple):
    """A policy fitted to demonstrations; of a batch of demonstrations, every field leads with the batch.

    Attributes:
        policy: pi_n(a | s); of the stationary class, equal at every step.
        objective: what the algorithm minimises, at `policy`, in the algorithm's own unit.
        status: how the fit ended, in the algorithm's own words; "not finite" where it met NaN.
        iterations: steps of the solver until `policy`; 0 for a closed form.
        certificate: a bound >= 0 on how much the objective could still fall. Where the problem is convex no policy has
            an objective below `objective - certificate`; where it is not, see the algorithm. Infinite where no bound
            is known.
    """

    policy: Float[Array, "*batch H S A"]
    objective: float | Float[Array, "*batch"]
    status: str | np.ndarray
    iterations: int | Int[Array, "*batch"]
    certificate: float | Float[Array, "*batch"]


def closed_form(policy: Float[Array, "*batch H S A"], objective: Float[Array, "*batch"]) -> Imitation:
    """What an algorithm returns that has nothing to iterate: no policy has a smaller objective."""
    return fitted(policy, objective, CLOSED_FORM, np.zeros(np.shape(objective), int), np.zeros(np.shape(objective)))


def fitted(policy: Float[Array, "*batch H S A"], objective, status, iterations, certificate) -> Imitation:
    """An `Imitation` of plain numbers where there is no batch; a status says "not finite" where one of them is NaN."""
    lost = np.isnan(objective) | np.isnan(certificate)
    status = np.where(lost, "not finite", status)
    if not status.ndim:
        return Imitation(policy, float(objective), str(status), int(iterations), float(certificate))
    return Imitation(policy, objective, status, iterations, certificate)


def one_by_one(fit: Callable[..., tuple], *data: Array | np.ndarray, axes: int = 3) -> tuple:
    """Fit the samples of a batch one after the other, where they cannot be fitted all at once.

    Args:
        fit: what fits one sample, from as many arrays as there are `data`, and returns a named tuple.
        data: arrays that the batch leads: [*batch, H, S, A] of an occupancy.
        axes: how many axes those of one sample have.
    """
    batch = data[0].shape[:-axes]
    if not batch:
        return fit(*data)
    flat = (np.asarray(array).reshape(-1, *array.shape[-axes:]) for array in data)
    fits = [fit(*sample) for sample in zip(*flat, strict=True)]
    return type(fits[0])(*(np.reshape(leaf, (*batch, *np.shape(leaf[0]))) for leaf in zip(*fits, strict=True)))


class Algorithm(NamedTuple):
    """An entry of `ALGORITHMS`.

    Attributes:
        label: how it is written.
        summary: what it does, in one sentence.
        fit: (demonstrations, game, **settings) -> `Imitation`, batched over the samples that lead the demonstrations.
        starts_from: names of the algorithms whose policies it takes as `starts`.
        needs: what it uses beside recorded states and actions, in words: "kernel", "transitions", ...
        stationary: whether it can fit one policy for all steps.
        variant_of: the algorithm of which it is a variant; variants are in the tables and left out of the figures.
    """

    label: str
    summary: str
    fit: Callable[..., Imitation]
    starts_from: tuple[str, ...]
    needs: tuple[str, ...]
    stationary: bool
    variant_of: str

    @property
    def starts_anywhere(self) -> bool:
        """Whether it can do without policies to start from: its argument `starts` may be left out, if it has one."""
        starts = inspect.signature(self.fit).parameters.get("starts")
        return starts is None or starts.default is not inspect.Parameter.empty

    def run(self, demonstrations, game, offered: Mapping[str, Any]) -> Any:
        """Fit with those of the offered settings that the algorithm knows: the arguments that its function names.

        Returns:
            An `Imitation`, or what has its fields and more.
        """
        known = inspect.signature(self.fit).parameters
        return self.fit(demonstrations, game, **{name: value for name, value in offered.items() if name in known})


def _depth(name: str) -> int:
    """How many algorithms have to run before this one, one after the other."""
    return max((1 + _depth(before) for before in ALGORITHMS[name].starts_from), default=0)


#: The algorithms, each behind those that it starts from.
ALGORITHMS: Registry[Algorithm] = Registry(
    "mfg_imitation.imitation", "algorithm", lambda item: (_depth(item[0]), item[0])
)


def algorithm(
    name: str,
    label: str,
    *,
    summary: str,
    starts_from: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    stationary: bool = True,
    variant_of: str = "",
) -> Callable[[Callable[..., Imitation]], Callable[..., Imitation]]:
    """Enter the decorated function in `ALGORITHMS`; see `Algorithm` for the arguments.

    The function takes demonstrations (`Demonstrations`, or an occupancy rho-hat [..., H, S, A]), which a batch of
    samples may lead, and the game. What else the workflow has to offer reaches it under these names, if its signature
    has them:

        population: the experts' true flow, [H, S].
        starts: policies to start from, [starts, *batch, H, S, A]: those of the algorithms it `starts_from`.
        stationary: fit one policy for all steps.
        iterations: steps from each start.
        seed: of all that is random.

    What the function returns may not depend on which samples share its batch, and equal calls return equal bytes.
    """

    def enter(fit: Callable[..., Imitation]) -> Callable[..., Imitation]:
        entry = Algorithm(label, summary, fit, starts_from, needs, stationary, variant_of)
        ALGORITHMS.enter(name, entry, fit.__module__)
        return fit

    return enter


def algorithms_table(names: Sequence[str]) -> pd.DataFrame:
    """One row per algorithm: name, label, summary, starts_from, needs, stationary, variant_of; see `Algorithm`.

    Args:
        names: of the algorithms.
    """
    entries = {name: ALGORITHMS.named(name) for name in names}
    columns = {
        "name": list(entries),
        "label": [entry.label for entry in entries.values()],
        "summary": [entry.summary for entry in entries.values()],
        "starts_from": [" ".join(entry.starts_from) or None for entry in entries.values()],
        "needs": [", ".join(entry.needs) or None for entry in entries.values()],
        "stationary": [entry.stationary for entry in entries.values()],
        "variant_of": [entry.variant_of or None for entry in entries.values()],
    }
    return pd.DataFrame(columns)
