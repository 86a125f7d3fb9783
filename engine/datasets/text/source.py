"""Where texts are: one file, or the files of a folder, as they are now; and what is too much."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.datasets.table.source import unreadable
from engine.datasets.text.notes import Note, shown
from engine.problems import Problem, ProblemError, closest

PATH = "dataset.path"
MAX_BYTES = 500_000_000
"""Bytes of all files together."""
MAX_FILES = 200_000
MAX_TEXTS = 2_000_000
"""Rows of a table, or lines of all files together, of which each takes memory."""
DEEPEST = 8
"""Folders within folders that are looked into."""
_REFUSED = frozenset(
    [".zip", ".gz", ".tar", ".tgz", ".7z", ".rar", ".bz2", ".xz", ".pdf", ".doc", ".docx", ".odt",
     ".rtf", ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".mp3", ".wav", ".mp4", ".exe",
     ".pyc", ".so", ".pt", ".pkl", ".ckpt"]
)  # fmt: skip
_ARCHIVES = frozenset([".zip", ".gz", ".tar", ".tgz", ".7z", ".rar", ".bz2", ".xz"])


@dataclass(frozen=True)
class Stamp:
    """A file below the path (empty: the path itself) and what changes when its content does."""

    name: str
    size: int
    changed: tuple[int, int]


@dataclass(frozen=True)
class Place:
    """The files of a path in the order of their names; an empty `files` is a sample's."""

    path: Path
    folder: bool
    files: tuple[Stamp, ...]
    notes: tuple[Note, ...] = ()

    def file(self, stamp: Stamp) -> Path:
        """Where one of the files is."""
        return self.path / stamp.name if stamp.name else self.path


def look(path: Path, suffixes: frozenset[str] | None = None) -> Place:
    """What is at a path now; of a folder only files with one of the suffixes, if any are given.

    Raises ProblemError: not there, unreadable, empty, an archive, or too much.
    """
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise ProblemError(_absent(path)) from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise ProblemError(unreadable(path, error)) from None
    if stat.S_ISDIR(status.st_mode):
        place = _Walk(path, suffixes).place()
    elif stat.S_ISREG(status.st_mode):
        _check_kind(path)
        place = Place(path, False, (_stamp("", status),))
    else:
        raise ProblemError(Problem(PATH, f"{path} is not a file", "choose a file or a folder"))
    _check_size(place)
    return place


def _stamp(name: str, status: os.stat_result) -> Stamp:
    return Stamp(name, status.st_size, (status.st_mtime_ns, status.st_ctime_ns))


def _check_kind(path: Path) -> None:
    if path.suffix.lower() in _REFUSED:
        what = "an archive" if path.suffix.lower() in _ARCHIVES else "not a text file"
        hint = "unpack it first" if what == "an archive" else "save it as plain text or CSV"
        raise ProblemError(Problem(PATH, f"{path.name} is {what}", hint))


def _check_size(place: Place) -> None:
    total = sum(stamp.size for stamp in place.files)
    if total > MAX_BYTES:
        sentence = f"{shown(place.path.name)} has {total / 1e6:,.0f} MB of text, and at most "
        hint = "take a part of it"
        raise ProblemError(Problem(PATH, f"{sentence}{MAX_BYTES / 1e6:,.0f} MB are read", hint))
    if not total:
        what = "no text files" if place.folder else "no text: the file is empty"
        sentence = f"{shown(str(place.path))} holds {what}"
        raise ProblemError(Problem(PATH, sentence, "choose another file or folder"))


def check_texts(count: int, path: Path) -> None:
    """Raise ProblemError when so many texts, of a file or folder, are too many."""
    if count > MAX_TEXTS:
        sentence = f"{shown(path.name)} has more than {MAX_TEXTS:,} texts, which is the most"
        raise ProblemError(Problem(PATH, sentence, "take a part of it"))


def _absent(path: Path) -> Problem:
    sentence = f"There is no file or folder {shown(str(path))}"
    try:
        beside = {entry.name.lower(): entry.name for entry in path.parent.iterdir()}
    except OSError:
        return Problem(PATH, sentence, f"there is no folder {shown(str(path.parent))} either")
    near = closest(path.name, beside)
    return Problem(PATH, sentence, f"did you mean {beside[near]!r}?" if near else "check the path")


class _Walk:
    """Goes through a folder once; a link to a folder that was seen already leads nowhere new."""

    def __init__(self, root: Path, suffixes: frozenset[str] | None) -> None:
        self._root = root
        self._suffixes = suffixes
        self._seen: set[tuple[int, int]] = set()
        self._notes: list[Note] = []
        self._files: list[Stamp] = []

    def place(self) -> Place:
        """All files, in an order that does not depend on the disk. Raises ProblemError."""
        try:
            self._enter("", 0)
        except OSError as error:
            raise ProblemError(unreadable(self._root, error)) from None
        files = sorted(self._files, key=lambda stamp: stamp.name)
        return Place(self._root, True, tuple(files), tuple(self._notes))

    def _enter(self, folder: str, depth: int) -> None:
        path = self._root / folder if folder else self._root
        status = path.stat()
        if (status.st_dev, status.st_ino) in self._seen:
            self._notes.append(Note(folder, "a link to a folder that is here already", lost=True))
            return
        self._seen.add((status.st_dev, status.st_ino))
        if depth > DEEPEST:
            said = f"more than {DEEPEST} folders deep, not looked into"
            self._notes.append(Note(folder, said, lost=True))
            return
        for entry in _entries(path):
            name = f"{folder}/{entry.name}" if folder else entry.name
            self._take(entry, name, depth)

    def _take(self, entry: os.DirEntry[str], name: str, depth: int) -> None:
        try:
            status = entry.stat()
            if stat.S_ISDIR(status.st_mode):
                self._enter(name, depth + 1)
            elif stat.S_ISREG(status.st_mode) and self._is_wanted(entry.name):
                self._files.append(_stamp(name, status))
        except OSError as error:  # a link to itself or to nothing, a folder without permission
            reason = "a link that leads nowhere" if entry.is_symlink() else error.strerror
            self._notes.append(Note(name, f"not read: {reason}", lost=True))
        if len(self._files) > MAX_FILES:
            sentence = f"{shown(str(self._root))} holds more than {MAX_FILES:,} files"
            raise ProblemError(Problem(PATH, sentence, "choose a folder with fewer"))

    def _is_wanted(self, name: str) -> bool:
        suffix = os.path.splitext(name)[1].lower()
        return suffix not in _REFUSED if self._suffixes is None else suffix in self._suffixes


def _entries(path: Path) -> Iterator[os.DirEntry[str]]:
    """What is in a folder by name, real folders before links: it is a link that is left out."""
    with os.scandir(path) as found:
        entries = [entry for entry in found if not entry.name.startswith((".", "__MACOSX"))]
    return iter(sorted(entries, key=lambda entry: (entry.is_symlink(), entry.name)))
