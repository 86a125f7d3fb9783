"""What a folder's names say: which file is of which class, and in which part."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.datasets.text.notes import Note, shown
from engine.datasets.text.source import PATH, Place, Stamp
from engine.problems import Problem, ProblemError

PART_NAMES = {
    "train": 0, "training": 0, "val": 1, "valid": 1, "validation": 1, "dev": 1,
    "test": 2, "testing": 2,
}  # fmt: skip
_ABOUT = re.compile(r"(?i)(readme|licen[cs]e|copying|notice|changelog)\b.*")
_TABLES = (".csv", ".tsv", ".xlsx", ".parquet", ".jsonl", ".json")


@dataclass(frozen=True)
class Member:
    """One file: its class, its part (0 train, 1 val, 2 test), and whether each of its lines is a
    text or all of it is one."""

    stamp: Stamp
    label: str
    part: int
    lines: bool


@dataclass(frozen=True)
class Layout:
    """The files that hold texts; `divided` says whether the folders are parts."""

    members: tuple[Member, ...]
    divided: bool
    notes: tuple[Note, ...]


def layout_of(place: Place) -> Layout:
    """A file a class, or a folder a class, or parts of one of the two. Raises ProblemError."""
    notes = list(place.notes)
    paths = {stamp: _below(stamp) for stamp in place.files}
    used = {stamp: path for stamp, path in paths.items() if not _ABOUT.fullmatch(path[-1])}
    used = _descended(used)
    parts = _parts(used)
    members: list[Member] = []
    if parts:
        for name in sorted(parts, key=lambda name: (parts[name], name)):
            inside = {s: p[1:] for s, p in used.items() if len(p) > 1 and p[0] == name}
            members += _classes(inside, parts[name], notes)
        outside = [s for s, p in used.items() if len(p) == 1 or p[0] not in parts]
        said = "not in a train, val or test folder, not used"
        notes += [Note(each.name, said, lost=True) for each in outside]
    else:
        members = _classes(used, 0, notes)
    if not members:
        raise ProblemError(Problem(PATH, f"{shown(str(place.path))} holds no texts", _hint()))
    return Layout(tuple(members), bool(parts), tuple(notes))


def _hint() -> str:
    return "give each class a file with one text a line, or a folder of .txt files"


def _below(stamp: Stamp) -> tuple[str, ...]:
    return tuple(stamp.name.split("/"))


Paths = dict[Stamp, tuple[str, ...]]


def _descended(paths: Paths) -> Paths:
    """Without a folder that is alone and holds folders: archives unpack to such."""
    while paths and all(len(path) > 2 for path in paths.values()):
        if len({path[0] for path in paths.values()}) > 1:
            break
        paths = {stamp: path[1:] for stamp, path in paths.items()}
    return paths


def _parts(paths: Paths) -> dict[str, int]:
    """The folders that are parts: train, and another beside it."""
    first = {path[0] for path in paths.values() if len(path) > 1}
    found = {name: PART_NAMES[name.casefold()] for name in first if name.casefold() in PART_NAMES}
    if len(set(found.values())) < 2 and not (found and found.keys() == first and len(first) == 1):
        return {}
    if 0 not in found.values():
        names = " and ".join(sorted(found))
        hint = "name the folder with the texts to learn from train"
        raise ProblemError(Problem(PATH, f"There is {names}, but no train folder", hint))
    return found


def _classes(paths: Paths, part: int, notes: list[Note]) -> list[Member]:
    deeper = {stamp: path for stamp, path in paths.items() if len(path) > 1}
    if deeper:
        notes += [
            Note(stamp.name, "beside the folders of classes, not used", lost=True)
            for stamp, path in paths.items() if len(path) == 1
        ]  # fmt: skip
        return [Member(stamp, path[0], part, False) for stamp, path in deeper.items()]
    _check_tables(list(paths))
    labels = _labels([path[-1] for path in paths.values()])
    return [Member(stamp, label, part, True) for stamp, label in zip(paths, labels, strict=True)]


def _check_tables(files: list[Stamp]) -> None:
    tables = [stamp.name for stamp in files if stamp.name.lower().endswith(_TABLES)]
    if tables:
        sentence = f"The folder holds tables: {', '.join(map(shown, tables[:3]))}"
        raise ProblemError(Problem(PATH, sentence, "choose the file itself"))


def _labels(names: list[str]) -> list[str]:
    """The names of files without what is the same in all: `Irish.txt` is Irish, and of
    `rt-polarity.neg` and `rt-polarity.pos` the endings tell them apart."""
    stems = [name.rpartition(".")[0] or name for name in names]
    endings = [name.rpartition(".")[2] for name in names]
    if len(set(stems)) == len(stems):
        return stems
    return endings if len(set(endings)) == len(endings) else names
