"""What a folder or file seems to hold: the kind of data, the target and a recipe to begin with."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.datasets.image_folder.listing import PICTURES
from engine.inspection.proposal import (
    Data,
    Proposal,
    for_corpus,
    for_pictures,
    for_texts,
    recipe_of,
)
from engine.inspection.proposedfile import TABLES, file_proposal
from engine.problems import Problem, ProblemError, closest
from engine.recipe import Recipe
from engine.wording import counted

PATH = "dataset.path"
TEXTS = frozenset([".txt", ".text", ".md", ".rst", ".neg", ".pos", ""])
_DEEPEST, _MOST = 8, 50_000
_BLANK = 0.04
"""The part of empty lines from which on a text is paragraphs, not one text a line."""


def propose(path: str | Path) -> Proposal:
    """The likeliest proposal, with others it may be, as far as they can be trained on as they are;
    one that cannot is given where there is no other, and its problems say why.

    Raises ProblemError: nothing is there, or nothing that is known.
    """
    found = _of_path(path)
    ranked = (found, *found.alternatives)
    usable = [each for each in ranked if _may_be_used(each)] or [found]
    others = tuple(replace(other, alternatives=()) for other in usable[1:])
    return replace(usable[0], alternatives=others)


def _may_be_used(proposal: Proposal) -> bool:
    """Own code is not judged before it has been allowed to run."""
    return proposal.kind == "python" or not Recipe.problems(proposal.data)


def _of_path(path: str | Path) -> Proposal:
    given = str(path).strip()
    if not given:
        raise ProblemError(Problem(PATH, "No path is given", "choose a folder or a file"))
    place = Path(os.path.abspath(os.path.expanduser(given)))
    try:
        if place.is_dir():
            return _of_folder(place)
        if place.is_file():
            return file_proposal(place)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        reason = getattr(error, "strerror", None) or str(error)
        sentence = f"{place} cannot be read: {reason}"
        raise ProblemError(Problem(PATH, sentence, "check the permissions")) from None
    if os.path.exists(place):  # a pipe or a device
        raise ProblemError(Problem(PATH, f"{place} is no file and no folder", "choose another"))
    raise ProblemError(_absent(place))


def _absent(place: Path) -> Problem:
    try:
        beside = {entry.name.lower(): entry.name for entry in place.parent.iterdir()}
    except (OSError, ValueError):
        return Problem(PATH, f"There is nothing at {place}", "check the path")
    near = closest(place.name, beside)
    hint = f"did you mean {beside[near]!r}?" if near else "check the path"
    return Problem(PATH, f"There is nothing at {place}", hint)


# --- Folders -------------------------------------------------------------------------------------


@dataclass
class _Inside:
    """What is in a folder: endings and how often, tables and texts by path."""

    endings: Counter[str] = field(default_factory=Counter)
    tables: list[Path] = field(default_factory=list)
    texts: list[Path] = field(default_factory=list)

    @property
    def pictures(self) -> int:
        return sum(self.endings[ending] for ending in PICTURES)


def _look_into(folder: Path) -> _Inside:
    """Names only, and of a very large folder the first ones; links to folders are not followed."""
    found, seen = _Inside(), 0
    for where, folders, names in os.walk(folder):
        depth = len(Path(where).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
        if depth >= _DEEPEST:
            folders.clear()
        for name in sorted(names):
            if name.startswith("."):
                continue
            ending = os.path.splitext(name)[1].lower()
            found.endings[ending] += 1
            seen += 1
            if ending not in TABLES | TEXTS or not os.path.isfile(os.path.join(where, name)):
                continue  # a pipe is not to be opened
            (found.tables if ending in TABLES else found.texts).append(Path(where) / name)
        if seen > _MOST:
            break
    return found


def _of_folder(folder: Path) -> Proposal:
    inside = _look_into(folder)
    total = inside.endings.total()
    if not total:
        hint = "choose a folder with pictures, texts or tables"
        raise ProblemError(Problem(PATH, f"{folder} is empty", hint))
    if inside.pictures and inside.pictures * 2 >= total - len(inside.tables):
        return _pictures(folder, inside)
    if len(inside.texts) > len(inside.tables):
        return _texts(folder, inside)
    if inside.tables:
        return _of_tables(folder, inside)
    most = ", ".join(ending or "no ending" for ending, _ in inside.endings.most_common(3))
    sentence = f"{folder} holds {total:,} files and none that is known: {most}"
    hint = "pictures, texts (.txt) and tables (.csv, .xlsx, .parquet) are"
    raise ProblemError(Problem(PATH, sentence, hint))


def _pictures(folder: Path, inside: _Inside) -> Proposal:
    from engine.datasets.image_folder import ImageFolder

    reasons = [f"{inside.pictures:,} of {inside.endings.total():,} files are pictures"]
    samples, side = inside.pictures, 64
    try:
        dataset = ImageFolder(path=str(folder))
        survey = dataset.survey()
        facts, layout = dataset.facts(), survey.layout
        samples, side = facts.samples, facts.shape[1]
        where = "a table gives their labels" if survey.table else "their folders name the classes"
        if layout.task == "classes":
            reasons.append(f"{where}: {counted(len(layout.names), 'class')}")
        else:
            reasons.append(f"{where}, {layout.task} of {len(layout.names):,}")
        given = [part for part in ("val", "test") if layout.has(part)]
        if given:
            reasons.append(f"train and {' and '.join(given)} are folders of their own")
        reasons.append(f"they are seen as {side} x {side}; dataset.size changes that")
    except ProblemError as error:
        reasons.append(f"they cannot be used as they are: {error.problems[0].sentence}")
    data: Data = {"name": "image_folder", "path": str(folder)}
    recipe = recipe_of(folder.name, data, for_pictures(samples, side))
    return Proposal("image_folder", recipe, tuple(reasons))


def _of_tables(folder: Path, inside: _Inside) -> Proposal:
    largest = max(inside.tables, key=lambda path: (path.stat().st_size, str(path)))
    found = file_proposal(largest)
    name = largest.relative_to(folder)
    others = len(inside.tables) - 1
    said = f"{name} is the largest of {others + 1:,} tables" if others else f"it holds {name}"
    return replace(found, reasons=(said, *found.reasons))


def _size_of(files: list[Path]) -> int:
    return sum(path.stat().st_size for path in files)


def _texts(folder: Path, inside: _Inside) -> Proposal:
    """Texts with classes where folders or files are classes; else a corpus."""
    corpus_data: Data = {"name": "text_corpus", "path": str(folder)}
    corpus = Proposal(
        "text_corpus", recipe_of(folder.name, corpus_data, for_corpus(_size_of(inside.texts))),
        ("a network can learn to continue the texts",),
    )  # fmt: skip
    if len(inside.texts) < 2 or _is_prose(inside.texts, folder):
        why = "the lines of its texts make paragraphs" if len(inside.texts) > 1 else "a single text"
        classes = _classes_of_texts(folder)
        others = () if classes is None else (classes,)
        return replace(corpus, reasons=(f"{why}: text to go on with",), alternatives=others)
    classes = _classes_of_texts(folder)
    return corpus if classes is None else replace(classes, alternatives=(corpus,))


def _is_prose(texts: list[Path], folder: Path) -> bool:
    """Whether files beside each other hold paragraphs: in folders each file may be one text."""
    if any(path.parent != folder for path in texts):
        return False
    lines = blank = 0
    for path in texts[:20]:
        with path.open("rb") as file:
            found = file.read(200_000).splitlines()
        lines += len(found)
        blank += sum(not line.strip() for line in found)
    return lines == 0 or blank > _BLANK * lines


def _classes_of_texts(folder: Path) -> Proposal | None:
    from engine.datasets.text import TextFile, text_statistics

    try:
        facts = TextFile(path=str(folder)).facts()
        short = _is_short(str(folder))
        found = text_statistics(TextFile(path=str(folder)))
    except ProblemError:
        return None
    assert found is not None
    data: Data = {"name": "text", "path": str(folder), **({"tokens": "character"} if short else {})}
    reasons = (
        f"its files or folders name {counted(len(facts.targets), 'class')} of texts",
        f"{counted(facts.samples, 'text')}, half of them of "
        f"{counted(found.lengths.median, 'word')} or more",
    )
    recipe = recipe_of(folder.name, data, for_texts(facts.samples, short))
    return Proposal("text", recipe, reasons)


def _is_short(path: str) -> bool:
    """Whether texts are single words, such as names, whose letters tell more."""
    from engine.datasets.text import TextFile, text_statistics

    found = text_statistics(TextFile(path=path))
    return found is not None and found.lengths.median <= 2
