"""How the processes of a run begin and end."""

import os
import subprocess
import sys

from workflow_runs import REPOSITORY


def told(code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "workflow/lib/startup")}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    ).stdout


def test_folders_that_are_named_twice_are_looked_into_once(tmp_path):
    code = f"import sys; before = [*sys.path]; sys.path.extend([*before, {str(tmp_path)!r}, {str(tmp_path)!r}])"
    assert told(f"{code}; print(sys.path == [*before, {str(tmp_path)!r}])").strip() == "True"


def test_what_is_left_at_the_end_is_not_looked_through():
    code = "import atexit, gc; print(gc.get_freeze_count()); atexit._run_exitfuncs(); print(gc.get_freeze_count())"
    before, after = map(int, told(code).split())
    assert before == 0 < after
