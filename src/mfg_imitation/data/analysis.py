"""All that is made of a data set: parameters, fits, policies, flows, how well they fit, and remarks, as tables."""

from typing import NamedTuple

import pandas as pd

from mfg_imitation.data.dataset import Dataset
from mfg_imitation.data.equilibrium import equilibrium_table
from mfg_imitation.data.fits import fits_table, fitted_to, policies_table, with_starts
from mfg_imitation.data.flows import flows_table, goodness_table, predicted_flows
from mfg_imitation.data.learned import RewardedGame, fits_in_one_population, learn
from mfg_imitation.data.reward import NO_WEIGHTS, recovered
from mfg_imitation.errors import InputError
from mfg_imitation.games.game import Game
from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.imitation.crowd_records import crowd_records
from mfg_imitation.imitation.parameter_likelihood import (
    ABOVE,
    BELOW,
    NOT_IDENTIFIED,
    ParameterEstimate,
    ParameterFit,
    estimate_parameters,
)


class Setting(NamedTuple):
    """The game in which a data set is analysed.

    Attributes:
        game: with the parameters, or the kernel, that the data tell.
        fit: of the parameters; None where none are asked for.
        elsewhere: whether the kernel is known in other populations than those observed.
        rewarded: whether there is a reward to measure gaps in.
        reward: the weights of a recovered one, a row each: of (what the weight is of) and weight.
        remarks: what there is to say of it, a sentence each.
    """

    game: Game
    fit: ParameterFit | None
    elsewhere: bool
    rewarded: bool
    remarks: tuple[str, ...]
    reward: pd.DataFrame = NO_WEIGHTS


def setting_of(data: Dataset) -> Setting:
    """The game of a data set with what its moves tell: parameters, or all of the kernel.

    Raises:
        InputError: the estimated parameters make no sound game, or no kernel can be learned.
    """
    said, remarks = data.file.declaration, []
    rewarded = said["reward"] == "game" and said["game"] is not None
    if said["kernel"] == "affine":
        learned = learn(data)
        game, remarks = learned.game, [*learned.remarks, *_about_crowds(data)]
        rewarded = rewarded and not learned.one_population
        if rewarded:
            game = RewardedGame(game, data.file.game.load(**_overrides(data)))
        return _told(_rewarded(data, Setting(game, None, not learned.one_population, rewarded, tuple(remarks))))
    fit, game = None, data.game
    if said["estimate"]:
        fit = estimate_parameters(
            data.demonstrations,
            game,
            data.bounds,
            said["label_noise"],
            said["population"],
            data.trajectories.crowds,
            seed=said["seed"],
        )
        try:
            game = data.file.game.load(**{**_overrides(data), **fit.told})
        except InputError as error:
            data.file.refuse("estimate", f"makes a game that is not sound: {error}")
        remarks = _about(fit, data)
    remarks += _about_crowds(data)
    return _told(_rewarded(data, Setting(game, fit, True, rewarded, tuple(remarks))))


def analysed(data: Dataset) -> dict[str, pd.DataFrame]:
    """The tables of a data set by name, see `declaration.TABLES`.

    reward: of a recovered one, see `Setting`.
    parameters: see `ParameterEstimate`, with value (of the game's file) and log_likelihood, and the fit's status.
    remarks: remark. data_set: one row, what was read. The others: see the functions that make them.

    Raises:
        InputError: as `setting_of`; an algorithm that there is not, or none that can be fitted.
    """
    algorithms = with_starts(data.file)
    setting = setting_of(data)
    remarks = [*data.remarks, *setting.remarks]
    if not setting.elsewhere:
        left_out = [name for name in algorithms if not fits_in_one_population(ALGORITHMS[name])]
        algorithms = [name for name in algorithms if name not in left_out]
        if not algorithms:
            data.file.refuse("algorithms", f"{', '.join(left_out)} look at other populations than the one observed")
        if left_out:
            labels = ", ".join(ALGORITHMS[name].label for name in left_out)
            remarks.append(f"Left out, as they ask the kernel about other populations: {labels}.")
    game, records = setting.game, crowd_records(data.demonstrations, data.trajectories.crowds, data.game)
    fits, warned = fitted_to(data, game, algorithms)
    remarks += warned
    policies = {name: fit.policy for name, fit in fits.items()}
    predicted = predicted_flows(game, records, policies) if setting.elsewhere else {}
    goodness = goodness_table(data, records, predicted)
    return {
        "data_set": _facts(data, setting),
        "remarks": pd.DataFrame({"remark": remarks}),
        # A reward that was recovered from what players do cannot say whether they do well.
        "equilibrium": equilibrium_table(data, game, records)
        if setting.rewarded and setting.reward.empty
        else _nothing("policy"),
        "parameters": _parameters(data, setting.fit),
        "reward": setting.reward,
        "fits": fits_table(data, game, fits, goodness if setting.elsewhere else None, setting.rewarded),
        "policies": policies_table(data, fits),
        "flows": flows_table(data, records, predicted),
        "goodness": goodness,
    }


def _overrides(data: Dataset) -> dict[str, float]:
    """What differs from the game's file, the horizon to which trajectories may be cut among it."""
    return {**data.file.declaration["overrides"], "horizon": data.game.horizon}


def _rewarded(data: Dataset, setting: Setting) -> Setting:
    """With a reward that the records tell, where the file asks for it and other populations can be looked at."""
    if data.file.declaration["reward"] != "recovered" or not setting.elsewhere:
        return setting
    found = recovered(data, setting.game)
    remarks = (*setting.remarks, found.remark)
    return setting._replace(game=found.game, rewarded=True, reward=found.weights, remarks=remarks)


def _told(setting: Setting) -> Setting:
    if setting.rewarded:
        return setting
    missing = "reward" if setting.elsewhere else "kernel of other populations"
    why = f"No {missing} is known here: gaps, and whether this is an equilibrium at all, are left out."
    return setting._replace(remarks=(*setting.remarks, why))


def _about_crowds(data: Dataset) -> list[str]:
    """What there is to say of several crowds."""
    if (crowds := len(data.trajectories.crowd_names)) == 1:
        return []
    return [
        f"The {crowds} crowds have one policy in common; parameters and predictions look at every crowd's own "
        "population, and fits at the one that they make up together."
    ]


def _about(fit: ParameterFit, data: Dataset) -> list[str]:
    """What there is to say of estimated parameters."""
    remarks = []
    for one in fit.parameters:
        held = float(data.game.parameters[one.name])
        if one.status == NOT_IDENTIFIED:
            remarks.append(
                f"The data do not tell {one.name}: no value from {one.minimum:g} to {one.maximum:g} explains the moves "
                f"significantly worse than another, so no number is given, and the game keeps {held:g}."
            )
        elif one.status in (BELOW, ABOVE):
            end = f"{one.minimum:g}" if one.status == BELOW else f"{one.maximum:g}"
            remarks.append(f"The data do not tell {one.name} from the end of its range, {end}.")
    if fit.status != "converged":
        remarks.append(
            f"The search for parameters has not converged: the likelihood may rise by {fit.certificate:.2g} nats."
        )
    if fit.agreeing < fit.starts:
        remarks.append(f"{fit.agreeing} of {fit.starts} searches for parameters ended at the best end.")
    return remarks


def _parameters(data: Dataset, fit: ParameterFit | None) -> pd.DataFrame:
    if fit is None:
        return pd.DataFrame(columns=["parameter", *ParameterEstimate._fields[1:]])
    table = pd.DataFrame(fit.parameters).rename(columns={"name": "parameter"})
    table.insert(1, "value", [float(data.game.parameters[name]) for name in table["parameter"]])
    how = {key: getattr(fit, key) for key in ("log_likelihood", "certificate", "starts", "agreeing")}
    return table.assign(**how, fit=fit.status, label_noise=fit.label_noise)


def _facts(data: Dataset, setting: Setting) -> pd.DataFrame:
    said, told = data.file.declaration, data.trajectories
    return pd.DataFrame(
        [
            {
                **{key: said.get(key) for key in ("title", "source", "description", "kernel", "population")},
                "game": said["game"],
                "file": data.file.path.as_posix(),
                "trajectories": len(told.lengths),
                "records": int(told.lengths.sum()),
                "rows": data.rows,
                "shortest": int(told.lengths.min()),
                "longest": int(told.lengths.max()),
                "crowds": len(told.crowd_names),
                "states": len(data.game.states),
                "actions": len(data.game.actions),
                "horizon": data.game.horizon,
                "rewarded": setting.rewarded,
                "resamples": said["resamples"],
                "label_noise": str(said["label_noise"]),
            }
        ]
    )


def _nothing(*columns: str) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))
