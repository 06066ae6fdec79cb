"""Files that appear whole or not at all."""

from pathlib import Path


class replacing:
    """Context: a temporary file beside `path` that takes its place when all went well, and is removed otherwise.

    A killed process leaves it behind; its name is always the same, so that the next try takes it over.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        self.temporary = self.path.with_name(f".{self.path.name}.part")

    def __enter__(self) -> Path:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.temporary

    def __exit__(self, kind, *_):
        if kind is None:
            self.temporary.replace(self.path)
        else:
            self.temporary.unlink(missing_ok=True)
