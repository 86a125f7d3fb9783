"""What can be wrong with a folder of pictures, in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.datasets.image_folder.notes import shown
from engine.problems import Problem, suggest

PATH, LABELS = "dataset.path", "dataset.labels"
FORMATS = "JPEG, PNG, BMP, WebP, TIFF and PPM"
_CLASSES = "put the pictures of each class into a folder of its own"
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz")


def not_chosen() -> Problem:
    """Nothing is wrong yet: there is no path."""
    hint = "choose a folder in which each class of pictures has a folder of its own"
    return Problem(PATH, "No folder with pictures is chosen yet", hint)


def not_there(path: Path) -> Problem:
    """Nothing is at the path; a name beside it that is nearly the same is offered."""
    try:
        beside = [each.name for each in path.parent.iterdir() if each.is_dir()][:1000]
    except (OSError, ValueError):
        beside = []
    near = suggest(path.name, beside).split(";")[0] if beside else ""
    hint = near if near.startswith("did") else "choose a folder that is there"
    return Problem(PATH, f"There is no folder {named(path)}", hint)


def no_folder(path: Path, pictures: bool) -> Problem:
    """A file stands where a folder is wanted."""
    kind, suffix = named(path), path.suffix.lower()
    if suffix in _ARCHIVES:
        return Problem(PATH, f"{kind} is an archive", "unpack it, and choose the folder it gives")
    if suffix in (".csv", ".tsv"):
        hint = "choose the folder of the pictures here, and the table as dataset.labels"
        return Problem(PATH, f"{kind} is a table and no folder of pictures", hint)
    what = "a single picture" if pictures else "a file"
    return Problem(PATH, f"{kind} is {what}, not a folder", "choose the folder that it lies in")


def no_sample(name: str, known: Sequence[str]) -> Problem:
    """No such pictures come with the program."""
    return Problem(PATH, f"No pictures called {name!r} come with the program", suggest(name, known))


def unreadable_place(path: Path, error: OSError, where: str = PATH) -> Problem:
    """The system does not let us look."""
    sentence = f"{named(path)} cannot be read: {error.strerror or error}"
    return Problem(where, sentence, "check the path and its permissions")


def no_text(path: Path) -> Problem:
    """The name of a folder cannot be written into a recipe."""
    sentence = f"The name of {shown(str(path))} is not proper text"
    return Problem(PATH, sentence, "rename the folder")


def too_many(path: Path, limit: int) -> Problem:
    """More files than are ever listed."""
    sentence = f"{named(path)} holds more than {limit:,} files"
    return Problem(PATH, sentence, "choose a folder with fewer")


def not_read_again(name: str, reason: str) -> Problem:
    """A picture that could be read when the training began, and cannot be now."""
    sentence = f"{shown(name)} cannot be read any more: {reason}"
    hint = "leave the folder as it is while it trains, or choose dataset.storage=disk"
    return Problem(PATH, sentence, hint)


def changed_since(name: str) -> Problem:
    """A picture that is another one than when the training began."""
    sentence = f"{shown(name)} has changed since the training began"
    hint = "leave the folder as it is while it trains, or choose dataset.storage=disk"
    return Problem(PATH, sentence, hint)


def hardly_any(path: Path, looked: int) -> Problem:
    """A folder of anything: a home folder, a whole disk."""
    sentence = f"Of the first {looked:,} files in {named(path)}, hardly any are pictures"
    return Problem(PATH, sentence, "choose the folder that holds just the pictures")


def no_pictures(path: Path, foreign: Sequence[str]) -> Problem:
    """Nothing that can be read; formats that were seen instead are named."""
    if foreign:
        seen = ", ".join(suffix.lstrip(".").upper() for suffix in foreign[:3])
        return Problem(PATH, f"The pictures in {named(path)} are {seen}", f"{FORMATS} are read")
    hint = f"{FORMATS} are read; {_CLASSES}"
    return Problem(PATH, f"There are no pictures in {named(path)}", hint)


def no_classes(path: Path, tables: Sequence[str]) -> Problem:
    """Pictures, and nothing that says what they show."""
    sentence = f"The pictures in {named(path)} are in no folders that name their classes"
    if len(tables) > 1:
        choice = ", ".join(shown(name) for name in tables[:5])
        hint = f"choose the table of their labels as dataset.labels: {choice}"
    else:
        hint = f"{_CLASSES}, or choose a table of labels as dataset.labels"
    return Problem(PATH, sentence, hint)


def one_class(name: str, path: Path, where: str) -> Problem:
    """Nothing to tell apart."""
    sentence = f"All pictures are of one class, {shown(name)!r}: there is nothing to tell apart"
    hint = f"{_CLASSES}, below {named(path)}" if where == PATH else "label another class, too"
    return Problem(where, sentence, hint)


def twice(part: str, names: Sequence[str]) -> Problem:
    """Two folders for one part."""
    sentence = f"Two folders are the {part} part: {' and '.join(shown(name) for name in names)}"
    return Problem(PATH, sentence, "put their pictures into one folder, or rename one")


def no_train(found: Sequence[str]) -> Problem:
    """Parts to measure with and none to learn from."""
    sentence = f"There is {' and '.join(shown(name) for name in found)}, but no train folder"
    return Problem(PATH, sentence, "name the folder with the pictures to learn from train")


def unknown_class(name: str, part: str, train: str, known: Sequence[str]) -> Problem:
    """A class that is measured and never learned."""
    near = suggest(name, known).split(";")[0]
    hint = near if near.startswith("did") else f"add pictures of it to {train}, or take it out"
    return Problem(PATH, f"The class {shown(name)!r} is in {part} but not in {train}", hint)


def single(names: Sequence[str], where: str) -> Problem:
    """Classes that cannot be both learned and measured."""
    if len(names) == 1:
        sentence = f"The class {shown(names[0])!r} has a single picture"
    else:
        some = ", ".join(repr(shown(name)) for name in names[:3])
        sentence = f"{len(names):,} classes have a single picture: {some}"
        sentence += " and others" if len(names) > 3 else ""
    hint = "add pictures, or leave the class out: one cannot be both learned from and measured"
    return Problem(where, sentence, hint)


def none_left(names: Sequence[str]) -> Problem:
    """Classes all of whose pictures to learn from turned out unreadable."""
    some = ", ".join(repr(shown(name)) for name in names[:3])
    sentence = f"No picture of {some} can be read"
    return Problem(PATH, sentence, "replace the damaged files, or leave the class out")


def unreadable_files(count: int, total: int, first: str, allowed: bool) -> Problem:
    """Pictures that cannot be read: any where that is an error, else too many of them."""
    share = f"{count:,} of {total:,} pictures cannot be read, the first: {first}"
    if allowed:
        hint = "replace or delete them; up to 5 % are skipped"
    else:
        hint = "replace or delete them, or set dataset.unreadable=skip"
    return Problem(PATH, share, hint)


def changed(count: int, first: str) -> Problem:
    """Somebody writes into the folder."""
    sentence = f"{count:,} pictures changed while they were being read, the first: {shown(first)}"
    return Problem(PATH, sentence, "wait until nothing writes into the folder, then start again")


def no_room(needed: int, free: int, folder: Path) -> Problem:
    """The cache does not fit on its disk."""
    sentence = f"The pictures need {needed / 1e9:,.1f} GB in {named(folder)}"
    sentence += f"; {free / 1e9:,.1f} GB are free"
    return Problem(
        PATH, sentence, "make dataset.size smaller, free space, or choose dataset.storage=stream"
    )


def not_written(folder: Path, error: OSError) -> Problem:
    """The cache cannot be written."""
    sentence = f"{named(folder)} cannot be written: {error.strerror or error}"
    return Problem("dataset", sentence, "make room there, or choose another folder for data")


def not_read_back(file: Path) -> Problem:
    """What was just written is not there as it was written."""
    sentence = f"{named(file)} could not be read back"
    return Problem("dataset", sentence, "check the disk, or choose another folder for data")


def named(path: Path) -> str:
    """A path in a sentence."""
    return shown(str(path))
