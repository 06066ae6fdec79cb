"""What pages are told of figures."""

import json

from bs4 import BeautifulSoup

from mfg_imitation.report.page import about_figure


def test_titles_of_games_end_no_script_and_no_attribute():
    """Snakemake's own report holds the parameters of notebooks inside a script, as JSON and no more."""
    title = '"></script><script>alert(1)</script>'
    about = about_figure("games/maze/flow", lambda _: title, "attractor")
    assert "<" not in json.dumps(about) and about["table"] == "games/maze/flow"
    alt = BeautifulSoup(f'<img alt="{about["alt"]}">', "html.parser").img["alt"]
    assert alt == f"Population flow and rewards under the expert, {title}"
