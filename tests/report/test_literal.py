"""What users write is text in Markdown, in HTML and in the pages' formulas; only http and https URLs are links."""

import string

import pytest
from bs4 import BeautifulSoup

from mfg_imitation.report.literal import linked, literal
from workflow.lib.html_page import Page

MARKED = [
    *(mark for mark in string.punctuation),
    *(f"{2 * mark}x{2 * mark}" for mark in string.punctuation),
    *("# x", "1. x", "- x", "--- ===", "    x", "| x | y |", "[x](javascript:x)", "![x](y)", "[x]: y", "~~~"),
    *("<script>x</script>", "<b onclick='x'>", "&lt;x", "&#42;", '"report:x"', "(formula-0)", "[](formula:0)"),
    *("US$5 & A$7", r"\(x\)", r"\begin{x}y\end{x}", "$$x$$", "https://x.y", "<https://x.y>", "a\n\n# b"),
]


@pytest.mark.parametrize("text", MARKED)
def test_text_is_text_wherever_a_page_says_it(text):
    written, shown = literal(text), " ".join(text.split())
    line = f'A *{written}*, **{written}** and ({written}) of $a$; <i title="{written}"></i>'
    for start in ("", "# ", "- "):
        html = BeautifulSoup(Page().markdown2html({}, f"{start}{written}\n\n{line}"), "html.parser")
        first, second = html.find(["h1", "li", "p"]), html.find_all("p")[-1]
        assert first.get_text().removesuffix("\N{PILCROW SIGN}").strip() == shown
        assert [second.find(tag).get_text() for tag in ("em", "strong")] == [shown, shown]
        assert f"({shown}) of " in second.get_text() and second.find("i")["title"] == shown
        assert len(html.find_all("math")) == 1, "the page's own formula is one"
        assert {tag.name for tag in second.find_all()} == {"em", "strong", "i", "math", "mi"}


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Smith 2020, https://arxiv.org/abs/2306.14799", ["https://arxiv.org/abs/2306.14799"]),
        ("See http://a.org/b?c=1&d=2#e. Or (https://a.org/b_(c)), “https://c.org/”!", None),
        ('"https://a.org"onclick=x', ["https://a.org"]),
        ("https://a.org<script>", ["https://a.org"]),
        ("a \u2018https://a.org\u2019", ["https://a.org"]),
        ("javascript:x data:x ftp://x.y //x.y mailto:x@y.z www.x.y xhttps://x.y https://", []),
        ("javascript:alert(1)//https:", []),
    ],
)
def test_web_addresses_are_links_and_nothing_else_is(text, links):
    html = BeautifulSoup(linked(text), "html.parser")
    assert html.get_text() == text
    expected = ["http://a.org/b?c=1&d=2#e", "https://a.org/b_(c)", "https://c.org/"] if links is None else links
    assert [link.attrs for link in html.find_all()] == [{"href": link} for link in expected]


def test_an_empty_line_begins_a_paragraph():
    assert linked("one\ntwo\n  \n<three>\n") == "one two<br><br>&#60;three&#62;"
