"""The arithmetic of game files: what it computes, and that it is nothing but arithmetic."""

import ast
import math
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mfg_imitation.games.expressions import FUNCTIONS, OPERATORS, evaluate

NAMES = {"n": 3, "horizon": 10, "rate": 0.25}
MU = {"s0": 0.75, "s1": 0.25, "#1": 0.1, "a-b": 0.1, "10": 0.1, "caf\u00e9": 0.1}


def value(text, names=NAMES):
    return evaluate(text, names, MU.__getitem__, "file: key")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1", 1),
        (" 2.5e-1 ", 0.25),
        (0.5, 0.5),
        (7, 7),
        ("1 + 2 * 3 ** 2 / 4 - -5", 10.5),
        ("+rate", 0.25),
        ("2 ** -1", 0.5),
        ("-2 ** 2", -4),
        ("(n + 1) / horizon", 0.4),
        ("mu[s0] - mu['s1'] + mu[\"s1\"]", 0.75),
        ("min(3, 2, 1) + max(3, 2, 1) + min(5)", 9),
        ("where(n > 2, 1, 2) + where(n <= 2, 10, 20)", 21),
        ("clip(7, 0, 5) + clip(-7, 0, 5) + clip(3, 0, 5)", 8),
        ("abs(-3) + floor(-2.5) + sqrt(16)", 4),
        ("exp(0) + log(exp(2)) + tanh(0) + sin(0) + cos(0)", 4),
        ("(n < 3) + 2 * (n <= 3) + 4 * (n > 3) + 8 * (n >= 3) + 16 * (n == 3) + 32 * (n != 3)", 26),
        ("(1 +\n 2)", 3),
        ("mu['#1'] + mu[a-b] + mu[10] + mu['caf\u00e9'] + mu[\ncaf\u00e9]", 0.5),
    ],
)
def test_arithmetic(text, wanted):
    assert float(value(text)) == pytest.approx(wanted, abs=1e-14)


def test_random_expressions_agree_with_python(rng):
    """Chance plays no part: the seed is fixed."""
    functions = {
        "min": min,
        "max": max,
        "abs": abs,
        "exp": math.exp,
        "tanh": math.tanh,
        "sin": math.sin,
        "cos": math.cos,
    }

    def draw(depth):
        kind = rng.integers(6) if depth else 0
        one, other = (draw(depth - 1), draw(depth - 1)) if kind else ("", "")
        match kind:
            case 0:
                return str(rng.choice(["rate", "n", "mu[s0]", "mu[s1]", f"{rng.uniform(0.1, 2):.3f}"]))
            case 1:
                return f"({one} {rng.choice(['+', '-', '*'])} {other})"
            case 2:
                return f"-{one}"
            case 3:
                return f"{rng.choice(['min', 'max'])}({one}, {other})"
            case 4:
                return f"{rng.choice(['abs', 'tanh', 'sin', 'cos'])}({one})"
            case _:
                return f"({one} / (1 + abs({other})))"

    for _ in range(30):
        text = draw(4)
        plain = text.replace("mu[s0]", "0.75").replace("mu[s1]", "0.25")
        wanted = eval(plain, {"__builtins__": {}}, {**functions, **NAMES})
        assert float(value(text)) == pytest.approx(wanted, rel=1e-12, abs=1e-12), text


def test_values_are_traced_through():
    def at(share):
        return evaluate("min(1, rate * mu[s1]) ** 2", {"rate": 3.0}, lambda _: share, "here")

    assert float(jax.jit(at)(0.2)) == pytest.approx(0.36)
    assert float(jax.grad(at)(0.2)) == pytest.approx(2 * 0.6 * 3)
    np.testing.assert_allclose(jax.vmap(at)(jnp.array([0.0, 0.1, 0.9])), [0, 0.09, 1])


#: One expression for every kind of expression node in Python's grammar; a new kind must be entered here.
EVERY_NODE = {
    "Attribute": "rate.real",
    "Await": "await rate",
    "BinOp": "1 + 2",
    "BoolOp": "1 or 2",
    "Call": "min(1)",
    "Compare": "1 < 2",
    "Constant": "1",
    "Dict": "{1: 2}",
    "DictComp": "{x: x for x in (1,)}",
    "GeneratorExp": "(x for x in (1,))",
    "IfExp": "1 if 2 else 3",
    "Interpolation": "t'{rate}'",
    "JoinedStr": "f'{rate}'",
    "Lambda": "lambda: 1",
    "List": "[1]",
    "ListComp": "[x for x in (1,)]",
    "Name": "rate",
    "NamedExpr": "(x := 1)",
    "Set": "{1}",
    "SetComp": "{x for x in (1,)}",
    "Slice": "mu[s0:s1]",
    "Starred": "min(*mu)",
    "Subscript": "mu[s0]",
    "TemplateStr": "t'{rate}'",
    "Tuple": "(1, 2)",
    "UnaryOp": "-1",
    "Yield": "(yield)",
    "YieldFrom": "(yield from rate)",
}
ARITHMETIC = {"BinOp", "Call", "Compare", "Constant", "Name", "Subscript", "UnaryOp"}
#: Kinds that only name older spellings of those above.
OLD = {"Num", "Str", "Bytes", "NameConstant", "Ellipsis", "FormattedValue", "Index", "ExtSlice"}


def test_every_kind_of_node_is_accounted_for():
    assert {kind.__name__ for kind in kinds_of(ast.expr)} - OLD <= set(EVERY_NODE)


@pytest.mark.parametrize("kind", EVERY_NODE)
def test_only_arithmetic_is_evaluated(one_line, kind):
    if kind in ARITHMETIC:
        assert np.isfinite(float(value(EVERY_NODE[kind])))
    else:
        assert one_line(value, EVERY_NODE[kind]).startswith("file: key: ")


def kinds_of(base):
    return [
        kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, base) and kind is not base
    ]


@pytest.mark.parametrize("kind", kinds_of(ast.operator) + kinds_of(ast.unaryop) + kinds_of(ast.cmpop))
def test_only_listed_operators_exist(one_line, kind):
    one, two = ast.Constant(1), ast.Constant(2)
    if issubclass(kind, ast.operator):
        node = ast.BinOp(two, kind(), one)
    elif issubclass(kind, ast.unaryop):
        node = ast.UnaryOp(kind(), one)
    else:
        node = ast.Compare(two, [kind()], [one])
    text = ast.unparse(ast.fix_missing_locations(node))
    if kind in OPERATORS:
        assert float(value(text)) == eval(text)
    else:
        assert "operator" in (message := one_line(value, text)) or "comparison" in message


@pytest.mark.parametrize(
    "text",
    [
        "print",
        "open",
        "eval",
        "exec",
        "__import__",
        "getattr",
        "type",
        "rand",
        "randint",
        "int",
        "float",
        "str",
    ],
)
def test_no_function_but_the_listed(one_line, text):
    assert text not in FUNCTIONS
    assert f"unknown function {text!r}" in one_line(value, f"{text}(1)")
    assert f"unknown name {text!r}" in one_line(value, text)


def test_a_message_names_place_and_what_is_known(one_line):
    assert one_line(value, "speed").startswith("file: key: 'speed': unknown name 'speed'; known are n, horizon, rate")
    assert "no state 's2'" in one_line(value, "mu[s2]")
    assert "tanh" in one_line(value, "sigmoid(1)")


@pytest.mark.parametrize("text", ["where(1)", "where(1, 2)", "clip()", "exp(1, 2)", "floor()", "-(n > 1) - (rate > 1)"])
def test_functions_that_do_not_fit_their_arguments(one_line, text):
    assert one_line(value, text).startswith(f"file: key: {text!r}: ")


def test_nothing_takes_for_ever(tmp_path):
    """Towers, nests and floods come back at once; in a process of their own, as a tower in Python integers cannot be
    interrupted."""
    program = """
import mfg_imitation as mfg
from pathlib import Path
bombs = ["9 ** 9 ** 9 ** 9", "horizon ** horizon ** horizon ** horizon", "(n + horizon) ** horizon ** horizon ** 9",
         "exp(exp(exp(exp(9))))", "(" * 10000 + "1" + ")" * 10000, "-" * 10000 + "1", "1" + "+1" * 10000,
         "min(" * 1000 + "1" + ")" * 1000, "9" * 100000, "mu[" * 1000 + "s" + "]" * 1000, "1 << 10 ** 10",
          "'a' * 10 ** 10"]
for bomb in bombs:
    Path("bomb.yaml").write_text("{title: t, source: s, horizon: 50, states: [s], actions: [a], initial: {s: 1},"
        'transition: {s: {a: {stay: 1}}}, reward: {s: {a: "%s"}}}' % bomb)
    try:
        mfg.load_game("bomb.yaml")
    except mfg.InputError as error:
        assert str(error).startswith("bomb.yaml: "), error
    else:
        raise AssertionError(bomb)
print("done", len(bombs))
"""
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout, run.stderr) == (0, "done 12\n", "")
