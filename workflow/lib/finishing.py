"""What a page gets after its notebook: numbered figures, headings to link to, tables that scroll, live links."""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from bs4 import BeautifulSoup

from mfg_imitation.names import GAPS
from mfg_imitation.report.literal import slug
from workflow.lib.paths import offered

#: A figure that the paper has, too, keeps its number there.
OF_THE_PAPER = re.compile(r"figure_(\d+)(?:_(.+))?")


#: A figure in a page: its alternative text and its file.
FIGURE = re.compile(r'<svg role="img" aria-label="([^"]*)" data-file="([^"]*)".*?</svg>', re.DOTALL)

#: What figures of one page share: letters, marks, clips.
SHARED = re.compile(r'<(path|clipPath) id="([\w-]+)".*?(?:/>|</\1>)', re.DOTALL)


class Beside(NamedTuple):
    """What surrounds the notebook on a page.

    Attributes:
        pages: for the navigation: path, from the report's folder -> name.
        made_with: versions and settings, for the foot.
        there: paths of all pages that there are, or will be after this run, from the report's folder.
        note: what readers have to know of the whole run; empty where there is nothing.
        overlay: what a command needs to make the same again, as `--configfile config/smoke.yaml`; empty for nothing.
        figures: what the numbers of the page's figures begin with.
    """

    pages: Mapping[str, str] = {}
    made_with: str = ""
    there: Collection[str] = ()
    note: str = ""
    overlay: str = ""
    figures: str = ""


def finished(text: str, path: str, up: str, beside: Beside) -> str:
    """The HTML of a page.

    Args:
        text: its notebook in the template.
        path, up: of the page from the report's folder, and the way back.
    """
    soup = BeautifulSoup(text, "html.parser")
    _number_figures(soup, beside.figures)
    _name_headings(soup)
    _box_tables(soup)
    for code in soup.find_all("code"):
        if beside.overlay and re.match(r"snakemake --cores \d+ (?!.*--configfile)", code.get_text()):
            code.string = (
                f"{code.get_text()} {beside.overlay}"  # behind the target: these options take all that follows
            )
    for link in soup.find_all("a", href=re.compile(r"^report:")):
        place, hash_mark, part = link["href"].removeprefix("report:").partition("#")
        if table := re.fullmatch(r"tables/(.*)\.csv", place):
            place = offered(table[1]).removeprefix("report/")
        if place.endswith(".html") and place not in {*beside.there, path}:
            # A page that this run does not make, and none has made.
            link.decompose() if link.find_parent("nav") else link.unwrap()
        else:
            link["href"] = f"{up}{place}{hash_mark}{part}"
    return str(soup)


def with_drawings(page: str, drawings: list[str]) -> str:
    """A page with its figures in their places, what they share at its beginning, and short names for that."""
    shared = {}

    def taken_out(drawing: str) -> str:
        def take(match: re.Match) -> str:
            shared.setdefault(match[2], match[0])
            return ""

        inside = re.sub(r"<defs>(.*?)</defs>", lambda match: SHARED.sub(take, match[1]), drawing, flags=re.DOTALL)
        return inside.replace("xlink:href", "href")

    drawings = [taken_out(drawing) for drawing in drawings]
    names = {name: f"s{number}" for number, name in enumerate(shared)}

    def renamed(text: str) -> str:
        return re.sub(r'(id="|"#|url\(#)([\w-]+)', lambda match: match[1] + names.get(match[2], match[2]), text)

    page = re.sub(r"<!--figure (\d+)-->", lambda match: renamed(drawings[int(match[1])]), page)
    if not shared:
        return page
    unseen = 'aria-hidden="true" width="0" height="0" style="position: absolute"'
    begin = f"<svg {unseen}><defs>{renamed(''.join(shared.values()))}</defs></svg>"
    return re.sub(r"<body[^>]*>", lambda match: match[0] + begin, page, count=1)


def _box_tables(soup: BeautifulSoup) -> None:
    """Tables that are too wide scroll in boxes that the keyboard reaches; heads that are formulas get a name."""
    taken = set()
    for number, table in enumerate(soup.find_all("table"), start=1):
        caption = table.find("caption") or table.find_previous(["summary", "h2", "h3"])
        label = f"Table: {caption.get_text(' ', strip=True)}" if caption else "Table"
        label = f"{label} ({number})" if label in taken else label
        taken.add(label)
        table.wrap(soup.new_tag("div", attrs={"class": "wide", "role": "region", "tabindex": "0", "aria-label": label}))
        for head in table.find_all("th"):
            if head.find("math") and not "".join(part for part in head.find_all(string=True, recursive=False)).strip():
                name = soup.new_tag("span", attrs={"class": "unseen"})
                name.string = head.get_text(" ", strip=True)
                for formula in head.find_all("math"):
                    formula["aria-hidden"] = "true"
                head.insert(0, name)


def _number_figures(soup: BeautifulSoup, prefix: str) -> None:
    """Numbers that no other page has; links to `figure:NAME` get the number for their text."""
    numbers, count = {}, 0
    for mark in soup.select("b.number[data-figure]"):
        name = mark["data-figure"]
        if paper := OF_THE_PAPER.fullmatch(name):
            variant = f" ({GAPS.get(paper[2], paper[2].replace('_', ' '))})" if paper[2] else ""
            numbers[name] = f"Figure {paper[1]}{variant}"
        else:
            count += 1
            numbers[name] = f"Figure {prefix}{count}"
        mark.string = f"{numbers[name]}."
        mark.find_parent("figure")["id"] = slug(f"figure {name}")
        del mark["data-figure"]
    for link in soup.find_all("a", href=re.compile(r"^figure:")):
        name = link["href"].removeprefix("figure:")
        if name in numbers:
            link["href"], link.string = f"#{slug(f'figure {name}')}", link.get_text() or numbers[name]
        else:
            link.unwrap()


def _name_headings(soup: BeautifulSoup) -> None:
    """Every heading can be linked to; a list of those of the second level stands below the title."""
    taken = {tag["id"] for tag in soup.find_all(id=True) if not re.fullmatch("h[1-6]", tag.name)}
    sections = []
    for heading in soup.select("main :is(h1, h2, h3, h4)"):
        name = base = slug(heading.get_text()) or "section"
        count = 1
        while name in taken:
            count += 1
            name = f"{base}-{count}"
        taken.add(name)
        heading["id"] = name
        if heading.name == "h2":
            sections.append((name, heading))
    title = soup.select_one("main h1")
    if title is None or len(sections) < 3:
        return
    contents = soup.new_tag("nav", attrs={"class": "contents", "aria-label": "Contents"})
    for name, heading in sections:
        link = soup.new_tag("a", href=f"#{name}")
        link.string = heading.get_text()
        contents.append(link)
        contents.append("\n")
    title.insert_after(contents)
