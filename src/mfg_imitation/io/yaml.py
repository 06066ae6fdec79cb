"""YAML without surprises, with one clear line for every mistake of syntax."""

import re
from pathlib import Path
from typing import Any

import yaml

from mfg_imitation.errors import InputError, one_line

_LARGEST = 200_000  # bytes; the parser takes a second or two for as many


def read_yaml(path: str | Path) -> Any:
    """Read a YAML file. `InputError` names file, line and column of bad syntax and of a key written twice."""
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
    """YAML without surprises: a key written twice is an error, 1e-3 is a number, and no alias multiplies."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            problem = f"the alias *{event.anchor} is not allowed: write its value out"
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        written = set()
        for key_node, _ in node.value:
            if isinstance(key_node, yaml.ScalarNode):
                if (key_node.tag, key_node.value) in written:
                    problem = f"the key {key_node.value!r} is written twice"
                    raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
                written.add((key_node.tag, key_node.value))
        return super().construct_mapping(node, deep=True)


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+$"), list("-+.0123456789")
)
