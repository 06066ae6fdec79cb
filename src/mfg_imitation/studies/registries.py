"""The registries as tables, so that figures and pages can name proxies and algorithms without importing them."""

from collections.abc import Sequence

import pandas as pd

from mfg_imitation.engine.proxies import PROXIES
from mfg_imitation.imitation.algorithm import ALGORITHMS


def proxies_table() -> pd.DataFrame:
    """One row per proxy: name, label, summary, formula (TeX) and where (its source)."""
    rows = [(name, entry.label, entry.summary, entry.formula, entry.where) for name, entry in PROXIES.items()]
    return pd.DataFrame(rows, columns=["name", "label", "summary", "formula", "where"])


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
