"""Symbols and numbers as one writes them: formulas as MathML, powers of ten, true minus signs."""

import html
import re
from xml.etree import ElementTree

from docutils.utils.math.latex2mathml import tex2mathml

from mfg_imitation.report.literal import escaped, literal

#: Symbols that tables and sentences write in plain letters, as TeX. A longer one stands before a shorter one.
SYMBOLS = {
    "log10 alpha": r"\log_{10} \alpha",
    "pi_alpha": r"\pi_\alpha",
    "π_α": r"\pi_\alpha",
    "2 alpha": r"2 \alpha",
    "mu_n(s1)": r"\mu_n(s_1)",
    "μ^π": r"\mu^\pi",
    "μ^E": r"\mu^E",
    "π^E": r"\pi^E",
    "pi_1": r"\pi_1",
    "r_max": r"r_{\max}",
    "H - 1": r"H - 1",
    "L_P": "L_P",
    "L_r": "L_r",
    "alpha": r"\alpha",
    "s0": "s_0",
    "s1": "s_1",
    "a0": "a_0",
    "a1": "a_1",
    "H": "H",
}

#: A symbol, alone or with what it equals; in text that `literal` has written an index hangs on a reference.
_NAMES = "|".join(re.escape(name).replace("_", "(?:_|&#95;)") for name in SYMBOLS)
_VALUE = r"(?P<value>[−-]?\d+(?:\.\d+)?)\b(?!\.\d)"
_LETTER = rf"(?P<letter>[αεθMN]) = {_VALUE.replace('value', 'number')}"
SYMBOL = re.compile(rf"(?<![\w/.-])(?:(?P<symbol>{_NAMES})(?: = {_VALUE})?|{_LETTER})(?![\w/])")

#: A number as Python writes it with an exponent.
POWER = re.compile(r"(?<![\w.])(?P<digits>[+−-]?\d+(?:\.\d+)?)e(?P<exponent>[+-]?\d+)(?!\w)")

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


#: Before these signs a long formula may be broken, outside brackets; shorter ones stay whole.
_BREAKS, _LONG = frozenset("=≤≥<>∈+−"), 14
#: HTML's names of characters, which XML does not know.
_ENTITY = re.compile("&(?!(?:amp|lt|gt|quot);)[a-zA-Z]+;")
_MATHML = "http://www.w3.org/1998/Math/MathML"
ElementTree.register_namespace("", _MATHML)


def mathml(tex: str, block: bool = False) -> str:
    """Browsers draw MathML by themselves; TeX would need a script from the network."""
    formula = " ".join(tex2mathml(tex, as_block=block).split()).replace("> <", "><")
    return formula if block else _broken(formula)


def _broken(formula: str) -> str:
    """A long formula as several with places between them where a line may end, as browsers break none."""
    whole = ElementTree.fromstring(_ENTITY.sub(lambda match: html.unescape(match[0]), formula))
    if sum(1 for part in whole.iter() if not len(part)) < _LONG:
        return formula
    pieces, depth = [ElementTree.Element(whole.tag)], 0
    for part in whole:
        sign = (part.text or "") if part.tag == f"{{{_MATHML}}}mo" else ""
        if sign in _BREAKS and not depth and len(pieces[-1]):
            pieces.append(ElementTree.Element(whole.tag))
            part.set("form", "infix")
        depth += sum(map(sign.count, "([{")) - sum(map(sign.count, ")]}"))
        pieces[-1].append(part)
    return "<wbr>".join(ElementTree.tostring(piece, encoding="unicode") for piece in pieces)


def power(digits: str, exponent: int) -> str:
    """Digits times a power of ten; of a digit 1 only the power is written, and 0 is 0."""
    digits = digits.lstrip("+").replace("-", "\N{MINUS SIGN}")
    if not float(digits.replace("\N{MINUS SIGN}", "-")):
        return "0"
    raised = f"10{str(exponent).translate(_RAISED)}"
    sign, bare = digits[: digits.startswith("\N{MINUS SIGN}")], digits.lstrip("\N{MINUS SIGN}")
    return f"{sign}{raised}" if float(bare) == 1 else f"{digits} \N{MULTIPLICATION SIGN} {raised}"


def typeset(text: str) -> str:
    """Numbers in a text as one writes them: 2.5e-07 becomes 2.5 × 10⁻⁷, and -3 becomes −3."""
    text = POWER.sub(lambda match: power(match["digits"], int(match["exponent"])), text)
    return re.sub(r"(?<![\w.)\]-])-(?=\d)", "\N{MINUS SIGN}", text)


def with_symbols(text: str) -> str:
    """HTML of a text, all of whose marks are text, in which symbols are MathML."""
    text, parts, end = " ".join(text.split()), [], 0
    for match in SYMBOL.finditer(text):
        parts += [escaped(text[end : match.start()]), mathml(tex_of(match))]
        end = match.end()
    return "".join([*parts, escaped(text[end:])])


def tex_of(match: re.Match) -> str:
    """The TeX of a match of `SYMBOL`."""
    name, value = match["symbol"] or match["letter"], match["value"] or match["number"]
    tex = SYMBOLS.get(name.replace("&#95;", "_"), {"α": r"\alpha", "ε": r"\varepsilon", "θ": r"\theta"}.get(name, name))
    return tex + (f" = {value.replace(chr(8722), '-')}" if value else "")


def symbol(text: str) -> str:
    """MathML of a symbol of a user's, a letter such as L_P; all else is text, and empty where there is none."""
    letter = re.fullmatch(r"\$?(?P<letter>[^\W\d_])(?:_(?P<brace>\{)?(?P<index>[^\W_]+)(?(brace)\}))?\$?", text.strip())
    if letter is None:
        return literal(text)
    return mathml(letter["letter"] + (f"_{{{letter['index']}}}" if letter["index"] else ""))
