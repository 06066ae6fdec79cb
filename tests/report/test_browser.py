"""The report as its readers see it: the smoke configuration's pages in a real browser, without a network.

Needs Chromium (Debian: apt-get install chromium); without it these tests are skipped, and say so.
"""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright
from workflow_runs import REPOSITORY

from mfg_imitation.engine.proxies import proxies_table
from mfg_imitation.equilibria.solve import expert
from mfg_imitation.figures.registry import entry_of
from mfg_imitation.figures.save import save_figure
from mfg_imitation.games.declaration import written_out
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.io.tables import read_table, write_table
from mfg_imitation.report.page import about_figure
from mfg_imitation.studies.game_summary import flow_table, game_summary
from mfg_imitation.studies.slip_paths import paths
from workflow.lib.html_page import executed, html_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("NO CHROMIUM IS INSTALLED: THE REPORT IS NOT TESTED IN A BROWSER", allow_module_level=True)

TEMPLATE = REPOSITORY / "workflow/report/page"
PAGES = [
    *[f"report/{name}.html" for name in ("index", "paper", "theory", "imitation", "rewards", "noise", "explorer")],
    "report/noise/signal.html",
    *[f"report/games/{name}.html" for name in ("attractor", "sheltered_attractor")],
    "figures/index.html",
]


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
        assert link.startswith("file:") and Path(link.removeprefix("file://").partition("#")[0]).is_file(), link
    page.eval_on_selector_all("img", "images => images.forEach(image => image.loading = 'eager')")
    page.wait_for_function("[...document.images].every(image => image.complete)")
    broken = "images => images.filter(i => !i.naturalWidth || !i.alt).map(i => i.outerHTML.slice(0, 200))"
    assert page.eval_on_selector_all("img[src]", broken) == []


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_the_screen(visit, path, width):
    page = visit(path, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible(visit, path):
    """Contrast, alternative texts, labels, headings and landmarks, as axe-core judges them."""
    violations = Axe().run(visit(path, 375)).response["violations"]
    found = [(rule["id"], node["html"][:200], node["failureSummary"]) for rule in violations for node in rule["nodes"]]
    assert found == []


def test_every_page_leads_to_every_other(visit):
    for path in PAGES[:-1]:
        page = visit(path)
        names = page.eval_on_selector_all("nav a", "links => links.map(link => link.textContent)")
        assert names == ["Start", "Paper", "Theory", "Imitation", "Rewards", "Noise", "Explorer"]


def test_figures_open_large_and_close(visit):
    page = visit("report/paper.html")
    page.locator("figure img").first.click()
    assert page.locator("dialog[open] img").get_attribute("alt")
    page.locator("dialog[open]").click()
    assert page.locator("dialog[open]").count() == 0


def test_a_click_on_a_head_sorts_its_table(visit):
    page = visit("report/index.html")
    head = page.locator("th[aria-sort]", has_text="measured").first
    column = """head => [...head.closest('table').tBodies[0].rows].map(
        row => parseFloat(row.cells[head.cellIndex].textContent))"""
    for order, reverse in (("ascending", False), ("descending", True)):
        head.click()
        assert head.get_attribute("aria-sort") == order
        numbers = [number for number in head.evaluate(column) if number is not None]
        assert len(numbers) > 3 and numbers == sorted(numbers, reverse=reverse)


@pytest.mark.parametrize("slider", ["L_P", "H", "log_alpha"])
def test_the_explorer_follows_each_slider(visit, slider):
    page = visit("report/explorer.html")
    shown = "() => [...document.querySelectorAll('#explorer .mark-text text')].map(text => text.textContent)"
    page.wait_for_selector("#explorer .mark-line path")
    numbers, curve = page.evaluate(shown), page.locator("#explorer .mark-line path").first.get_attribute("d")
    assert numbers
    page.locator(f"#sliders input[name={slider}]").press("End")
    page.wait_for_function(
        f"before => JSON.stringify(({shown})()) !== before", arg=page.evaluate("JSON.stringify", numbers)
    )
    if slider != "log_alpha":
        assert page.locator("#explorer .mark-line path").first.get_attribute("d") != curve
    else:  # alpha is 1
        assert "2" in page.evaluate(shown)


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
    tables = {
        f"{place}flow": flow_table(game, found),
        f"{place}paths": paths(file, game, found.policy, alpha, seed=0),
        f"{place}summary": game_summary(file, game, found, seed=0, starts=0, iterations=1),
        f"{place}convergence": pd.DataFrame(convergence),
        "proxies": proxies_table(),
    }
    for name, table in tables.items():
        write_table(root / f"data/tables/{name}.csv", table)
    figures = [f"{place}{kind}" for kind in ("diagram", "flow", "paths", "convergence")]
    for name in figures:
        entry, _ = entry_of(name)
        drawn_from = [written_out(file.declaration)] if entry.declaration else []
        drawn_from += [read_table(root / f"data/tables/{table.format(game='hostile')}.csv") for table in entry.tables]
        save_figure(entry.draw(*drawn_from, **entry.settings), [root / f"figures/{name}.png"])
    parameters = {
        "root": str(root),
        "tables": list(tables),
        "figures": {name: about_figure(name, lambda _: file.declaration["title"], "hostile") for name in figures},
        "games": {"hostile": str(file.path)},
        "game": "hostile",
    }
    notebook = executed(str(REPOSITORY / "notebooks/game.ipynb"), parameters)
    page = root / "hostile.html"
    page.write_text(html_page(notebook, TEMPLATE, "games/hostile.html", {}, "the tests"), encoding="utf-8")
    return file.declaration, page


def test_what_users_write_is_text_on_a_page(hostile, open_page):
    said, page = hostile[0], open_page(hostile[1].as_uri())
    own_programs = (TEMPLATE / "index.html.j2").read_text("utf-8").count("<script>")
    assert page.locator("script").count() == own_programs and page.locator("math").count() == 0
    handlers = "all => all.flatMap(one => one.getAttributeNames()).filter(name => name.startsWith('on'))"
    assert page.eval_on_selector_all("*", handlers) == []
    links = page.eval_on_selector_all("a[href]", "all => all.map(link => link.getAttribute('href'))")
    assert [to for to in links if ":" in to] == ["https://arxiv.org/abs/2306.14799", "https://example.org/k_(1)"]
    k, shown = said["parameters"]["k"], page.locator("main").inner_text()
    texts = [said["title"], said["source"], said["description"], k["symbol"], k["description"], said["states"][1]]
    assert [text for text in texts if text not in shown] == []
    assert page.title() == said["title"]
    assert all(said["title"] in alt for alt in page.eval_on_selector_all("main img", "all => all.map(i => i.alt)"))
