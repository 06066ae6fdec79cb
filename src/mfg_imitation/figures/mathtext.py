"""Declared names and expressions as matplotlib's mathtext."""

import ast
import re
from collections.abc import Mapping

from matplotlib.mathtext import MathTextParser

_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}
_RELATIONS = {ast.Lt: "<", ast.LtE: r"\leq", ast.Gt: ">", ast.GtE: r"\geq", ast.Eq: "=", ast.NotEq: r"\neq"}
_FUNCTIONS = {"abs": "|%s|", "floor": r"\lfloor %s \rfloor", "sqrt": r"\sqrt{%s}"} | {
    name: rf"\{name}(%s)" for name in ("min", "max", "exp", "log", "tanh", "sin", "cos")
}


def pretty(expression: str | float, parameters: Mapping[str, Mapping], here: str = "s") -> str:
    r"""A declared expression as mathtext: "min(1, rate * mu[s1])" becomes "$\min(1, \lambda\,\mu(s_{1}))$".

    Args:
        expression: a number, or arithmetic as in a game file; it is read, never evaluated.
        parameters: those of the declaration; a parameter is written as its `symbol` where it has one.
        here: the state that `mu[here]` speaks of.

    Returns:
        text for matplotlib; what cannot be typeset comes back as it was written.
    """
    symbols = {"horizon": "H"}
    symbols |= {name: entry["symbol"].strip("$") for name, entry in parameters.items() if "symbol" in entry}
    try:
        text = f"${_math(ast.parse(str(expression).strip(), mode='eval').body, symbols, here)}$"
        MathTextParser("path").parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return str(expression).replace("$", r"\$")
    return text


def _math(node: ast.expr, symbols: Mapping[str, str], here: str) -> str:
    """The notation of a syntax tree, with few parentheses. ValueError where there is none."""

    def inside(child: ast.expr, *in_parentheses: type) -> str:
        text = _math(child, symbols, here)
        kind = type(child.op) if isinstance(child, ast.BinOp) else type(child)
        negative = text.startswith("-") and ast.UnaryOp in in_parentheses
        return f"({text})" if kind in in_parentheses or negative else text

    sums, right_of = (ast.Add, ast.Sub, ast.Compare), (ast.Add, ast.Sub, ast.Compare, ast.UnaryOp)
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return _number(value)
        case ast.Name(id=name):
            return symbols.get(name) or name_math(name)
        case ast.Subscript(value=ast.Name(id="mu"), slice=ast.Name(id=state)):
            return rf"\mu({name_math(here if state == 'here' else state)})"
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return inside(operand)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{inside(operand, *right_of)}"
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            return f"{inside(left, ast.Compare)} {_OPERATORS[type(op)]} {inside(right, *right_of)}"
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            factors = inside(left, *sums, ast.Div), inside(right, *right_of)
            return (r" \cdot " if factors[1][0].isdigit() else r"\,").join(factors)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return f"{inside(left, *sums, ast.Div)} / {inside(right, *right_of, ast.Mult, ast.Div)}"
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return f"{inside(left, *right_of, ast.Mult, ast.Div, ast.Pow)}^{{{inside(right)}}}"
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _RELATIONS:
            return f"{inside(left, ast.Compare)} {_RELATIONS[type(op)]} {inside(right, ast.Compare)}"
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _FUNCTIONS.get(name, rf"{name_math(name)}(%s)") % ", ".join(map(inside, arguments))
    raise ValueError(f"no notation for {ast.dump(node)}")


def _number(value: float) -> str:
    digits, _, exponent = f"{value:.6g}".partition("e")
    power = rf"10^{{{int(exponent)}}}" if exponent else ""
    return power if power and digits == "1" else rf"{digits} \cdot {power}" if power else digits


def name_math(name: str) -> str:
    """A name inside a formula: a letter is a variable, digits behind it are its index, all else is a word."""
    if indexed := re.fullmatch(r"([^\W\d_])_?(\d*)", name):
        letter, index = indexed.groups()
        return f"{letter}_{{{index}}}" if index else letter
    word = re.sub(r"([$%#{}\\])", r"\\\1", name.replace("_", " "))
    return rf"\text{{{word}}}"


def title(name: str) -> str:
    """A name that stands alone: "s0" is set as a variable, a word as it is."""
    text = name_math(name)
    return name.replace("_", " ").replace("$", r"\$") if text.startswith(r"\text") else f"${text}$"
