"""A folder of pictures and a table of labels: which row belongs to which picture."""

from __future__ import annotations

import os.path
from dataclasses import dataclass
from pathlib import Path

from engine.datasets.image_folder import problems
from engine.datasets.image_folder.labels import Labels, Wanted, parse_labels
from engine.datasets.image_folder.layout import PARTS, Layout, Tree, check_classes, part_of
from engine.datasets.image_folder.listing import Listing
from engine.datasets.image_folder.matching import AMBIGUOUS, Finder
from engine.datasets.image_folder.notes import Note, shown
from engine.datasets.image_folder.problems import LABELS
from engine.datasets.image_folder.table import LabelTable, read
from engine.problems import Problem, ProblemError, suggest

MOST_MISSING = 0.05


@dataclass(frozen=True)
class Matched:
    """Rows that have a picture: `rows[i]` of the table belongs to picture `pictures[i]`."""

    table: LabelTable
    column: int
    rows: tuple[int, ...]
    pictures: tuple[int, ...]
    notes: tuple[Note, ...]


def table_of(listing: Listing, given: str) -> Path | None:
    """The table that is given, or the only one beside pictures that lie in no class folders.

    A relative path is meant from the pictures, or else from where the program was started.
    """
    if given:
        inside = listing.root / given
        return inside if os.path.isfile(inside) else Path(os.path.abspath(given))
    if len(listing.tables) != 1 or not listing.pictures:
        return None
    return None if _in_class_folders(Tree(listing)) else listing.root / listing.tables[0]


def _in_class_folders(tree: Tree) -> bool:
    """Whether folders name the classes. A single folder of pictures names none."""
    inside = tree.children("")
    if tree.direct("") or (len(inside) == 1 and not tree.children(inside[0])):
        return False
    folders = tree.parts().values() or [""]
    return any(tree.children(folder) for folder in folders)


def by_table(listing: Listing, path: Path, wanted: Wanted, strict: bool) -> Layout:
    """Pictures with the labels that a table gives them. `strict` allows no row without a picture.

    Raises ProblemError with all that is wrong.
    """
    if not listing.pictures:
        raise ProblemError(problems.no_pictures(listing.root, listing.foreign))
    matched = _matched(listing, read(path), wanted.file_column, strict)
    labels = parse_labels(matched.table, matched.rows, matched.column, wanted)
    kept = _one_row_each(matched, labels, listing)
    files = tuple(listing.pictures[matched.pictures[index]] for index in kept)
    parts = _parts(listing, files)
    layout = Layout(
        listing.root, files, tuple(labels.targets[index] for index in kept), parts,
        labels.names, labels.task, (*listing.notes, *matched.notes),
    )  # fmt: skip
    check_classes(layout, LABELS)
    return layout


# --- Rows and pictures ---------------------------------------------------------------------------


def _matched(listing: Listing, table: LabelTable, column: str, strict: bool) -> Matched:
    beside = _beside(listing.root, table.path)
    finder = Finder(listing.pictures, beside)
    number = _file_column(table, finder, column, listing)
    if finder.find(table.header[number]) is not None:
        table = _headless(table)
    found = [finder.find(row[number]) for row in table.rows]
    for index, picture in enumerate(found):
        if picture == AMBIGUOUS:
            raise ProblemError(_ambiguous(table, index, number))
    notes = _missing(table, number, found, listing, strict)
    rows = tuple(index for index, picture in enumerate(found) if picture is not None)
    pictures = tuple(picture for picture in found if picture is not None)
    return Matched(table, number, rows, pictures, (*notes, *_unnamed(listing, pictures, table)))


def _beside(root: Path, table: Path) -> str:
    """The folder of the table below the root, "" when it is the root or elsewhere."""
    try:
        inside = table.parent.relative_to(root).as_posix()
    except ValueError:
        return ""
    return "" if inside == "." else inside


def _file_column(table: LabelTable, finder: Finder, wanted: str, listing: Listing) -> int:
    if wanted:
        if wanted not in table.header:
            sentence = f"{table.name} has no column {wanted!r}"
            raise ProblemError(
                Problem("dataset.file_column", sentence, suggest(wanted, table.header))
            )
        return table.header.index(wanted)
    found = finder.column(table.rows)
    if found is None:
        sentence = f"No column of {table.name} names the pictures in {problems.named(listing.root)}"
        example = f"line {table.lines[0]} says {', '.join(table.rows[0])[:60]!r}"
        hint = f"{example}; one of the pictures is {shown(listing.pictures[0])}"
        raise ProblemError(Problem(LABELS, sentence, hint))
    return found


def _headless(table: LabelTable) -> LabelTable:
    """The first row names a picture, so it is no header: two columns need none."""
    if len(table.header) > 2:
        sentence = f"{table.name} has no header row, so its columns have no names"
        hint = "write the names of the columns into a first line, such as: file,label"
        raise ProblemError(Problem(LABELS, sentence, hint))
    return table.without_header()


def _missing(
    table: LabelTable, column: int, found: list[int | None], listing: Listing, strict: bool
) -> tuple[Note, ...]:
    """Rows without a picture: notes while they are few."""
    absent = [index for index, picture in enumerate(found) if picture is None]
    if absent and (strict or len(absent) > MOST_MISSING * len(found)):
        first = shown(table.rows[absent[0]][column])
        sentence = (
            f"{len(absent):,} of {len(found):,} pictures named in {table.name} are not in "
            f"{problems.named(listing.root)}, the first in line {table.lines[absent[0]]}: {first}"
        )
        raise ProblemError(Problem(LABELS, sentence, "add the pictures, or delete their rows"))
    return tuple(
        Note(table.rows[index][column], f"named in line {table.lines[index]}, but not there")
        for index in absent
    )


def _unnamed(listing: Listing, pictures: tuple[int, ...], table: LabelTable) -> tuple[Note, ...]:
    """Pictures that no row names: they have no label and are not used."""
    named = set(pictures)
    names = (name for index, name in enumerate(listing.pictures) if index not in named)
    return tuple(Note(name, f"no row in {table.name}, not used") for name in names)


def _ambiguous(table: LabelTable, index: int, column: int) -> Problem:
    called = shown(table.rows[index][column])
    sentence = f"Line {table.lines[index]} of {table.name} names {called}: several are so called"
    return Problem(LABELS, sentence, "write the path below the folder, such as cats/1.jpg")


def _one_row_each(matched: Matched, labels: Labels, listing: Listing) -> list[int]:
    """The indices into `matched.rows` to use: of rows that say the same twice, the first.

    Raises ProblemError where they contradict each other.
    """
    first: dict[int, int] = {}
    for index, picture in enumerate(matched.pictures):
        earlier = first.setdefault(picture, index)
        if labels.targets[earlier] != labels.targets[index]:
            lines = [matched.table.lines[matched.rows[each]] for each in (earlier, index)]
            name = shown(listing.pictures[picture])
            sentence = (
                f"{name} is in lines {lines[0]} and {lines[1]} of {matched.table.name}, "
                "with different labels"
            )
            raise ProblemError(Problem(LABELS, sentence, "delete the wrong row"))
    return sorted(first.values(), key=lambda index: listing.pictures[matched.pictures[index]])


def _parts(listing: Listing, files: tuple[str, ...]) -> tuple[int, ...]:
    """Parts by folder when they are such: train, and val or test, and nothing else."""
    tree = Tree(listing)
    folders = tree.parts()
    found = [part_of(name, folders) for name in files]
    if not folders or PARTS.index("train") not in found or None in found:
        return (0,) * len(files)
    return tuple(part for part in found if part is not None)
