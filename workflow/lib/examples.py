"""The examples of the public functions, read from docs/examples.md."""

import re
from pathlib import Path

#: The name under which what all examples begin with is found.
BEGINNING = ""


def examples(file: str | Path) -> dict[str, str]:
    """Examples by the name of the function, and what all of them begin with under `BEGINNING`."""
    parts = re.split(r"^## (\w+)$", Path(file).read_text(encoding="utf-8"), flags=re.MULTILINE)
    names = [BEGINNING, *parts[1::2]]
    return {name: _code(text) for name, text in zip(names, parts[::2], strict=True)}


def _code(text: str) -> str:
    return re.search(r"```python\n(.*?)```", text, flags=re.DOTALL)[1]
