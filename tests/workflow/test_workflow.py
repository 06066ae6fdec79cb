"""The workflow as its users run it: what one real run of the smoke configuration made, then reruns.

What a rerun would do is read off `snakemake --dry-run`: it decides by the same rules and takes seconds.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from workflow_runs import REPOSITORY, SMOKE, digests, snakemake

from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.io.tables import read_table

#: The README's example of an algorithm.
ALGORITHM = re.search(r"^```python\n(# src.*?)^```$", (REPOSITORY / "README.md").read_text("utf-8"), re.M | re.S)[1]


def targets(folder: Path) -> set[str]:
    """The files that a run of everything asks for; one rule is forced, or nothing would be to do."""
    said = snakemake(folder, *SMOKE, "--dry-run", "--forcerun", "scorecard")
    inputs = re.search(r"^(?:local)?rule all:\n    input: (.*)$", said.stdout + said.stderr, flags=re.MULTILINE)[1]
    return set(inputs.split(", "))


def planned(folder: Path, *arguments: str) -> set[str]:
    """The rules that a run would execute, "all" aside."""
    said = snakemake(folder, *SMOKE, "--dry-run", *arguments)
    text = said.stdout + said.stderr
    assert "Exception" not in text, text
    table = re.search(r"^job +count\n-+ +-+\n(.*?)^total", text, flags=re.DOTALL | re.MULTILINE)
    if table is None:
        assert "Nothing to be done" in text, text
        return set()
    return {line.split()[0] for line in table[1].splitlines() if line.strip()} - {"all"}


def products(folder: Path, *arguments: str) -> set[str]:
    """The files that a run would make."""
    said = snakemake(folder, *SMOKE, "--dry-run", *arguments)
    outputs = re.findall(r"^    output: (.*)$", said.stdout + said.stderr, flags=re.MULTILINE)
    return {file for output in outputs for file in output.split(", ")}


@pytest.fixture(scope="module")
def run(smoke, tmp_path_factory) -> Path:
    """A copy of the repository in which the smoke configuration has been run; tests may edit it."""
    return Path(shutil.copytree(smoke, tmp_path_factory.mktemp("workflow") / "repository", symlinks=True))


def test_every_product_is_there(run):
    for name in ("figure_1", "figure_2_nash_imitation_gap", "figure_2_population_value_gap"):
        for suffix in ("pdf", "png", "svg"):
            assert (run / "figures" / f"{name}.{suffix}").stat().st_size > 1000
    card = read_table(run / "data/tables/scorecard.csv")
    assert set(card["verdict"]) <= {"holds", "fails", "not measured"}
    page = (run / "report/paper.html").read_text(encoding="utf-8")
    assert page.count('<svg role="img"') >= 3, "the figures are inside the page"
    fits = read_table(run / "data/tables/imitators.csv")
    assert {"status", "iterations", "certificate", "population_value_gap", "frozen_population_gap"} <= set(fits)
    assert {name for name, entry in ALGORITHMS.items() if not entry.variant_of} <= set(fits["algorithm"])


def test_every_link_of_the_report_leads_somewhere_in_it(run):
    pages = sorted((run / "report").rglob("*.html"))
    assert {"index.html", "paper.html", "theory.html", "imitation.html", "explorer.html", "attractor.html"} <= {
        page.name for page in pages
    }
    for page in pages:
        text = re.sub("<script.*?</script>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert "report:" not in text
        links = re.findall(r'(?:src|href)="([^"]*)"', text)
        assert links
        for link in links:
            if not link.startswith(("https:", "data:", "#")):
                assert (page.parent / link.partition("#")[0]).is_file(), (page, link)
        assert not re.search(r'<svg role="img" aria-label=""', text)
        assert "&amp;#" not in text, f"{page}: what stands for a mark is escaped once more"
    page = (run / "report/theory.html").read_text(encoding="utf-8")
    assert page.count('<svg role="img"') == 4
    assert page.count("<msub>") > 100 and "<msub></msub>" not in page and '"formula:' not in page
    verified = read_table(run / "data/tables/theory/steps.csv")
    assert (verified["violations"] == 0).all() and (verified["checks"] > 0).all()


def test_snakemakes_own_report_has_captions_categories_labels_and_the_graph(run, tmp_path):
    file = tmp_path / "report.zip"
    snakemake(run, *SMOKE, "--report", str(file))
    with zipfile.ZipFile(file) as archive:
        text = archive.read("report/report.html").decode()
        files = {name.removeprefix("report/") for name in archive.namelist()}

    def said(name: str) -> dict:
        return json.JSONDecoder().raw_decode(text.partition(f'<script id="{name}">')[2].partition("= ")[2])[0]

    results, categories = said("results"), said("categories")
    assert {"figures/figure_1.svg", "data/tables/scorecard.csv", "report/explorer.html"} <= results.keys()
    for name, result in results.items():
        assert result["caption"] and result["labels"] and result["data_uri"] in files, name
    assert {"Paper", "Games", "Tables", "Theory", "Imitation", "Pages"} <= categories.keys()
    assert {"attractor", "sheltered_attractor"} == categories["Games"].keys()
    rules = {node["rule"] for node in said("rulegraph")["data"][0]["values"]}
    assert {"sweep", "scorecard", "fit", "figure", "page"} <= rules
    assert not re.search(r'(?:src|href)="https?:', text), "it opens without a network"


def test_the_executed_notebook_has_run_to_its_end(run):
    notebook = nbformat.read(run / "report/notebooks/paper.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    assert not any(output.output_type == "error" for cell in cells for output in cell.outputs)


def test_a_second_run_does_nothing(run):
    assert planned(run) == set()


def test_every_product_is_asked_for(run):
    """So that what somebody deletes is made again."""
    assert targets(run) == set(digests(run))


def test_another_precision_is_another_run(run, monkeypatch):
    monkeypatch.setenv("JAX_ENABLE_X64", "off")
    assert {"expert", "sweep", "fit", "random_games"} <= planned(run)


def test_the_same_run_makes_the_same_bytes(run):
    before = digests(run)
    snakemake(run, *SMOKE, "--forcerun", "figure_1", "scorecard")  # and what depends on them
    assert digests(run) == before


@pytest.fixture
def undone(run):
    """Afterwards, every edited file is as it was; Snakemake judges small inputs by their content, and nothing reran."""
    edited: dict[Path, tuple[bytes, int]] = {}

    def edit(name: str, old: str, new: str) -> None:
        file = run / name
        edited[file] = file.read_bytes(), file.stat().st_mtime_ns
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    yield edit
    for file, (content, time) in edited.items():
        file.write_bytes(content)
        os.utime(file, ns=(time, time))


def test_an_edited_game_reruns_its_own_chain_only(run, undone):
    undone("config/games/sheltered_attractor.yaml", "value: 0.5", "value: 0.25")
    made = products(run)
    assert {file.split("/")[3] for file in made if file.startswith("data/tables/games/")} == {"sheltered_attractor"}
    assert {"report/paper.html", "report/games/sheltered_attractor.html"} <= made
    assert not made & {"figures/figure_1.png", "data/tables/properties.csv", "data/tables/scorecard.csv"}
    assert "data/experts/attractor.npz" not in made


GAMES = "data/tables/games"


def test_an_edited_module_reruns_what_depends_on_it(run, undone):
    """The digests of library_digest (test_library_digest.py says whose) are parameters of the rules."""
    undone("src/mfg_imitation/figures/diagram.py", '"""', '"""An edit. ')
    undone("src/mfg_imitation/imitation/linear_program.py", '"""', '"""An edit. ')
    made = products(run)
    assert {"figures/figure_1.png", "figures/games/attractor/diagram.svg", "report/paper.html"} <= made
    assert {f"{GAMES}/attractor/imitation/vanilla_adv.csv", "data/tables/imitators.csv"} <= made
    assert f"{GAMES}/attractor/imitation/mfc_adv.csv" in made, "which starts from vanilla-ADV"
    assert not made & {
        "figures/games/attractor/flow.png",
        "figures/figure_2_nash_imitation_gap.png",
        "data/tables/scorecard.csv",
        f"{GAMES}/attractor/imitation/bc.csv",
        "data/tables/theory/random_games.csv",
        "report/games/decoy.html",
    }


def test_a_new_algorithm_reruns_only_itself_and_what_reads_its_rows(run):
    file = run / "src/mfg_imitation/imitation/cautious.py"
    file.write_text(ALGORITHM, encoding="utf-8")
    try:
        made = products(run)
    finally:
        file.unlink()
    fitted = {file for file in made if "/imitation/" in file and file.startswith("data/tables/games/")}
    assert fitted == {f"{GAMES}/{game}/imitation/cautious.csv" for game in ("attractor", "sheltered_attractor")}
    assert {"data/tables/imitators.csv", "figures/imitation/matrix.png", "report/imitation.html"} <= made
    assert not made & {f"{GAMES}/attractor/sweep.csv", "data/tables/theory/theorems.csv", "report/paper.html"}


def test_one_changed_value_of_the_configuration_reruns_its_users(run):
    rules = planned(run, "--config", "seed=1")
    assert "properties" in rules and "sweep" not in rules


def test_every_item_has_a_target(run):
    words = [
        "figure_1",
        "figure_2",
        "scorecard",
        "paper",
        "theory",
        "imitation",
        "noise",
        "explorer",
        "games",
        "tables",
        "figures",
        "report",
        "api",
    ]
    assert planned(run, *words) == set()
    rules = snakemake(run, *SMOKE, "--list-rules").stdout
    assert all(re.search(r" \(.+\)$", line) for line in rules.splitlines() if re.match(r"\w+ ", line)), rules


def test_verify_names_every_altered_product(run):
    """Also one that keeps its date."""
    snakemake(run, "verify", *SMOKE)
    altered = [run / "data/tables/games.csv", run / "figures/figure_1.svg", run / "data/experts/attractor.npz"]
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in altered}
    for file, (content, time) in before.items():
        file.write_bytes(content[:-1])
        os.utime(file, ns=(time, time))
    done = snakemake(run, "verify", *SMOKE, check=False)
    for file, (content, time) in before.items():
        file.write_bytes(content)
        os.utime(file, ns=(time, time))
    said = re.findall(r"^(\S+): damaged or altered", done.stdout + done.stderr, flags=re.MULTILINE)
    assert done.returncode != 0 and sorted(said) == sorted(str(file.relative_to(run)) for file in altered)


def test_verify_names_the_number_that_moved(run):
    reference = run / "data/reference"
    reference.mkdir()
    try:
        file = Path(shutil.copy(run / "data/tables/scorecard.csv", reference))
        snakemake(run, "verify", *SMOKE)
        table = read_table(file)
        table.loc[4, "measured"] += 1
        table.to_csv(file, index=False)
        done = snakemake(run, "verify", *SMOKE, check=False)
        assert done.returncode != 0
        assert "data/tables/scorecard.csv: row 5 (" in done.stdout + done.stderr
        assert "column measured: was" in done.stdout + done.stderr
    finally:
        shutil.rmtree(reference)


def test_a_mistake_in_the_configuration_is_one_line_and_makes_nothing(tmp_path, run):
    """All kinds of mistakes are in test_config_checks.py; here one goes the whole way."""
    file = tmp_path / "mistake.yaml"
    file.write_text("sweep: {horizons: [5]}", encoding="utf-8")
    before = digests(run)
    done = snakemake(run, "--configfile", str(file), check=False)
    assert done.returncode != 0
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    told = [line for line in said if str(file) in line and "sweep.horizons is an unknown key" in line]
    assert len(told) == 1, said
    assert "Traceback" not in "".join(said)
    assert digests(run) == before


def test_a_mistake_in_a_game_stops_the_run_before_any_job(run, undone):
    undone("config/games/attractor.yaml", "transition_lipschitz * mu[s1]", "transition_lipschits * mu[s1]")
    done = snakemake(run, *SMOKE, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    of_snakemake = ("Using workflow specific profile", "Config file")
    ours = [line for line in said if not line.startswith(of_snakemake)]
    assert done.returncode != 0 and len(ours) == 1, said
    assert "config/games/attractor.yaml" in ours[0] and "transition_lipschits" in ours[0]


def test_another_workflow_takes_the_rules_as_a_module(run, tmp_path):
    """With the lines of the README, in a folder of its own, which gets the product."""
    lines = re.search(r"^```snakemake\n(.*?)^```$", (REPOSITORY / "README.md").read_text("utf-8"), re.M | re.S)[1]
    mine = 'rule mine:\n    default_target: True\n    input: "figures/figure_1.png"\n'
    (tmp_path / "Snakefile").write_text(f"{lines}\n{mine}", encoding="utf-8")
    shutil.copytree(REPOSITORY / "config", tmp_path / "config")
    os.symlink(run, tmp_path / "mfg-imitation")
    command = [sys.executable, "-m", "snakemake", "--cores", "2"]
    environment = {**os.environ, "PYTHONPATH": str(run / "src")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "figures/figure_1.png").read_bytes() == (run / "figures/figure_1.png").read_bytes()


def test_the_workflow_is_lint_free(run):
    assert "Congratulations" in (said := snakemake(run, "--lint")).stdout + said.stderr


def test_the_sources_are_formatted(run):
    for command in (
        ["snakefmt", "--check", "Snakefile", "workflow"],
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
    ):
        done = subprocess.run([sys.executable, "-m", *command], cwd=REPOSITORY, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_committed_notebooks_have_no_outputs():
    for file in sorted((REPOSITORY / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(file, as_version=4).cells:
            assert not cell.get("outputs") and not cell.get("execution_count"), file.name


def test_pins_are_hashed_and_name_no_index():
    texts = [(REPOSITORY / f"requirements{stage}.lock").read_text(encoding="utf-8") for stage in ("", "-test")]
    for text in texts:
        assert "--hash=sha256:" in text
        assert not [word for word in ("://", "--index-url", "--find-links") if word in text]
    users, tests = (dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)) for text in texts)
    assert users == users | {name: version for name, version in tests.items() if name in users}, "one version of each"
    asked = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    for_users = {*asked["project"]["dependencies"], *asked["project"]["optional-dependencies"]["workflow"]}
    for_tests = {*asked["dependency-groups"]["test"]}
    assert for_users <= users.keys() and for_tests <= tests.keys(), "make lock"
    assert not for_tests & users.keys(), "what only tests need is not installed for users"
    environment = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    assert pip == ["-r requirements.lock"], "conda users get the same pins"
