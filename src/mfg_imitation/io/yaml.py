"""YAML without surprises, with one clear line for every mistake of syntax."""

import re
from pathlib import Path
from typing import Any

import yaml

from mfg_imitation.errors import InputError, one_line
from mfg_imitation.io.schema import key_path

_LARGEST = 200_000  # bytes; the parser takes a second or two for as many


def read_yaml(path: str | Path) -> Any:
    """Read a YAML file.

    Raises:
        InputError: bad syntax, a key written twice, or a value that reads as another one than a reader would think;
            the message names file, line, column and, of a value, its key.
    """
    try:
        if Path(path).stat().st_size > _LARGEST:
            raise InputError(f"{path}: is larger than {_LARGEST // 1000} kB: no configuration is")
        if not (Path(path).is_file() or Path(path).is_dir()):  # its reading might never end
            raise InputError(f"{path}: is a pipe or a device, not a file")
        return yaml.load(Path(path).read_text("utf-8"), Loader=_Loader)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text (byte {error.start})") from None
    except RecursionError:
        raise InputError(f"{path}: is nested too deeply") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        context = f" {error.context}" if error.context else ""
        if "'['" in str(error.problem) or "'{'" in str(error.problem):
            context += " (inside braces, an expression with brackets is quoted)"
        raise InputError(f"{path}:{mark.line + 1}:{mark.column + 1}: {error.problem}{context}") from None
    except yaml.YAMLError as error:
        raise InputError(f"{path}: is not YAML ({one_line(error)})") from None


class _Loader(yaml.SafeLoader):
    """YAML without surprises: a key written twice is an error, 1e-3 is a number, 010 and 1:30 are not, nothing is
    merged or multiplied."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            problem = f"the alias *{event.anchor} is not allowed: write its value out"
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        return super().compose_node(parent, index)

    def construct_document(self, node: yaml.Node) -> Any:
        self._check(node, ())
        return super().construct_document(node)

    def _check(self, node: yaml.Node, path: tuple) -> None:
        """Refuse what is not what it seems to be, in `node` or below."""
        if problem := self._problem(node):
            place = f"{key_path(path)}: " if path else ""
            raise yaml.constructor.ConstructorError(None, None, place + problem, node.start_mark)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self._check(key, path)
                self._check(value, (*path, str(key.value) if isinstance(key, yaml.ScalarNode) else "?"))
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self._check(item, (*path, index))

    def _problem(self, node: yaml.Node) -> str | None:
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        if not isinstance(node, yaml.ScalarNode):
            return None if kind == ("seq" if isinstance(node, yaml.SequenceNode) else "map") else _no_tag(node)
        text = node.value if len(node.value) <= 40 else f"{node.value[:37]}..."
        if kind == "merge":
            return "<< is not allowed: write its keys out"
        if kind == "timestamp":
            return f"{text} is a date: quote it"
        if kind in ("int", "float"):
            if ":" in node.value:
                return f"{text} would be a number in base 60: write it in base 10, or quote it"
            if re.fullmatch("[-+]?0[0-7_]+", node.value):
                return f"{text} would be a number in base 8: write it without the leading 0, or quote it"
        if kind == "value":
            return "= alone means nothing: quote it"
        if kind not in ("str", "int", "float", "bool", "null"):
            return _no_tag(node)
        try:
            self.construct_object(node)
        except Exception:  # PyYAML lets pass what Python raises at such a text
            return f"{text!r} cannot be read as {kind}"
        return None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        written = set()
        for key_node, _ in node.value:
            if isinstance(key_node, yaml.ScalarNode):
                if (key_node.tag, key_node.value) in written:
                    problem = f"the key {key_node.value!r} is written twice"
                    raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
                written.add((key_node.tag, key_node.value))
        return super().construct_mapping(node, deep=True)


def _no_tag(node: yaml.Node) -> str:
    return f"the tag {node.tag} is not allowed: leave it out"


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+\Z"), list("-+.0123456789")
)
