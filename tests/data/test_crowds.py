"""Several crowds: each has its own population; drawing trajectories again keeps them apart."""

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
from trajectory_tables import HORIZON, rows_of

import mfg_imitation as mfg
from mfg_imitation.data.dataset import load_dataset
from mfg_imitation.data.flows import predicted_flows
from mfg_imitation.data.resampling import portions
from mfg_imitation.imitation.crowd_records import crowd_records, likely_moves
from mfg_imitation.imitation.records import grouped, likely


@pytest.fixture
def days(epidemic, policy, write):
    """Two crowds of different sizes that begin elsewhere, of unequal lengths."""
    other = epidemic.__class__(
        **{name: getattr(epidemic, name) for name in epidemic.__dataclass_fields__} | {"initial": jnp.array([0.9, 0.1])}
    )
    tables = []
    for name, game, size in (("one", epidemic, 300), ("two", other, 100)):
        drawn = mfg.sample_demonstrations(game, policy, size, seed=size)
        tables.append(rows_of(game, drawn, np.arange(size) % 3 + HORIZON - 2).assign(day=name))
    return load_dataset(write(pd.concat(tables), columns={"crowd": "day"}, unequal="censor", resamples=300))


def records_of(data):
    return crowd_records(data.demonstrations, data.trajectories.crowds, data.game)


def test_one_crowd_is_a_sample(epidemic, sample):
    """Records and their probabilities are those of `grouped` and `likely`."""
    one = grouped(sample, epidemic)
    flow = mfg.empirical_occupancy(sample, epidemic).sum(axis=-1)
    expected = np.asarray(likely(epidemic, one, flow[None]))[0]
    records = crowd_records(sample, np.zeros(400, int), epidemic)
    found = np.asarray(likely_moves(epidemic, records)).reshape(-1, 2)
    step = np.broadcast_to(records.step[:, None], records.state.shape)
    keys = (np.stack([kind.ravel() for kind in (step, records.state, records.action, records.successor)]).T).tolist()
    counts = records.count.ravel()
    places = {tuple(key): i for i, key in enumerate(keys) if counts[i] > 0}
    assert len(places) == (np.asarray(one.count[0]) > 0).sum()
    for i in np.flatnonzero(np.asarray(one.count[0]) > 0):
        place = places[tuple(int(kind[0, i]) for kind in one[:4])]
        assert counts[place] == one.count[0, i]
        np.testing.assert_allclose(found[place], expected[i], atol=1e-14)


def test_every_crowd_has_its_own_population_and_begins_where_it_was_seen(days, policy):
    records = records_of(days)
    assert set(records.crowd) == {0, 1} and len(records.step) == 2 * HORIZON
    predicted = predicted_flows(days.game, records, {"true": policy})["true"]
    first = records.step == 0
    np.testing.assert_allclose(predicted[first], records.population[first], atol=1e-12)
    assert abs(records.population[first][0, 0] - records.population[first][1, 0]) > 0.3
    np.testing.assert_allclose(predicted, records.population, atol=0.15)
    assert records.observed[first].tolist() == [300, 100]


def test_draws_keep_crowds_and_count_what_was_recorded(days):
    records = records_of(days)
    drawn = np.concatenate(list(portions(days, records, 1)))
    assert drawn.shape == (300, records.count.size)
    counts = drawn.reshape(300, *records.count.shape)
    first = records.step == 0
    np.testing.assert_array_equal(counts[:, first].sum(axis=-1), np.broadcast_to([300, 100], (300, 2)))
    share = records.count / records.observed[:, None]
    reach = 5 * np.sqrt(share * (1 - share) * records.observed[:, None] / 300) + 1e-9
    assert (np.abs(counts.mean(axis=0) - records.count) <= reach + 0.5).all()
    np.testing.assert_array_equal(drawn, np.concatenate(list(portions(days, records, 1))))


def test_small_portions_are_complete(days):
    records = records_of(days)
    parts = list(portions(days, records, 2**20))
    assert [len(part) for part in parts] == [16] * 18 + [12]
