"""Safe YAML in and out: numbers like 1e-4, no aliases, no duplicate keys, errors with a place."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from engine.problems import Problem, ProblemError

MAX_BYTES = 1_000_000
_DEEPEST = 100


class _Loader(yaml.SafeLoader):
    """SafeLoader with YAML 1.2's floats, and without what a recipe never needs."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases: nested ones grow without bound (the "billion laughs")."""
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not used here",
                                              event.start_mark)  # fmt: skip
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        """Refuse a key that stands twice: one of the two values would be lost silently."""
        seen = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is not a name", key_node.start_mark
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


# YAML 1.1 as PyYAML reads it takes 1e-4 for text and `no` for False; YAML 1.2 does not.
_FLOAT = re.compile(
    r"""^(?:[-+]?(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?
        |[-+]?\d[\d_]*[eE][-+]?\d+
        |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$""",
    re.VERBOSE,
)
_BOOL = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")
_INT = re.compile(r"^[-+]?(?:0|[1-9][\d_]*)$")
_NULL = re.compile(r"^(?:~|null|Null|NULL|)$")


def _resolve_like_yaml_1_2(cls: Any) -> None:
    cls.yaml_implicit_resolvers = {}
    cls.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOL, list("tTfF"))
    cls.add_implicit_resolver("tag:yaml.org,2002:int", _INT, list("-+0123456789"))
    cls.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789."))
    cls.add_implicit_resolver("tag:yaml.org,2002:null", _NULL, ["~", "n", "N", ""])


class _Dumper(yaml.SafeDumper):
    """SafeDumper that writes short lists on one line and knows the same numbers as the loader."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists below their key."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write an equal value again instead of an alias."""
        return True


_resolve_like_yaml_1_2(_Loader)
_resolve_like_yaml_1_2(_Dumper)


def _represent_list(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)


def _represent_float(dumper: yaml.SafeDumper, data: float) -> yaml.Node:
    text = repr(data)
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


# Only double quotes keep every line break but \n (other styles fold it into a space), and what is
# not printable. A block scalar keeps neither a leading space nor one at the end of a line.
_ESCAPED = re.compile(r"[^\x20-\x7e\n\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\U0010ffff]")
_NOT_BLOCK = re.compile(r"\A\s|[^\S\n](?:\n|\Z)")


def _represent_str(dumper: yaml.SafeDumper, data: str) -> yaml.Node:
    style = None
    if _ESCAPED.search(data):
        style = '"'
    elif "\n" in data and not _NOT_BLOCK.search(data):
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(list, _represent_list)
_Dumper.add_representer(float, _represent_float)
_Dumper.add_representer(str, _represent_str)


def parse(text: str, source: str = "recipe") -> Any:
    """Plain data from YAML text. Raises ProblemError with line and column."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506  _Loader is a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        sentence = f"The YAML cannot be read{place}: {error.problem or error.context}"
        raise ProblemError(Problem(source, sentence, "check indentation and colons")) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        sentence = (
            f"The YAML cannot be read: {str(error).splitlines()[0] if str(error) else error!r}"
        )
        raise ProblemError(Problem(source, sentence, "is it a text file?")) from None


def load(path: Path) -> Any:
    """Plain data from a YAML file. Raises ProblemError when it is missing or unreadable."""
    return parse(_text(path), str(path))


def glance(path: Path) -> dict[str, str]:
    """The texts and numbers of the first two levels by dotted path, as they are written.

    For a look into very many files: ten times as quick as `load`. Nothing is built from the
    content, so it needs none of the checks. Raises ProblemError when the file cannot be read.
    """
    found: dict[str, str] = {}
    keys: list[str | None] = []  # of each mapping that is open: the key whose value is next
    try:
        for event in yaml.parse(_text(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            _notice(event, keys, found)
            if len(keys) > _DEEPEST:
                raise yaml.YAMLError("it is nested too deeply")
    except yaml.YAMLError as error:
        first = str(error).splitlines()[0]
        raise ProblemError(Problem(str(path), f"The YAML cannot be read: {first}")) from None
    return found


def _notice(event: yaml.Event, keys: list[str | None], found: dict[str, str]) -> None:
    """Follow one event of a YAML stream. Lists are kept among the keys as one that is never set."""
    if isinstance(event, yaml.CollectionStartEvent):
        keys.append(None if isinstance(event, yaml.MappingStartEvent) else "[]")
        return
    if isinstance(event, yaml.CollectionEndEvent):
        keys.pop()
    elif not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
        return
    if not keys or keys[-1] == "[]":
        return
    text = event.value if isinstance(event, yaml.ScalarEvent) else None
    if keys[-1] is None:
        keys[-1] = "?" if text in (None, "[]") else text
    else:
        if text is not None and len(keys) <= 2:
            found[".".join(key or "" for key in keys)] = text
        keys[-1] = None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)  # it may be a device that never ends
    except OSError as error:
        hint = "check the name" if isinstance(error, FileNotFoundError) else ""
        sentence = f"The file cannot be read: {error.strerror or error}"
        raise ProblemError(Problem(str(path), sentence, hint)) from None
    if len(raw) > MAX_BYTES:
        raise ProblemError(Problem(str(path), "The file is too large for a recipe", "1 MB at most"))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ProblemError(
            Problem(str(path), "The file is not UTF-8 text", "save it as UTF-8")
        ) from None


def dump(data: Any, comment: str = "") -> str:
    """YAML text of plain data, in the given order; `comment` becomes its opening lines."""
    head = "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines())
    return head + yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
