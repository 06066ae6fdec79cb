"""Symbols are formulas, numbers are written as one writes them, and users' text is neither."""

import re

import pytest
from bs4 import BeautifulSoup

from mfg_imitation.report.formulas import mathml, symbol, typeset, with_symbols


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1e-09", "10⁻⁹"),
        ("0.0e+00", "0"),
        ("-1e-05", "\N{MINUS SIGN}10⁻⁵"),
        ("2.50e-07 and 3e+12", "2.50 × 10⁻⁷ and 3 × 10¹²"),
        ("-3.72", "\N{MINUS SIGN}3.72"),
        ("5-10, x-3, H-1, one-2e3x", "5-10, x-3, H-1, one-2e3x"),
    ],
)
def test_numbers_are_typeset_and_ranges_are_left_alone(text, written):
    assert typeset(text) == written


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("a larger L_P, or H", ["LP", "H"]),
        ("at L_P = 0.5 and H = 10.", ["LP=0.5", "H=10"]),
        ("the BC error of pi_alpha is 2 alpha", ["πα", "2α"]),
        ("alphabet, XL_P, L_PX, config/H, pi_alpha_2", []),
    ],
)
def test_symbols_are_formulas_and_words_are_not(text, formulas):
    html = BeautifulSoup(with_symbols(text), "html.parser")
    assert [re.sub(r"\s", "", math.get_text()) for math in html.find_all("math")] == formulas


def test_marks_beside_symbols_are_text():
    html = BeautifulSoup(with_symbols("<b>L_P</b> & *x* $y$"), "html.parser")
    assert html.get_text() == "<b>LP</b> & *x* $y$" and html.find("b") is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [("L_P", "LP"), ("$L_{P}$", "LP"), ("γ", "γ"), ("<b>_<i>", None), ("", None), ("two words", None)],
)
def test_a_users_symbol_is_a_letter_with_an_index_or_text(text, shown):
    html = BeautifulSoup(symbol(text), "html.parser")
    assert (html.find("math") is not None) == (shown is not None)
    assert html.get_text() == (text if shown is None else shown)


def test_a_long_formula_may_be_broken_before_a_sign_outside_brackets():
    tex = r"V(a - b, \mu) - V(c, \mu) = [V(d, \mu) - V(e, \mu)] + R"
    pieces = mathml(tex).split("<wbr>")
    first = [re.sub("<[^>]*>", "", piece)[0] for piece in pieces]
    assert first == ["V", "−", "=", "+"]
    assert all(piece.startswith("<math") and piece.endswith("</math>") for piece in pieces)
    assert all('form="infix"' in piece for piece in pieces[1:])
    whole = re.sub("<[^>]*>", "", "".join(pieces))
    assert whole == "V(a−b,μ)−V(c,μ)=[V(d,μ)−V(e,μ)]+R"
    assert mathml(r"a + b + c + d + e + f \le \max\{x, \, y\}").count("<wbr>") == 6  # with characters that have names
    assert "<wbr>" not in mathml("L_P = 1") and "<wbr>" not in mathml(tex, block=True)
