"""What a run is of: its games, algorithms, tables, figures and pages, as the configuration and the registries say."""

import hashlib
import importlib.metadata
import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

from mfg_imitation.data.declaration import DataSetFile
from mfg_imitation.data.fits import with_starts
from mfg_imitation.figures.registry import FIGURES, entry_of
from mfg_imitation.games.game_file import GameFile
from mfg_imitation.imitation.algorithm import ALGORITHMS
from mfg_imitation.report.page import PAGES, PageEntry, Reads, about_figure

#: The folder of the games' files.
GAMES = Path("config/games")

#: The family of the games that have a map of roads.
NETWORK = "road_network"
#: The folder of the data sets' files.
DATA_SETS = Path("config/data")

#: A game with more states than this is not drawn as a state diagram.
MOST_STATES = 8


class Run:
    """One run of the workflow, see `mfg_imitation.report.page.Run`.

    Attributes:
        config: the configuration.
        paper: the paper's game.
    """

    def __init__(self, config: Mapping[str, Any]):
        self.config, self._files, self._data_sets = config, {}, {}

    @property
    def paper(self) -> str:
        return self.config["paper"]["game"]

    @property
    def optimized(self) -> bool:
        """Whether XLA optimizes what it compiles."""
        return bool(self.config.get("optimize", True))

    @cached_property
    def known(self) -> list[str]:
        """Every game there is: the files are the register."""
        return sorted(file.stem for file in GAMES.glob("*.yaml"))

    def file(self, game: str) -> GameFile:
        """A game's file, read once."""
        if game not in self._files:
            self._files[game] = GameFile.read(GAMES / f"{game}.yaml")
        return self._files[game]

    def data_set(self, name: str) -> DataSetFile:
        """A data set's file, read once."""
        if name not in self._data_sets:
            self._data_sets[name] = DataSetFile.read(DATA_SETS / f"{name}.yaml")
        return self._data_sets[name]

    def files_of_game(self, data_set: str) -> list[str]:
        """The files of the game of a data set: its own, and the tables beside it."""
        game = self.data_set(data_set).game
        return [] if game is None else [path.as_posix() for path in (game.path, *game.tables)]

    def data_algorithms(self, data_set: str) -> list[str]:
        """The algorithms that are fitted to a data set."""
        return with_starts(self.data_set(data_set))

    def games(self, kind: str) -> list[str]:
        """The games of a kind, or the data sets; see `KINDS`."""
        return KINDS[kind](self)

    @property
    def comparisons(self) -> dict[str, str]:
        """The games that are compared with another one of this run, and with which."""
        pairs, here = self.config.get("comparisons", {}), set(self.games("selected"))
        return {game: other for game, other in pairs.items() if {game, other} <= here}

    def pair(self, game: str) -> tuple[str, str]:
        """A compared game, and the one that it is compared with."""
        return game, self.comparisons[game]

    def _of_game(self, game: str) -> dict[str, Any]:
        """What the configuration changes for the experiments in one game."""
        return self.config["imitation"].get("games", {}).get(game, {})

    def algorithms(self, game: str | None = None) -> list[str]:
        """The algorithms that are fitted in a game, or in any: those that the configuration names, else no variants."""
        if game is None:
            fitted = {name for game in self.games("imitated") for name in self.algorithms(game)}
            return [name for name in ALGORITHMS if name in fitted]
        no_variants = [name for name, entry in ALGORITHMS.items() if not entry.variant_of]
        here = self._of_game(game)
        chosen = {*self.config["imitation"].get("algorithms", no_variants), *here.get("variants", [])}
        return [name for name in ALGORITHMS if name in chosen - {*here.get("left_out", [])}]

    def starts(self, game: str, algorithm: str) -> list[str]:
        """Algorithms from whose policies one starts in a game: none that is left out there, if it can do without."""
        entry = ALGORITHMS[algorithm]
        left_out = self._of_game(game).get("left_out", []) if entry.starts_anywhere else []
        return [name for name in entry.starts_from if name not in left_out]

    def imitation_settings(self, game: str) -> dict[str, Any]:
        """The experiments in one game: what all games share, and what the configuration changes for this one."""
        common = ("experiments", "demonstrations", "seeds", "iterations")
        settings = {key: self.config["imitation"][key] for key in common} | self._of_game(game)
        for key in ("variants", "left_out"):
            settings.pop(key, None)
        chosen, every = settings["experiments"], self.config["imitation"]["experiments"]
        return settings | {"experiments": {name: spec for name, spec in every.items() if name in chosen}}

    def samples(self, game: str) -> dict[str, Any]:
        """What the demonstrations of one game are drawn by: arguments of `draw_samples`, and overrides of the game."""
        settings = self.imitation_settings(game)
        del settings["iterations"]
        return settings | {"demonstrations": max(settings["demonstrations"])}

    def fits(self, game: str) -> dict[str, Any]:
        """What an algorithm is fitted by: arguments of `imitators`, and overrides of the game."""
        settings = self.imitation_settings(game)
        del settings["seeds"]
        return settings

    def crowds(self, game: str) -> dict[str, Any]:
        """Whose populations are shown in one game: algorithms, experiment and demonstrations, and overrides."""
        chosen, settings = self.config["crowds"], self.imitation_settings(game)
        experiments = settings["experiments"]
        experiment = chosen["experiment"] if chosen["experiment"] in experiments else next(iter(experiments))
        return {
            "algorithms": [name for name in self.algorithms(game) if name in chosen["algorithms"]],
            "experiment": experiment,
            "demonstrations": max(settings["demonstrations"]),
            "overrides": settings.get("overrides", {}),
        }

    @cached_property
    def _figures(self) -> list[str]:
        names = []
        for pattern, entry in FIGURES.items():
            names += _each(pattern, self.games(entry.games)) if entry.games else [pattern]
        return names

    def figures(self, *patterns: str) -> list[str]:
        """The names of this run's figures that match any of the patterns; without patterns, all."""
        return [name for name in self._figures if not patterns or any(fnmatchcase(name, p) for p in patterns)]

    def drawn_from(self, figure: str) -> dict[str, list[str]]:
        """What a figure is drawn from: names of tables, and of games whose declarations are drawn."""
        entry, one = entry_of(figure)
        place = {"game": one, "data": one, "paper": self.paper}
        declaration = [entry.declaration.format(**place)] if entry.declaration else []
        return {"tables": [name.format(**place) for name in entry.tables], "games": declaration}

    def caption(self, figure: str) -> str:
        """What a figure shows, in a sentence or two of reStructuredText."""
        entry, one = entry_of(figure)
        # The name of a game or data set is an identifier: its underscores are all that could be taken for markup.
        one, paper = (name.replace("_", r"\_") for name in (one, self.paper))
        return entry.caption.format(game=one, data=one, paper=paper)

    @staticmethod
    def category(figure: str) -> tuple[str, str]:
        """Where Snakemake's own report shows a figure: category and subcategory."""
        folder, _, rest = figure.partition("/")
        one = rest.partition("/")[0] if "/" in rest else ""
        return (folder.capitalize(), one) if rest else ("Paper", "")

    def about_figures(self, names) -> dict[str, dict[str, str]]:
        """What a page has to know of each of these figures."""
        return {
            name: about_figure(name, lambda game: self.file(game).declaration["title"], self.paper) for name in names
        }

    def pages(self) -> list[str]:
        """The names of this run's pages."""
        names = []
        for pattern, entry in PAGES.items():
            names += _each(pattern, self.games(entry.games)) if entry.games else [pattern]
        return names

    def page(self, name: str) -> tuple[PageEntry, Reads]:
        """The entry of a page, and what it reads in this run."""
        if name in PAGES:
            return PAGES[name], PAGES[name].reads(self)
        folder, one = name.split("/")
        entry = PAGES[f"{folder}/{{data}}" if folder == "data" else f"{folder}/{{game}}"]
        return entry, entry.reads(self, one)

    def notebook(self, name: str) -> str:
        """The notebook of a page."""
        return self.page(name)[0].reads.__name__

    def notebook_parameters(self, name: str) -> dict[str, Any]:
        """What a page's notebook is told: what it may read, and its own parameters."""
        reads = self.page(name)[1]
        games = {game: (GAMES / f"{game}.yaml").as_posix() for game in reads.games}
        return {
            "tables": list(reads.tables),
            "figures": self.about_figures(reads.figures),
            "games": games,
            **reads.parameters,
        }

    def beside(self, name: str) -> dict[str, Any]:
        """What surrounds a page's notebook, see `workflow.lib.finishing.Beside`."""
        folder, _, one = name.partition("/")
        titles = [entry.title for entry in PAGES.values() if not entry.games]
        return {
            "pages": {f"{page}.html": entry.title for page, entry in PAGES.items() if not entry.games},
            "made_with": self.made_with(),
            "note": self.config.get("note", ""),
            "figures": f"{one.replace('_', ' ')}{' data' * (folder == 'data')} " if one else _initial(name, titles),
        }

    def offered_beside(self, page: str) -> list[str]:
        """The tables that readers of a page can download: all that it reads, and the numbers behind its figures."""
        reads = self.page(page)[1]
        drawn = [name for figure in reads.figures for name in self.drawn_from(figure)["tables"][:1]]
        return sorted({*reads.tables, *drawn})

    def offered_tables(self) -> list[str]:
        """The tables that readers of the report can download.

        Those of data sets come with the pages of these.
        """
        return sorted(name for name in self._offered if not name.startswith("data/"))

    def offered_together(self) -> list[list[str]]:
        """`offered_tables`, those that the same pages offer together."""
        groups = {}
        for name in self.offered_tables():
            groups.setdefault(tuple(self._offered[name]), []).append(name)
        return list(groups.values())

    @cached_property
    def _offered(self) -> dict[str, list[str]]:
        """The tables that are offered, and by which pages."""
        offered = {}
        for page in self.pages():
            for name in self.offered_beside(page):
                offered.setdefault(name, []).append(page)
        return offered

    def resolved(self) -> dict[str, Any]:
        """The configuration as plain data."""
        return json.loads(json.dumps(self.config))

    def made_with(self) -> str:
        """What made the report, for the foot of every page; nothing that differs from run to run."""
        packages = ("mfg-imitation", "jax", "numpy", "scipy", "pandas", "matplotlib", "snakemake")
        versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
        return f"Made with {versions}; seed {self.config['seed']}, configuration {self.digest}."

    @cached_property
    def digest(self) -> str:
        """Of the configuration."""
        return hashlib.sha256(json.dumps(self.config, sort_keys=True).encode()).hexdigest()[:12]


def _initial(page: str, titles: list[str]) -> str:
    """What the numbers of a page's figures begin with: as many letters of its title as no other page shares."""
    title = PAGES[page].title
    length = next(n for n in range(1, len(title) + 1) if [other[:n] for other in titles].count(title[:n]) == 1)
    return title[:length]


def _each(pattern: str, names: list[str]) -> list[str]:
    """A name with the place for a game, or a data set, for each of these."""
    return [pattern.format(game=name, data=name) for name in names]


def _selected(run: Run) -> list[str]:
    """The games that the configuration names, or all but those with common noise."""
    if "games" in run.config:
        return run.config["games"]
    return [game for game in run.known if not run.file(game).is_noisy]


def _declared(run: Run) -> list[str]:
    return [game for game in run.games("selected") if "states" in run.file(game).declaration]


#: The kinds of games: which games of a run have a diagram, a sweep, imitators, ...; and its data sets.
KINDS = {
    "selected": _selected,
    "noisy": lambda run: run.config["noise"]["games"],  # with common noise, of which all other kinds have none
    "declared": _declared,
    "networks": lambda run: [
        game for game in run.games("selected") if run.file(game).declaration.get("family") == NETWORK
    ],
    "compared": lambda run: list(run.comparisons),  # with another game
    "drawn": lambda run: [game for game in _declared(run) if len(run.file(game).declaration["states"]) <= MOST_STATES],
    "swept": lambda run: [game for game in run.games("selected") if run.file(game).knows_its_expert],
    "imitated": lambda run: run.config["imitation"].get("imitated", run.games("selected")),
    "explored": lambda run: run.config["explorer"]["games"],
    "studied": lambda run: run.config["theory"]["frontier"]["games"],
    "populated": lambda run: run.config["finite_populations"]["games"],
    "asked": lambda run: run.config["queries"]["games"],
    "rewarded": lambda run: sorted({case["game"] for case in run.config["rewards"]["cases"]}),
    "reviewed": lambda run: sorted({case["game"] for case in run.config["earlier_work"]["cases"]}),
    "data": lambda run: run.config.get("data_sets", []),
    "simulated": lambda run: sorted({case["game"] for case in run.config["unknown_kernel"]["cases"]}),
}
