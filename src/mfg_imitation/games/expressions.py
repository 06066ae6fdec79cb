"""Arithmetic in game files: a closed list of operators and functions, evaluated through JAX and never run as Python.

simpleeval walks the syntax tree; only the node types below exist for it. There is no attribute, no string, no loop, no
comprehension, no keyword, and the only thing that can be indexed is `mu`.
"""

import ast
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial, reduce
from keyword import iskeyword

import jax
import jax.numpy as jnp
import numpy as np
from simpleeval import FeatureNotAvailable, InvalidExpression, SimpleEval

from mfg_imitation.errors import InputError, first_line

#: How many characters an expression may have: every term of it is compiled.
LONGEST = 2000

#: The largest slope of `square_root`, by type.
STEEPEST = {name: 0.5 / float(jnp.finfo(name).tiny) ** 0.5 for name in ("float32", "float64")}


@jax.custom_jvp
def square_root(x):
    """A root whose slope at 0 is not infinite: of a root that `max` or `where` leaves out it is then 0, not NaN."""
    return jnp.sqrt(x)


@square_root.defjvp
def _slope(primals, tangents):
    root = jnp.sqrt(*primals)
    return root, tangents[0] * jnp.minimum(0.5 / root, STEEPEST[root.dtype.name])


OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
FUNCTIONS = {
    "min": lambda *values: reduce(jnp.minimum, values),
    "max": lambda *values: reduce(jnp.maximum, values),
    "abs": jnp.abs,
    "exp": jnp.exp,
    "log": jnp.log,
    "sqrt": square_root,
    "tanh": jnp.tanh,
    "sin": jnp.sin,
    "cos": jnp.cos,
    "floor": jnp.floor,
    "clip": jnp.clip,
    "where": jnp.where,
}

#: What to write in place of some of Python.
REMEDIES = {
    ast.IfExp: "there is no `if`: write where(condition, a, b)",
    ast.BoolOp: "there is no `and` and no `or`: write a * b for both conditions, max(a, b) for either",
    ast.Attribute: "there is no dot: a share of the population is mu[state]",
}


def unknown_state(state: str):
    """The `mu` of an expression that may not ask for the population."""
    raise KeyError(state)


def evaluate(
    text: str | float,
    names: Mapping[str, object],
    mu: Callable[[str], object],
    place: str,
    xi: Callable[[str], object] | None = None,
):
    """The value of an expression, a float or a traced scalar.

    Args:
        text: the expression, or a number.
        names: values of the names it may use.
        mu: share of the population in the state of that name; raises KeyError for an unknown state.
        place: file and key, to begin an error message with.
        xi: 1 in the noise state of that name, else 0; raises KeyError for an unknown one. None: there is no noise.

    Raises:
        InputError: anything but arithmetic in the allowed names and functions.
    """
    if not isinstance(text, str):
        return np.float64(text)
    shown = repr(text if len(text) <= 80 else f"{text[:77]}...")
    text = text.strip()
    try:
        _check_text(text)
        with np.errstate(all="ignore"):
            return _Evaluator(names, mu, xi).eval(text)
    except InputError as error:
        raise InputError(f"{place}: {shown}: {error}") from None
    except SyntaxError:
        named = re.findall(r"""\bmu[\[(]\s*([^\])'"]+?)\s*[\])]""", text)
        hint = next((f"; write mu['{name}']" for name in named if not name.isidentifier() or iskeyword(name)), "")
        raise InputError(f"{place}: {shown} is not an arithmetic expression{hint}") from None
    except RecursionError:
        raise InputError(f"{place}: the expression is nested too deeply") from None
    except (InvalidExpression, TypeError, ValueError, ArithmeticError, MemoryError) as error:
        raise InputError(f"{place}: {shown}: {first_line(error)}") from None


def _check_text(text: str) -> None:
    """Refuse what Python would read as something else than is written."""
    if len(text) > LONGEST:
        raise InputError(f"has {len(text)} characters, but at most {LONGEST} are allowed")
    if not unicodedata.is_normalized("NFKC", text):
        # The shortest part that changes: a character alone, or with those that combine with it.
        parts = (text[i : i + length] for length in range(1, len(text) + 1) for i in range(len(text)))
        part = next(part for part in parts if not unicodedata.is_normalized("NFKC", part))
        points, read = " ".join(f"U+{ord(sign):04X}" for sign in part), unicodedata.normalize("NFKC", part)
        raise InputError(f"{part!r} ({points}) would be read as {read!r}, and may not stand here")
    if "#" in re.sub(r"'[^']*'|\"[^\"]*\"", "", text):
        raise InputError("what follows a # would be passed over: leave it out")


class _Evaluator(SimpleEval):
    def __init__(self, names, mu, xi=None):
        super().__init__(operators=OPERATORS, functions=FUNCTIONS, names=names)
        self.mu, self.xi = mu, xi
        self.nodes = {
            ast.Expr: self._eval_expr,
            ast.Constant: self._number,
            ast.Name: self._name,
            ast.UnaryOp: self._operation,
            ast.BinOp: self._operation,
            ast.Compare: self._comparison,
            ast.Call: self._call,
            ast.Subscript: self._share,
            **{kind: partial(self._instead, remedy) for kind, remedy in REMEDIES.items()},
        }

    @staticmethod
    def _number(node):
        if type(node.value) not in (int, float):
            raise InputError(f"{node.value!r} is not a number")
        return np.float64(node.value)

    def _name(self, node):
        if node.id not in self.names:
            raise InputError(f"unknown name {node.id!r}; known are {', '.join(self.names)} and mu[state]")
        return self.names[node.id]

    def _operation(self, node):
        if type(node.op) not in OPERATORS:
            raise InputError("the operators are + - * / ** and comparisons")
        return self._eval_unaryop(node) if isinstance(node, ast.UnaryOp) else self._eval_binop(node)

    def _comparison(self, node):
        if len(node.ops) > 1:
            raise InputError("comparisons cannot be chained")
        if type(node.ops[0]) not in OPERATORS:
            raise InputError("the comparisons are < <= > >= == !=")
        return self._eval_compare(node)

    def _call(self, node):
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name == "mu":
            raise InputError(f"mu is no function: write mu[{', '.join(map(ast.unparse, node.args)) or 'state'}]")
        if name not in FUNCTIONS:
            raise InputError(f"unknown function {ast.unparse(node.func)!r}; known are {', '.join(FUNCTIONS)}")
        if not node.args:
            raise InputError(f"{name} needs an argument")
        return self._eval_call(node)

    def _share(self, node):
        name = node.value.id if isinstance(node.value, ast.Name) else None
        if name != "mu" and (name != "xi" or self.xi is None):
            also = "" if self.xi is None else ", and xi, as xi[noise state]"
            raise InputError(f"only mu can be indexed, as mu[state]{also}")
        quoted = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        state = node.slice.value if quoted else ast.get_source_segment(self.expr, node.slice)
        if name == "xi":
            try:
                return self.xi(state)
            except KeyError:
                raise InputError(f"xi[{state}]: there is no noise state {state!r}") from None
        try:
            return self.mu(state)
        except KeyError:
            raise InputError(f"mu[{state}]: there is no state {state!r}") from None

    @staticmethod
    def _instead(remedy, node):
        raise InputError(remedy)

    @staticmethod
    def parse(expr):
        parsed = ast.parse(expr)
        if len(parsed.body) != 1 or not isinstance(parsed.body[0], ast.Expr):
            raise FeatureNotAvailable("one arithmetic expression is needed")
        return parsed.body[0]
