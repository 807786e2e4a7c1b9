"""Forms in files: YAML or JSON, read so that nothing of what was written is changed or lost.

Numbers and dates of YAML stay the text they are: “007” is a body label, “1987-05” a month. A key that stands twice is an error.
What cannot be read is told by line, never by its content.
"""

import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from kintrace.errors import FormError

MOST_BYTES = 1_000_000
_TODO = "See docs/cards.md for an example."


class _Loader(yaml.SafeLoader):
    """YAML without aliases, and with no other kinds than text, yes or no, nothing, lists and tables."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise FormError("The form uses an alias (*), which is not read.", "Nothing was kept.", "Write it out.")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        _once(keys)
        return super().construct_mapping(node, deep)


_PLAIN = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:null")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in _PLAIN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_form(path: Path) -> Any:
    """What a form says.

    Args:
        path: a file of at most 1 MB; JSON where its name ends so, else YAML.

    Raises:
        FormError: it cannot be read.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FormError("The form is larger than 1 MB.", "Nothing was kept.", "Is it the right file?")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise FormError(f"{path} cannot be opened ({problem.strerror}).", "Nothing was kept.") from problem
    except UnicodeDecodeError as problem:
        raise FormError(f"{path} is not UTF-8 text.", "Nothing was kept.", "Save it as UTF-8.") from problem
    try:
        if path.suffix.lower() == ".json":
            return _numbered(json.loads(text, object_pairs_hook=_table, parse_int=str, parse_float=str))
        return _numbered(yaml.load(text, Loader=_Loader))  # noqa: S506 - made from SafeLoader
    except json.JSONDecodeError as problem:
        raise _unreadable(path, problem.lineno) from None
    except yaml.MarkedYAMLError as problem:
        raise _unreadable(path, problem.problem_mark.line + 1 if problem.problem_mark else None) from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        raise _unreadable(path, None) from None


def _unreadable(path: Path, line: int | None) -> FormError:
    where = f" at line {line}" if line else ""
    return FormError(f"{path} cannot be read as a form{where}.", "Nothing was kept.", _TODO)


def _once(keys: list[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise FormError(
                f"The key “{key[:40]}” stands twice in one table.", "Nothing was kept.", "Keep one of them."
            )
        seen.add(key)


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _once([key for key, _ in pairs])
    return dict(pairs)


def _numbered(form: Any) -> Any:
    """The one value that is a number: which face of a photo."""
    photos = form.get("photos") if isinstance(form, dict) else None
    for photo in photos if isinstance(photos, list) else ():
        if isinstance(photo, dict) and str(photo.get("face", "")).isdigit():
            photo["face"] = int(photo["face"])
    return form
