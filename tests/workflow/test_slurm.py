"""The workflow through Slurm, on a cluster of one node that the test starts: the same products, in few submissions.

Where Slurm's programs are missing, or the tests are not root's, these tests are skipped and say why.
"""

import re
import subprocess
import warnings
from pathlib import Path

import pytest
import yaml
from workflow_runs import REPOSITORY, SMOKE, copy, digests, snakemake

#: Something of every group of the profile, and long jobs that have a submission each.
ASKED = ("scorecard", "data/tables/imitators.csv", "data/tables/games.csv", "figure_1", "figure_2", "report/paper.html")

#: What the profile cannot know: this cluster keeps no accounts, and it answers at once.
PROFILE = ("--profile", "workflow/profiles/slurm", "--slurm-status-command", "squeue")
PROFILE += ("--slurm-init-seconds-before-status-checks", "1")


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def node():
    """Slurm on this machine, while these tests run."""
    script = ["bash", str(REPOSITORY / "tests/workflow/slurm_node.sh")]
    done = subprocess.run([*script, "start"], stderr=subprocess.PIPE, text=True, timeout=120)
    if done.returncode == 3:
        warnings.warn(f"NOTHING IS TESTED THROUGH SLURM. {done.stderr.strip()}", stacklevel=2)
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    yield
    subprocess.run([*script, "stop"], check=True, timeout=120)


@pytest.fixture(scope="module")
def through_slurm(node, smoke, tmp_path_factory) -> Path:
    """A copy of the repository in which most of the smoke configuration has been run through Slurm."""
    folder = copy(tmp_path_factory.mktemp("slurm") / "repository")
    done = snakemake(folder, *ASKED, *SMOKE, *PROFILE)
    (folder / "said.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    return folder


def test_every_short_job_is_in_a_group():
    texts = [file.read_text(encoding="utf-8") for file in (REPOSITORY / "workflow/rules").glob("*.smk")]
    rules = [rule for text in texts for rule in re.split(r"^rule ", text, flags=re.MULTILINE)[1:]]
    short = {
        rule.partition(":")[0]
        for rule in rules
        if "script:" in rule and "runtime=" not in rule and "localrule" not in rule
    }
    profile = yaml.safe_load((REPOSITORY / "workflow/profiles/slurm/config.yaml").read_text(encoding="utf-8"))
    assert short and short - set(profile["groups"]) == {"verify"}, "which is run alone"


def test_the_products_are_those_of_a_local_run(through_slurm, smoke):
    products = digests(through_slurm)
    assert {"data/tables/scorecard.csv", "figures/figure_1.pdf", "report/paper.html"} <= set(products)
    del products["report/paper.html"]  # which leads to those pages only that there are
    assert products.items() <= digests(smoke).items()
    noted = digests(through_slurm / "logs/digests")
    noted = {name: digest for name, digest in noted.items() if "paper.html" not in name}
    assert noted and noted.items() <= digests(smoke / "logs/digests").items(), "what was noted of every product, too"


def test_submissions_are_few_and_ask_for_what_their_rules_state(through_slurm):
    said = (through_slurm / "said.txt").read_text(encoding="utf-8")
    submitted = re.findall(r"SLURM jobid (\d+)", said)
    jobs = {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", said, flags=re.MULTILINE)}
    here = {"total", "configuration", *ASKED}  # and the tables that are offered: no submissions
    jobs = {rule: count for rule, count in jobs.items() if rule not in here and not rule.startswith("offered")}
    profile = yaml.safe_load((REPOSITORY / "workflow/profiles/slurm/config.yaml").read_text(encoding="utf-8"))
    short = sum(count for rule, count in jobs.items() if rule in profile["groups"])
    alone = sum(jobs.values()) - short
    assert short > alone > 0
    assert len(set(submitted)) <= alone + short / 3
    asked = {job["Comment"]: job for job in map(slurm_job, submitted)}
    sweep = asked["rule_sweep_wildcards_attractor"]
    assert (sweep["NumCPUs"], sweep["MinMemoryNode"], sweep["TimeLimit"]) == ("1", "3000M", "00:30:00")
    experts = asked["rule_experts_demonstrations_expert_game_summary"]  # of several games, one after another
    assert (experts["NumCPUs"], experts["MinMemoryNode"], experts["TimeLimit"]) == ("1", "3000M", "02:20:00")


def slurm_job(number: str) -> dict[str, str]:
    """What Slurm says of a job."""
    command = ["scontrol", "show", "job", "--oneliner", number]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(entry.split("=", 1) for entry in said.split() if "=" in entry)


def test_a_failed_job_is_named_with_its_log(through_slurm):
    table = through_slurm / "data/tables/properties.csv"
    table.write_bytes(table.read_bytes()[:-10])
    done = snakemake(
        through_slurm, "scorecard", *SMOKE, *PROFILE, "--retries", "0", "--forcerun", "scorecard", check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "logs/scorecard/scorecard.log" in said
    assert "data/tables/properties.csv: damaged" in said
