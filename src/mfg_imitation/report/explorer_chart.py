"""The explorer: one chart, its sliders and the program that moves it, as one piece of HTML that fetches nothing."""

import json
from collections.abc import Mapping, Sequence
from math import log10

import altair as alt
import pandas as pd
import vl_convert

from mfg_imitation.figures.style import labelled
from mfg_imitation.names import GAPS

#: The gaps, as the panels' titles write them.
TITLES = {name: words[0].upper() + words[1:] for name, words in GAPS.items()}

#: The policies of a curve, and the one that the sliders stand on; alpha is written with a few digits.
CURVE = "datum.game == game && abs(datum.transition_lipschitz - L_P) < 1e-9 && datum.horizon == H"
POINT = "abs(log(datum.alpha) / LN10 - log_alpha) < 1e-3"
PANEL = 215  # pixels


def explorer_chart(tables: Mapping[str, pd.DataFrame], proxies: pd.DataFrame) -> str:
    """HTML of tables of `studies.explorer_grid.explorer` on one grid, by the names of their games.

    Args:
        proxies: their name and label.
    """
    curves = labelled(proxies)
    labels = {name: look["label"] for name, look in curves.items()}
    scale = alt.Scale(domain=list(labels.values()), range=[look["color"] for look in curves.values()])
    color = alt.Color("measure:N", scale=scale, legend=None)
    table = pd.concat([frame.assign(game=name) for name, frame in tables.items()]).rename(columns=labels | TITLES)
    kinds = {name: "string" if name == "game" else "number" for name in table}
    exponents = [round(log10(alpha), 3) for alpha in sorted(table["alpha"].unique())]
    above = alt.hconcat(bars(labels, "Errors of the imitator, 1-norm", color), bars(TITLES, "Gaps, units of reward"))
    chart = (
        alt.vconcat(
            above,
            alt.hconcat(*(panel(title, labels, color) for title in TITLES.values())),
            data=alt.Data(values=table.to_csv(index=False), format=alt.CsvDataFormat(type="csv", parse=kinds)),
            description="The imitator's errors and gaps as bars, and each gap as a curve over each error",
        )
        .transform_filter(CURVE)
        .add_params(
            alt.param("game", value=next(iter(tables)), bind=alt.binding_select(options=list(tables), name="game ")),
            slider("L_P", sorted(table["transition_lipschitz"].unique()), "L_P "),
            slider("H", sorted(table["horizon"].unique()), "H "),
            slider("log_alpha", exponents, "log₁₀ alpha "),
        )
        .configure_view(stroke=None)
        .configure_axis(gridColor="#ececec", titleFontWeight="normal")
    )
    options = {"renderer": "svg", "actions": False, "bind": "#sliders"}
    embed = f'vegaEmbed("#explorer", {json.dumps(chart.to_dict())}, {json.dumps(options)}).catch(console.error);'
    program = f'<script type="module">{vl_convert.javascript_bundle()}\n{embed}</script>'
    return f'<div id="sliders"></div><div class="wide" tabindex="0"><div id="explorer"></div></div>{program}'


def slider(name: str, stops: Sequence[float], label: str) -> alt.Parameter:
    """A parameter that takes evenly spaced values; it begins a quarter up."""
    first, *_, last = map(float, stops)
    bind = alt.binding_range(min=first, max=last, step=(last - first) / (len(stops) - 1), name=label)
    return alt.param(name, value=float(stops[len(stops) // 4]), bind=bind)


def bars(measures: Mapping[str, str], title: str, color: object = alt.value("#595959")) -> alt.LayerChart:
    """What the policy on which the sliders stand is measured to be."""
    chart = alt.Chart().transform_filter(POINT).transform_fold(list(measures.values()), as_=["measure", "value"])
    chart = chart.encode(alt.X("value:Q", title=None), alt.Y("measure:N", title=None, sort=list(measures.values())))
    number = chart.mark_text(align="left", dx=4).encode(text=alt.Text("value:Q", format=".3~g"))
    return (chart.mark_bar().encode(color=color) + number).properties(title=title, width=PANEL, height=75)


def panel(gap: str, labels: Mapping[str, str], color: object) -> alt.LayerChart:
    """A gap over the errors, the policy on which the sliders stand marked."""
    chart = alt.Chart().transform_fold(list(labels.values()), as_=["measure", "error"])
    chart = chart.encode(alt.X("error:Q", title="error of the imitator"), alt.Y(f"{gap}:Q", title=None), color)
    here = chart.transform_filter(POINT).mark_point(filled=True, size=90, opacity=1)
    return (chart.mark_line().encode(order="alpha:Q") + here).properties(title=gap, width=PANEL, height=PANEL)
