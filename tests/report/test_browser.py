"""The report as its readers see it: the smoke configuration's pages in a real browser, without a network.

Needs Chromium (Debian: apt-get install chromium); without it these tests are skipped, and say so.
"""

import re
import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import Page, sync_playwright
from workflow_runs import REPOSITORY, SMOKE, snakemake

from mfg_imitation.engine.proxies import proxies_table
from mfg_imitation.equilibria.solve import expert
from mfg_imitation.figures.registry import entry_of
from mfg_imitation.figures.save import save_figure
from mfg_imitation.games.declaration import written_out
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import read_table, write_table
from mfg_imitation.report.page import about_figure
from mfg_imitation.studies.game_summary import flow_table, game_summary
from mfg_imitation.studies.other_equilibria import other_equilibria
from mfg_imitation.studies.policy import policy_table
from mfg_imitation.studies.slip_paths import paths
from workflow.lib.finishing import Beside
from workflow.lib.html_page import executed, html_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("NO CHROMIUM IS INSTALLED: THE REPORT IS NOT TESTED IN A BROWSER", allow_module_level=True)

TEMPLATE = REPOSITORY / "workflow/report/page"
PAGES = [
    *[f"report/{name}.html" for name in ("index", "paper", "theory", "imitation", "rewards", "noise", "explorer")],
    "report/noise/signal.html",
    *[f"report/games/{name}.html" for name in ("attractor", "sheltered_attractor")],
    "report/api/index.html",
    "figures/index.html",
]
#: Those that are made of a notebook.
NOTEBOOKS = PAGES[:-2]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """(URL, width) -> the page, loaded; afterwards nothing may have been logged, failed, or asked of a network."""
    context = browser.new_context(offline=True)
    trouble = []

    def opened(url: str, width: int = 1440) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.on("console", lambda message: trouble.append(message.text))
        page.on("dialog", lambda dialog: (trouble.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("requestfailed", lambda request: trouble.append(request.url[:200]))
        page.on(
            "request",
            lambda request: None if request.url.startswith(("file:", "data:")) else trouble.append(request.url),
        )
        page.goto(url, wait_until="load")
        return page

    yield opened
    context.close()
    assert trouble == []


@pytest.fixture
def visit(smoke, open_page):
    """(path, width) -> the smoke configuration's page."""
    return lambda path, width=1440: open_page((smoke / path).as_uri(), width)


def test_every_page_is_visited(smoke):
    pages = [*(smoke / "report").rglob("*.html"), *(smoke / "figures").rglob("*.html")]
    assert sorted(PAGES) == sorted(page.relative_to(smoke).as_posix() for page in pages)


@pytest.mark.parametrize("path", PAGES)
def test_links_and_images_work_and_have_words(visit, path):
    page = visit(path)
    assert page.title() and page.locator("h1").count() == 1
    for link in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
        if link.startswith("https:"):
            continue  # papers, and pdoc's own
        assert link.startswith("file:") and Path(link.removeprefix("file://").partition("#")[0]).is_file(), link
    page.eval_on_selector_all("img", "images => images.forEach(image => image.loading = 'eager')")
    page.wait_for_function("[...document.images].every(image => image.complete)")
    broken = "images => images.filter(i => !i.naturalWidth || !i.alt).map(i => i.outerHTML.slice(0, 200))"
    assert page.eval_on_selector_all("img[src]", broken) == []
    lost = "links => links.map(link => link.hash.slice(1)).filter(id => id && !document.getElementById(id))"
    assert page.eval_on_selector_all("a[href^='#']", lost) == []
    assert page.eval_on_selector_all("[id]", "all => all.length - new Set(all.map(one => one.id)).size") == 0


#: What is too wide for its box must scroll there, and take the focus.
CUT = """all => all.filter(one => {
    if (one.scrollWidth <= one.clientWidth + 1 || !one.clientWidth) return false;
    return !["auto", "scroll"].includes(getComputedStyle(one).overflowX) || one.tabIndex !== 0;
}).map(one => one.outerHTML.slice(0, 200))"""

#: Tables whose box does not reach all of them, or leaves the screen.
LOOSE = """tables => tables.filter(table => {
    const box = table.closest('.wide'), own = table.getBoundingClientRect(), its = box.getBoundingClientRect();
    return own.width > its.width + 1 && box.scrollWidth < own.width - 1 || its.left < -1 || its.right > innerWidth + 1;
}).length"""


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_screen_or_cut(visit, path):
    """At three widths: what is too wide scrolls in its own place, which the keyboard reaches; also what is folded."""
    page = visit(path)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for width in (1440, 768, 375):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(50)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.eval_on_selector_all(".wide, .picture, .formula, main p, main ul, main ol, pre", CUT) == []
        if path in NOTEBOOKS:
            assert page.eval_on_selector_all("main table", LOOSE) == 0


def test_text_in_figures_can_be_read_on_a_small_screen(visit):
    """A figure's text has 7 or 8 points; on the screen it is at least 9 pixels high, and the figure scrolls instead."""
    page = visit("report/games/attractor.html", 375)
    scale = "all => all.map(one => one.clientWidth / one.viewBox.baseVal.width)"
    assert min(page.eval_on_selector_all("figure .zoom svg", scale)) * 7 >= 9


@pytest.mark.parametrize(
    ("path", "scheme"), [*((path, "light") for path in PAGES), ("report/index.html", "dark"), (PAGES[7], "dark")]
)
def test_pages_are_accessible(smoke, browser, path, scheme):
    """Contrast, alternative texts, labels, headings and landmarks, as axe-core judges them."""
    context = browser.new_context(offline=True, color_scheme=scheme, viewport={"width": 375, "height": 900})
    page = context.new_page()
    page.goto((smoke / path).as_uri(), wait_until="load")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    violations = Axe().run(page).response["violations"]
    found = [(rule["id"], node["html"][:200], node["failureSummary"]) for rule in violations for node in rule["nodes"]]
    context.close()
    assert found == []


def test_every_page_leads_to_every_other_and_says_how_it_was_made(visit):
    for path in NOTEBOOKS:
        page = visit(path)
        names = page.eval_on_selector_all("header nav a", "links => links.map(link => link.textContent)")
        assert names == ["Start", "Paper", "Theory", "Imitation", "Rewards", "Noise", "Explorer", "Figures", "API"]
        assert page.locator(".note").inner_text().startswith("Smoke precision")
        commands = page.eval_on_selector_all("code", "all => all.map(code => code.textContent)")
        commands = [command for command in commands if command.startswith("snakemake --cores")]
        assert commands and all(
            re.search(r" --configfile config/\w+.yaml( --config |$)", command) for command in commands
        )
        assert page.locator("footer a[href$='configuration.yaml']").count() == 1


def test_figures_have_numbers_of_their_own(visit):
    numbers = {}
    for path in NOTEBOOKS:
        for number, figure in visit(path).eval_on_selector_all(
            "b.number", "all => all.map(one => [one.textContent, one.closest('figure').id])"
        ):
            assert number.startswith("Figure ") and numbers.setdefault(number, figure) == figure
    assert {"Figure 1.", "Figure 2 (Nash imitation gap).", "Figure T1.", "Figure attractor 1."} <= numbers.keys()


def test_figures_open_large_and_close_by_mouse_and_keyboard(visit):
    page = visit("report/paper.html")
    page.locator("figure .zoom").first.click()
    assert page.locator("dialog[open] svg").get_attribute("aria-label")
    page.locator("dialog[open] button").click()
    assert page.locator("dialog[open]").count() == 0
    page.locator("figure .zoom").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


#: Numbers as pages and users' Markdown write them, in their order; text comes last.
WRITTEN = [
    "−1,234",
    "−3.72",
    "-0.5",
    "0",
    "4.2 × 10⁻⁷",
    "10⁻³",
    "2.5%",
    "50 %",
    "0.75",
    "1",
    "12",
    "1 234",
    "3 × 10⁵",
    "10⁶",
    "a",
]


@pytest.fixture
def numbers_page(tmp_path) -> Path:
    """A page with a table of numbers in all formats, out of order."""
    shuffled = WRITTEN[7:] + WRITTEN[:7]
    table = "# Numbers\n\n| n |\n|---|\n" + "\n".join(f"| {text} |" for text in shuffled)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(table)])
    page = tmp_path / "numbers.html"
    page.write_text(html_page(notebook, TEMPLATE, "numbers.html", Beside()), encoding="utf-8")
    return page


def test_numbers_of_all_formats_sort_by_keyboard(numbers_page, open_page):
    page = open_page(numbers_page.as_uri())
    head = page.locator("th[aria-sort]")
    shown = "table => [...table.tBodies[0].rows].map(row => row.cells[0].textContent)"
    for order, expected in (("ascending", WRITTEN), ("descending", WRITTEN[::-1])):
        head.locator("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == order
        assert page.locator("table").evaluate(shown) == expected


def test_a_table_sorts_by_exact_values_filters_and_downloads(visit):
    page = visit("report/imitation.html")
    page.locator("summary", has_text="Imitators").click()
    box = page.locator(".wide", has=page.locator("th", has_text="objective")).first
    head = box.locator("th", has_text="Nash imitation gap")
    head.locator("button").click()
    exact = """head => [...head.closest('table').tBodies[0].rows].map(
        row => +row.cells[head.cellIndex].querySelector('data').value)"""
    values = head.evaluate(exact)
    assert head.get_attribute("aria-sort") == "ascending"
    assert (
        len(values) > 3
        and values == sorted(values)
        and any("×" in text for text in box.locator("td").all_inner_texts())
    )
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending" and head.evaluate(exact) == values[::-1]
    tools = box.locator("xpath=following-sibling::div[1]")
    tools.locator("input").fill("label noise")
    rows = box.locator("tbody tr:visible")
    assert 0 < rows.count() < len(values) and all("label noise" in text for text in rows.all_inner_texts())
    with page.expect_download() as download:
        tools.locator("button").click()
    assert len(Path(download.value.path()).read_text("utf-8").splitlines()) == rows.count() + 1


@pytest.mark.parametrize("slider", ["L_P", "H", "alpha"])
@pytest.mark.parametrize("path", ["report/explorer.html", "report/index.html"])
def test_the_explorer_follows_each_slider(visit, slider, path):
    page = visit(path)
    shown = "() => [...document.querySelectorAll('.explorer .value')].map(text => text.textContent)"
    axes = "() => [...document.querySelectorAll('.bars line')].map(line => line.getAttribute('x1'))"
    numbers, curve, ticks = (
        page.evaluate(shown),
        page.locator(".curves path").first.get_attribute("d"),
        page.evaluate(axes),
    )
    page.locator(f".sliders input[name={slider}]").press("Home")
    assert numbers and page.evaluate(shown) != numbers
    assert page.evaluate(axes) == ticks, "equal bars are equal numbers wherever the sliders stand"
    if slider != "alpha":
        assert page.locator(".curves path").first.get_attribute("d") != curve
    else:
        page.locator(".sliders input[name=alpha]").press("End")
        assert (
            "2" in page.evaluate(shown)
            and "1" in page.locator(".sliders label", has_text="slip").locator("output").inner_text()
        )


def test_the_first_page_answers_three_questions_with_one_click_each(visit):
    page = visit("report/index.html")
    for question in page.locator(".questions a").all():
        question.click()
        heading = page.locator(f"[id='{question.get_attribute('href')[1:]}']")
        assert heading.inner_text() == question.inner_text() and heading.is_visible()
    assert page.locator(".questions a").count() == 3 and page.locator(".beside svg").count() >= 5


def test_crowds_move_and_stop(visit):
    page = visit("report/index.html")
    play, slider = page.locator(".crowd button"), page.locator(".crowd input")
    slider.press("Home")
    places = "() => [...document.querySelectorAll('.crowd .dot')].map(dot => dot.style.transform)"
    before = page.evaluate(places)
    slider.press("End")
    assert play.inner_text() == "Play" and page.evaluate(places) != before
    play.click()
    assert play.inner_text() == "Pause"
    play.click()
    assert play.inner_text() == "Play"


def test_a_page_that_is_made_alone_has_no_dead_links(smoke, tmp_path):
    """Tables and the configuration come with it; other pages are not linked to."""
    folder = Path(shutil.copytree(smoke, tmp_path / "repository", symlinks=True))
    shutil.rmtree(folder / "report")
    (folder / "figures/index.html").unlink()
    snakemake(folder, "report/games/attractor.html", *SMOKE)
    page = folder / "report/games/attractor.html"
    links = {link["href"] for link in BeautifulSoup(page.read_text("utf-8"), "html.parser").find_all("a", href=True)}
    local = {link.partition("#")[0] for link in links if not link.startswith("https:")} - {""}
    assert any(link.endswith("flow.csv.zip") for link in local) and "../configuration.yaml" in local
    assert [link for link in sorted(local) if not (page.parent / link).is_file()] == []


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> tuple[dict, Path]:
    """What hostile.yaml says, and its page, made of its own tables and figures."""
    root = tmp_path_factory.mktemp("hostile")
    file = GameFile.read(Path(__file__).with_name("hostile.yaml"))
    game, place = file.load(), "games/hostile/"
    found = expert(game, {})
    record = found.convergence
    convergence = {"iteration": record.iterations, "exploitability": record.exploitability, "tolerance": 1e-6}
    alpha = {"linear": 3, "smallest": 0.1, "logarithmic": 2, "resolution": 1}
    others = other_equilibria(game, found.policy, random_starts=0, iterations=5, seed=0)
    tables = {
        f"{place}flow": flow_table(game, found),
        f"{place}policy": policy_table(game, found.policy),
        f"{place}other_equilibria": others,
        f"{place}paths": paths(file, game, found.policy, alpha, seed=0),
        f"{place}summary": game_summary(file, game, found, seed=0, starts=0, iterations=1),
        f"{place}convergence": pd.DataFrame(convergence),
        "proxies": proxies_table(),
    }
    for name, table in tables.items():
        write_table(root / f"data/tables/{name}.csv", table)
    figures = [f"{place}{kind}" for kind in ("diagram", "flow", "policy", "paths", "convergence")]
    for name in figures:
        entry, _ = entry_of(name)
        drawn_from = [written_out(file.declaration)] if entry.declaration else []
        drawn_from += [read_table(root / f"data/tables/{table.format(game='hostile')}.csv") for table in entry.tables]
        save_figure(entry.draw(*drawn_from, **entry.settings), [root / f"figures/{name}.svg"])
    parameters = {
        "root": str(root),
        "tables": list(tables),
        "figures": {name: about_figure(name, lambda _: file.declaration["title"], "hostile") for name in figures},
        "games": {"hostile": str(file.path)},
        "game": "hostile",
    }
    notebook = executed(str(REPOSITORY / "notebooks/game.ipynb"), parameters)
    page = root / "hostile.html"
    page.write_text(
        html_page(notebook, TEMPLATE, "games/hostile.html", Beside(made_with="the tests")), encoding="utf-8"
    )
    return file.declaration, page


def test_what_users_write_is_text_on_a_page(hostile, open_page):
    said, page = hostile[0], open_page(hostile[1].as_uri())
    own_programs = (TEMPLATE / "index.html.j2").read_text("utf-8").count("<script>")
    assert page.locator("script").count() == own_programs
    assert set(page.locator("math").all_text_contents()) <= {"LP", "Lr", "H"}, "the page's own formulas"
    handlers = "all => all.flatMap(one => one.getAttributeNames()).filter(name => name.startsWith('on'))"
    assert page.eval_on_selector_all("*", handlers) == []
    links = page.eval_on_selector_all("a[href]", "all => all.map(link => link.getAttribute('href'))")
    paper = "https://arxiv.org/abs/2306.14799"  # which the foot of every page names, too
    assert [to for to in links if ":" in to] == [paper, "https://example.org/k_(1)", paper]
    k, shown = said["parameters"]["k"], page.locator("main").inner_text()
    texts = [said["title"], said["source"], said["description"], k["symbol"], k["description"], said["states"][1]]
    assert [text for text in texts if text not in shown] == []
    assert page.title() == said["title"]
    assert all(
        said["title"] in alt for alt in page.eval_on_selector_all(".zoom svg", "all => all.map(i => i.ariaLabel)")
    )
