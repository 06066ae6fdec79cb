"""What users write, as a page shows it: text, whatever marks stand in it. All text from games' files passes here."""

import re
import string

#: Character references are text to HTML and to Markdown alike, and marks of neither, nor of TeX.
_REFERENCES = {ord(mark): f"&#{ord(mark)};" for mark in string.punctuation}

#: No other scheme becomes a link. A URL keeps the brackets that it opens itself; a sentence keeps its punctuation.
_URL = re.compile(
    r"""((?<!\w)https?://(?:\([^\s()<>"]*\)|[^\s()<>"])*(?:\([^\s()<>"]*\)|[^\s()<>".,:;!?'*\]}…”\u2019»]))"""
)


def literal(text: str) -> str:
    """Text on one line that neither HTML, also inside quotes, nor Markdown reads as anything else."""
    return escaped(" ".join(text.split()))


def escaped(text: str) -> str:
    """`literal` of a part of a line: its spaces stay."""
    return text.translate(_REFERENCES)


def linked(text: str) -> str:
    """HTML of text: its http and https URLs are links, an empty line begins a paragraph."""
    return "<br><br>".join(map(_linked, re.split(r"\n\s*\n", text.strip())))


def _linked(paragraph: str) -> str:
    parts = [part.translate(_REFERENCES) for part in _URL.split(" ".join(paragraph.split()))]
    parts[1::2] = [f'<a href="{url}">{url}</a>' for url in parts[1::2]]
    return "".join(parts)


def slug(text: str) -> str:
    """What a heading is called in the address of a page."""
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")
