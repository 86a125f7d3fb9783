"""What the folders say: which pictures are used, of which class, and in which part."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.datasets.image_folder import problems
from engine.datasets.image_folder.listing import Listing
from engine.datasets.image_folder.notes import Note, shown
from engine.facts import Task
from engine.problems import ProblemError

PARTS = ("train", "val", "test")
_PART_NAMES = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val",
    "test": "test", "testing": "test",
}  # fmt: skip

Row = tuple[float, ...]
Target = int | Row
"""A class number, or a value for each label or number to predict."""


@dataclass(frozen=True)
class Layout:
    """The pictures that are used, and what is known of each.

    `files` are relative to the root; `targets` the class number of each, or its labels or values
    as `names` calls them; `parts` the index in PARTS of each, 0 where nobody divided them.
    """

    root: Path
    files: tuple[str, ...]
    targets: tuple[Target, ...]
    parts: tuple[int, ...]
    names: tuple[str, ...]
    task: Task
    notes: tuple[Note, ...] = ()

    def has(self, part: str) -> bool:
        """Whether this part is given, not cut from the training pictures."""
        return PARTS.index(part) in self.parts

    def count(self, part: str) -> int:
        """How many pictures are in a given part."""
        return self.parts.count(PARTS.index(part))


class Tree:
    """The folders of a listing, from the one in which classes or parts are to be found."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.base = ""
        self._below = Counter(
            folder for name in listing.pictures for folder in _folders_above(name)
        )
        self._direct = Counter(name.rpartition("/")[0] for name in listing.pictures)
        self._children: dict[str, list[str]] = {}
        for folder in sorted(listing.folders):
            if folder:
                self._children.setdefault(folder.rpartition("/")[0], []).append(folder)

    def children(self, folder: str) -> list[str]:
        """The folders directly in a folder that hold pictures, at any depth."""
        return [child for child in self._children.get(folder, ()) if self._below[child]]

    def empty(self, folder: str) -> list[str]:
        """The folders directly in a folder that hold none."""
        return [child for child in self._children.get(folder, ()) if not self._below[child]]

    def direct(self, folder: str) -> int:
        """How many pictures lie in a folder itself."""
        return self._direct[folder]

    def descend(self) -> None:
        """Go into a folder that is alone and holds folders: archives unpack to such."""
        while not self.direct(self.base):
            inside = self.children(self.base)
            if len(inside) != 1 or not self.children(inside[0]) or self.direct(inside[0]):
                return
            self.base = inside[0]

    def parts(self) -> dict[str, str]:
        """The folder of each part, if they are parts: train, and val or test beside it.

        A folder called train beside other classes is a class of trains: it holds no classes.
        """
        found: dict[str, list[str]] = {}
        for child in self.children(self.base):
            part = _PART_NAMES.get(_last(child).casefold())
            if part is not None:
                found.setdefault(part, []).append(child)
        for part, folders in found.items():
            if len(folders) > 1 and any(self.children(folder) for folder in folders):
                raise ProblemError(problems.twice(part, [_last(folder) for folder in folders]))
        only_parts = sum(map(len, found.values())) == len(self.children(self.base))
        single = {part: found[part][0] for part in PARTS if part in found}
        if "train" not in single:
            if single and only_parts and any(self.children(f) for f in single.values()):
                raise ProblemError(problems.no_train([_last(f) for f in single.values()]))
            return {}
        if len(single) > 1 and (self.children(single["train"]) or only_parts):
            return single
        return {}


def by_folders(listing: Listing) -> Layout:
    """Class folders, or parts of class folders. Raises ProblemError with all that is wrong."""
    tree = Tree(listing)
    if not listing.pictures:
        raise ProblemError(problems.no_pictures(listing.root, listing.foreign))
    tree.descend()
    folders = tree.parts()
    notes = [*listing.notes, *_unused(tree, folders)]
    unlabelled = [part for part, folder in folders.items() if not tree.children(folder)]
    if "train" in unlabelled:
        where = listing.root / folders["train"]
        raise ProblemError(problems.no_classes(where, listing.tables))
    notes += [Note(folders.pop(part), "no class folders inside, not used") for part in unlabelled]
    classes = _classes(tree, folders.get("train", tree.base))
    members = _members(listing, folders or {"train": tree.base}, classes)
    layout = Layout(
        listing.root, tuple(m[0] for m in members), tuple(m[1] for m in members),
        tuple(m[2] for m in members), tuple(classes), "classes", tuple(notes),
    )  # fmt: skip
    check_classes(layout, problems.PATH)
    return layout


def _classes(tree: Tree, train: str) -> list[str]:
    """The names of the classes in order: numbers by value, as 2 comes before 10, else by text."""
    found = tree.children(train)
    if not found:
        raise ProblemError(problems.no_classes(tree.listing.root, tree.listing.tables))
    return in_order({_class_name(folder) for folder in found})


def _members(
    listing: Listing, folders: dict[str, str], classes: Sequence[str]
) -> list[tuple[str, int, int]]:
    """File, class and part of every picture in a class folder of a part."""
    number = {name: index for index, name in enumerate(classes)}
    unknown: dict[tuple[str, str], None] = {}
    members = []
    for part, folder in folders.items():
        prefix = f"{folder}/" if folder else ""
        for name in _inside(listing.pictures, prefix):
            first, slash, _ = name[len(prefix) :].partition("/")
            known = _class_name(first)
            if not slash:
                continue  # beside the class folders
            if known not in number:
                unknown[known, _last(folder)] = None
                continue
            members.append((name, number[known], PARTS.index(part)))
    if unknown:
        train = _last(folders["train"])
        found = [problems.unknown_class(name, part, train, classes) for name, part in unknown]
        raise ProblemError(found[:10])
    return members


def _unused(tree: Tree, folders: dict[str, str]) -> Iterable[Note]:
    """Pictures and folders that lie where none are looked for."""
    for where in folders.values() or [tree.base]:
        if tree.direct(where) and tree.children(where):
            sentence = f"{tree.direct(where):,} pictures beside the class folders, not used"
            yield Note(where or ".", sentence)
        for folder in tree.empty(where):
            yield Note(folder, "no pictures inside, so it is no class")
    if folders:
        for child in tree.children(tree.base):
            if child not in folders.values():
                yield Note(child, "beside the train folder, not used")


def check_classes(layout: Layout, where: str) -> None:
    """Raise ProblemError for one class alone, and for classes too small to be divided."""
    if layout.task != "classes":
        return
    if len(layout.names) < 2:
        raise ProblemError(problems.one_class(layout.names[0], layout.root, where))
    if layout.has("val") and layout.has("test"):
        return
    pairs = zip(layout.targets, layout.parts, strict=True)
    counts = Counter(target for target, part in pairs if part == 0)
    alone = [name for index, name in enumerate(layout.names) if counts[index] == 1]
    if alone:
        raise ProblemError(problems.single(alone, where))


def in_order(names: Iterable[str]) -> list[str]:
    """Class names in order: by value when all are whole numbers, else by text."""
    found = list(names)
    whole = all(name.isdecimal() for name in found)
    return sorted(found, key=lambda name: (int(name), name)) if whole else sorted(found)


def part_of(name: str, folders: dict[str, str]) -> int | None:
    """The index in PARTS of the part whose folder a file lies in; None for none of them."""
    for part, folder in folders.items():
        if name.startswith(f"{folder}/"):
            return PARTS.index(part)
    return None


def _inside(names: Sequence[str], prefix: str) -> Iterable[str]:
    return (name for name in names if name.startswith(prefix)) if prefix else names


def _folders_above(name: str) -> Iterable[str]:
    """Every folder that a file lies in, directly or not, without the root."""
    end = name.rfind("/")
    while end > 0:
        yield name[:end]
        end = name.rfind("/", 0, end)


def _last(folder: str) -> str:
    return folder.rpartition("/")[2]


def _class_name(folder: str) -> str:
    """The class that a folder is for. Letters with accents are written in two ways, of which a Mac
    uses the other one."""
    return shown(unicodedata.normalize("NFC", _last(folder)))
