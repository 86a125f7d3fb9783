"""A person's word that a file of Python may run: given for its content, and kept by its hash.

Nothing here runs anything, or knows what the code is for.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine import paths
from engine.problems import Problem, ProblemError
from engine.runs.atomic import write_atomically
from engine.schema import Component, Section

LARGEST = 1_000_000
"""Bytes of a file that is run: more than that nobody has read."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Code:
    """A file of Python as it was read: exactly this content is shown, allowed and run."""

    path: Path
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash by which it is allowed."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def text(self) -> str:
        """What a person reads; no character of it is hidden by the others, and lines end where
        they end for Python."""
        shown = self.content.decode("utf-8-sig", errors="backslashreplace")
        shown = shown.replace("\r\n", "\n").replace("\r", "\n")
        return "".join(c if c.isprintable() or c in "\n\t" else _escaped(c) for c in shown)


@dataclass(frozen=True)
class NotAllowed(Problem):
    """The problem of a file that nobody has allowed to run; the window offers to look at it."""

    file: Path = Path()


def read(path: Path, where: str) -> Code:
    """The file as it is now, or as it is held. Raises ProblemError, at `where` in the recipe."""
    if path in _HELD.get():
        return _HELD.get()[path]
    try:
        if not path.is_file():
            raise ProblemError(Problem(where, f"There is no file {path}", "choose a .py file"))
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        sentence = f"{path} cannot be read: {error.strerror or error}"
        raise ProblemError(Problem(where, sentence, "check the file's permissions")) from None
    if len(content) > LARGEST:
        sentence = f"{path} is larger than {LARGEST:,} bytes"
        raise ProblemError(Problem(where, sentence, "put data into files of its own"))
    return Code(path, content)


@contextmanager
def held(codes: Iterable[Code]) -> Iterator[None]:
    """Within the block, and on its thread, these files are read as they were: a training goes on
    with what it began with while somebody edits the file."""
    token = _HELD.set({code.path: code for code in codes})
    try:
        yield
    finally:
        _HELD.reset(token)


def required(path: Path, where: str) -> Code:
    """The file, if it may run as it is now. Raises ProblemError, which says how to allow it."""
    code = read(path, where)
    if not is_allowed(code.sha256):
        raise ProblemError(not_allowed(code, where))
    return code


def not_allowed(code: Code, where: str) -> NotAllowed:
    """The problem of a file that may not run."""
    sentence = f"{code.path.name} is code, and nobody has allowed it to run as it is now"
    hint = f"read {code.path}; if you trust it, add --allow-code {code.sha256}"
    return NotAllowed(where, sentence, hint, code.path)


# --- Remembering ---------------------------------------------------------------------------------


def allowed(path: Path) -> bool:
    """Whether this file may run as it is now. Raises ProblemError when it cannot be read."""
    return is_allowed(read(path, "code").sha256)


def is_allowed(sha256: str) -> bool:
    """Whether a file with this hash may run."""
    return sha256 in _HERE.hashes or any(entry["sha256"] == sha256 for entry in _remembered())


def allow(path: Path, sha256: str) -> None:
    """Remember that this file may run, as it was when it had this hash.

    Raises ProblemError when the file is another by now, or it cannot be remembered.
    """
    if read(path, "code").sha256 != sha256:
        sentence = f"{path.name} was changed while it was looked at"
        raise ProblemError(Problem("code", sentence, "look at it again"))
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    entry = {"sha256": sha256, "path": str(path), "allowed": now}
    _write([*(e for e in _remembered() if e["sha256"] != sha256), entry])


def refuse(sha256: str) -> None:
    """Take the word back: a file with this hash may not run any more."""
    _HERE.hashes.discard(sha256)
    known = _remembered()
    left = [entry for entry in known if entry["sha256"] != sha256]
    if left != known:
        _write(left)


@contextmanager
def allowed_here(hashes: Sequence[str]) -> Iterator[None]:
    """Let files with these hashes run in this process and block, without remembering it.

    Raises ProblemError for what is no SHA-256.
    """
    wanted = [text.strip().lower() for text in hashes]
    for text in wanted:
        if not _SHA256.fullmatch(text):
            sentence = f"{text!r} is no SHA-256 hash"
            hint = "it has 64 digits and letters from a to f; the refusal prints it"
            raise ProblemError(Problem("--allow-code", sentence, hint))
    added = set(wanted) - _HERE.hashes
    _HERE.hashes |= added
    try:
        yield
    finally:
        _HERE.hashes -= added


_HELD: ContextVar[Mapping[Path, Code]] = ContextVar("held", default={})  # noqa: B039


class _Here:
    """What this process alone was allowed."""

    def __init__(self) -> None:
        self.hashes: set[str] = set()
        self.writing = threading.Lock()


_HERE = _Here()


def _file() -> Path:
    return paths.home() / "allowed-code.json"


def _remembered() -> list[dict[str, Any]]:
    """What was allowed; a damaged file allows nothing."""
    try:
        entries = json.loads(_file().read_text(encoding="utf-8"))["allowed"]
        return [entry for entry in entries if isinstance(entry["sha256"], str)]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def _write(entries: list[dict[str, Any]]) -> None:
    content = json.dumps({"version": 1, "allowed": entries}, indent=1)
    try:
        with _HERE.writing:
            _file().parent.mkdir(parents=True, exist_ok=True)
            write_atomically(_file(), content.encode())
    except OSError as error:
        sentence = f"{_file()} cannot be written: {error.strerror or error}"
        raise ProblemError(Problem("code", sentence, "make room, or check permissions")) from None


# --- The code of a recipe ------------------------------------------------------------------------


def own_code(recipe: Section) -> dict[str, Path]:
    """Every file of Python that the choices of a recipe run, by the place where it is named."""
    return dict(_own_code(recipe, ""))


def _own_code(value: Any, place: str) -> Iterator[tuple[str, Path]]:
    if isinstance(value, Component) and (path := value.own_code()):
        yield f"{place}.path", Path(path)
    if isinstance(value, Section):
        for name in type(value).model_fields:
            yield from _own_code(getattr(value, name), f"{place}.{name}" if place else name)
    elif isinstance(value, tuple | list):
        for number, item in enumerate(value):
            yield from _own_code(item, f"{place}.{number}")


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
