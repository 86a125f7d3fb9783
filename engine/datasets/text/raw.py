"""Texts with their classes as they stand in the files, whatever the layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.datasets.table.charset import encoding_of, lines_of
from engine.datasets.table.options import Encoding
from engine.datasets.table.source import unreadable
from engine.datasets.text.layout import Member, layout_of
from engine.datasets.text.notes import Note, shown
from engine.datasets.text.options import Reading
from engine.datasets.text.source import PATH, Place, check_texts
from engine.problems import Problem, ProblemError

MOST_UNREADABLE = 0.05
MAX_CHARACTERS = 10_000_000
"""Of a file that is a single text."""


@dataclass(frozen=True, eq=False)
class RawTexts:
    """Texts, the class of each, its part (0 train, 1 val, 2 test), and whether parts were given.

    `where` names the option that is to be changed when the classes are no good.
    """

    texts: list[str]
    labels: list[str]
    parts: list[int]
    divided: bool = False
    notes: tuple[Note, ...] = ()
    where: str = PATH
    licence: str = ""

    @property
    def bytes(self) -> int:
        """What it takes in memory, about."""
        return sum(map(len, self.texts)) * 2 + 120 * len(self.texts)


@dataclass
class _Gathered:
    texts: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)

    def add(self, text: str, member: Member) -> None:
        self.texts.append(text)
        self.labels.append(member.label)
        self.parts.append(member.part)


def read_folder(place: Place, reading: Reading) -> RawTexts:
    """The texts of a folder. Raises ProblemError, also when too many files are unreadable."""
    layout = layout_of(place)
    found, failed = _Gathered(), []
    for member in layout.members:
        path = place.file(member.stamp)
        try:
            texts = _texts(path, reading.encoding, member.lines)
        except ProblemError as error:
            if member.lines:  # a whole class would be missing
                raise
            failed.append((member.stamp.name, error.problems[0].sentence))
            continue
        for text in texts:
            found.add(text, member)
        check_texts(len(found.texts), place.path)
    _check_unreadable(failed, len(layout.members), reading)
    skipped = tuple(Note(name, f"skipped: {reason}", lost=True) for name, reason in failed)
    notes = (*layout.notes, *skipped)
    return RawTexts(found.texts, found.labels, found.parts, layout.divided, notes)


def _texts(path: Path, wanted: Encoding, lines: bool) -> list[str]:
    """The texts of one file; raises ProblemError when it cannot be read."""
    try:
        encoding = encoding_of(path, wanted)
        if not lines:
            return [whole_text(path, encoding)]
        with path.open(encoding=encoding) as file:
            found: list[str] = []
            for line in lines_of(file, path, encoding):
                found.append(line.rstrip("\n"))
                check_texts(len(found), path)
            return found
    except OSError as error:
        raise ProblemError(unreadable(path, error)) from None


def whole_text(path: Path, encoding: str, most: int = MAX_CHARACTERS) -> str:
    """All of a file. Raises OSError, ProblemError when it is too long or of another encoding."""
    try:
        with path.open(encoding=encoding) as file:
            text = file.read(most + 1)
    except UnicodeError:
        sentence = f"{shown(path.name)} is not {encoding.removesuffix('-sig')}"
        hint = "choose the encoding that the file was written with, or auto"
        raise ProblemError(Problem("dataset.encoding", sentence, hint)) from None
    if len(text) > most:
        sentence = f"{shown(path.name)} has more than {most:,} characters"
        raise ProblemError(Problem(PATH, sentence, "take a part of it"))
    return text


def _check_unreadable(failed: list[tuple[str, str]], total: int, reading: Reading) -> None:
    if not failed:
        return
    strict = reading.unreadable == "error"
    if strict or len(failed) > MOST_UNREADABLE * total:
        raise ProblemError(too_many(len(failed), total, "files", failed[0][1], strict))


def too_many(count: int, total: int, what: str, first: str, strict: bool) -> Problem:
    """More of the files or rows cannot be read than are skipped."""
    sentence = f"{count:,} of {total:,} {what} cannot be read, the first: {first}"
    hint = "mend them, or set dataset.unreadable=skip" if strict else (
        f"mend or delete them; up to {MOST_UNREADABLE:.0%} are skipped"
    )  # fmt: skip
    return Problem("dataset.unreadable" if strict else PATH, sentence, hint)
