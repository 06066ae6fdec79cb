"""What a run says of its products."""

from docutils.core import publish_doctree

from mfg_imitation.imitation.algorithm import ALGORITHMS
from workflow.lib.run import Run


def test_names_of_games_are_no_markup_in_captions():
    run = Run({"paper": {"game": "paper_"}})
    for figure in ("games/game_/flow", "figure_1"):
        caption = publish_doctree(run.caption(figure))
        assert ("game_" if "game_" in figure else "paper_") in caption.astext()
        assert {node.tagname for node in caption.findall()} == {"document", "paragraph", "#text"}


def test_nobody_starts_from_what_is_left_out_but_who_cannot_do_without(monkeypatch):
    def needy(demonstrations, game, starts):
        """It has no policy of its own to start from."""

    registry = dict(ALGORITHMS) | {"needy": ALGORITHMS["mfc_adv"]._replace(fit=needy)}
    monkeypatch.setattr("workflow.lib.run.ALGORITHMS", registry)
    run = Run({"imitation": {"games": {"sis": {"left_out": ["vanilla_adv"]}}}})
    assert run.starts("sir", "mfc_adv") == ["vanilla_adv"] and run.starts("sis", "mfc_adv") == []
    assert run.starts("sis", "needy") == ["vanilla_adv"] and run.starts("sis", "bc") == []
