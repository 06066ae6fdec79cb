"""What a run says of its products."""

from docutils.core import publish_doctree

from workflow.lib.run import Run


def test_names_of_games_are_no_markup_in_captions():
    run = Run({"paper": {"game": "paper_"}})
    for figure in ("games/game_/flow", "figure_1"):
        caption = publish_doctree(run.caption(figure))
        assert ("game_" if "game_" in figure else "paper_") in caption.astext()
        assert {node.tagname for node in caption.findall()} == {"document", "paragraph", "#text"}
