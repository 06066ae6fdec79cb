"""Entries by name: a new capability is one file, and a decorator in it enters it.

A registry belongs to a package. At its first use it imports every module of that package, and each module enters what
it defines. So nothing has to be listed anywhere else: not in the package, not in the workflow, not in the report.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from mfg_imitation.errors import InputError, did_you_mean

Entry = TypeVar("Entry")


class Registry(Mapping[str, Entry]):
    """What the modules of a package enter, by name and in a fixed order.

    Args:
        package: full name of the package whose modules hold the entries.
        kind: what an entry is, in words; for messages.
        order: sorts (name, entry) pairs. What it leaves equal is in the order of the modules' names, and in a module in
            the order of its lines.
    """

    def __init__(self, package: str, kind: str, order: Callable[[tuple[str, Entry]], Any] = lambda item: 0):
        self.package, self.kind, self.order = package, kind, order
        self._entries: dict[str, Entry] = {}
        self._modules: dict[str, str] = {}
        self._complete = False

    def enter(self, name: str, entry: Entry, module: str) -> None:
        """Add an entry that `module` defines.

        Raises:
            ValueError: another module has entered this name.
        """
        if self._modules.get(name, module) != module:
            raise ValueError(f"the {self.kind} {name!r} is entered by {self._modules[name]} and by {module}")
        self._entries[name], self._modules[name] = entry, module

    def named(self, name: str) -> Entry:
        """The entry of this name.

        Raises:
            InputError: there is none; the message lists those that there are.
        """
        if name not in self:
            hint, allowed = did_you_mean(name, self), ", ".join(self) or "none"
            raise InputError(f"unknown {self.kind} {name!r}{hint}; allowed are {allowed}")
        return self[name]

    def module(self, name: str) -> str:
        """Full name of the module that holds an entry."""
        self._load()
        return self._modules[name]

    def __getitem__(self, name: str) -> Entry:
        self._load()
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(self._entries)

    def __len__(self) -> int:
        self._load()
        return len(self._entries)

    def _load(self) -> None:
        if self._complete:
            return
        self._complete = True  # a module may look at the registry while it is imported
        for module in sorted(pkgutil.iter_modules(importlib.import_module(self.package).__path__)):
            importlib.import_module(f"{self.package}.{module.name}")
        by_module = sorted(
            self._entries.items(), key=lambda item: self._modules[item[0]]
        )  # stable: lines stay in order
        self._entries = dict(sorted(by_module, key=self.order))
