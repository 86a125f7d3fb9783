"""Checks of pictures: unreadable files, mixed sizes and shapes, copies across splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.datasets.base import Dataset, Progress, Splits
from engine.datasets.image_folder import ImageFolder, files_of_parts, pictures_found
from engine.datasets.image_folder.looks import Look, look_at, spread
from engine.datasets.image_folder.notes import shown
from engine.inspection.duplicates import Name, across, findings_of, keys_of, leak_severity
from engine.inspection.finding import Finding, lines_of, several
from engine.inspection.near import near_duplicates
from engine.problems import ProblemError

if TYPE_CHECKING:
    from engine.recipe import Recipe

LOOKED_AT = 1_000
MOST_FILES = 1_000
"""Unreadable files that are listed; `--json` is read by programs."""
LONG = 1.5
"""How many times as wide as high, or the other way round, a picture is that is cut off a lot."""


def image_findings(
    splits: Splits, recipe: Recipe, data_dir: Path, progress: Progress
) -> Iterator[Finding]:
    """What can be wrong with pictures that could be loaded."""
    dataset = recipe.dataset
    name = name_of(dataset, data_dir)
    progress("Looking for copies", None)
    keys = keys_of(splits)
    yield from findings_of(keys, splits, "picture", name)
    exact = {(pair.part, pair.place) for pair in across(keys)}
    near = near_duplicates(splits, exact, progress)
    if near.pairs:
        lines = [
            f"{name(pair.part, pair.place)} ({pair.part}) is like {name('train', pair.other)}"
            for pair in near.pairs
        ]
        sentence = several(len(near.pairs), "picture", "pictures")
        sentence += " to validate or test on nearly the same as "
        hint = "series of one thing belong into one split: make train, val and test folders"
        evidence = (*lines_of(lines), f"{near.pictures:,} pictures were compared")
        severity = leak_severity(near.pairs, keys)
        yield Finding("near_duplicates", severity, f"{sentence}one to learn from", hint, evidence)
    if isinstance(dataset, ImageFolder):
        yield from _of_looks(dataset, splits.facts.shape[1])


def name_of(dataset: Dataset, data_dir: Path) -> Name:
    """Names for samples: their files, or numbers where they have none."""
    if isinstance(dataset, ImageFolder):
        files = cache(lambda: files_of_parts(dataset, data_dir)[1])  # of a large folder a second
        return lambda part, place: shown(files()[part][place])
    return lambda part, place: f"number {place + 1:,}"


def folder_findings(dataset: Dataset, data_dir: Path, progress: Progress) -> Iterator[Finding]:
    """What is wrong with a folder whether it can be loaded or not."""
    if not isinstance(dataset, ImageFolder):
        return
    try:
        survey, found = pictures_found(dataset, data_dir, progress)
    except ProblemError:
        return  # which is said already
    layout = survey.layout
    if found.failures:
        lines = [
            f"{shown(layout.files[place])}: {failure.sentence}"
            for place, failure in sorted(found.failures.items())
        ]
        sentence = f"{len(lines):,} of {len(layout.files):,} pictures cannot be read"
        hint = "they are left out; mend or delete them"
        evidence = lines_of(lines, MOST_FILES)
        yield Finding("unreadable", "warning", sentence, hint, evidence)
    if layout.notes:
        notes = [str(note) for note in layout.notes]
        sentence = (
            several(len(notes), "file or folder is not", "files or folders are not") + " used"
        )
        yield Finding("not_used", "info", sentence, "", lines_of(notes))


# --- Sizes and shapes ----------------------------------------------------------------------------


def _of_looks(dataset: ImageFolder, size: int) -> Iterator[Finding]:
    survey = dataset.survey()
    looks = look_at(survey.layout.root, spread(survey.layout.files, LOOKED_AT)).found
    if not looks:
        return
    sizes = Counter((look.width, look.height) for look in looks)
    if len(sizes) > 1:
        lines = [f"{w} x {h}: {count:,}" for (w, h), count in sizes.most_common(8)]
        sentence = f"Pictures are of {len(sizes):,} sizes; each becomes {size} x {size}"
        hint = "dataset.resize says how"
        evidence = (*lines, f"{len(looks):,} pictures were looked at")
        yield Finding("mixed_sizes", "info", sentence, hint, evidence)
    yield from _cut_off(dataset, looks)
    yield from _enlarged(looks, size)
    grey = sum(look.grey for look in looks)
    if 0 < grey < len(looks):
        sentence = f"{grey:,} of {len(looks):,} pictures are grey, the others have colours"
        hint = "if the grey ones are of certain classes, colour gives these away"
        mend = (("dataset.color", "grey"),)
        yield Finding("mixed_colors", "info", sentence, hint, (), mend)


def _cut_off(dataset: ImageFolder, looks: tuple[Look, ...]) -> Iterator[Finding]:
    ratios = [max(look.width, look.height) / min(look.width, look.height) for look in looks]
    long = sum(ratio > LONG for ratio in ratios)
    if dataset.resize == "crop" and long > len(looks) / 4:
        sentence = f"{long:,} of {len(looks):,} pictures lose more than a third by being cut square"
        hint = "if what matters is at their ends, keep all of them with a border"
        mend = (("dataset.resize", "pad"),)
        yield Finding("cut_off", "info", sentence, hint, (), mend)


def _enlarged(looks: tuple[Look, ...], size: int) -> Iterator[Finding]:
    small = [look for look in looks if min(look.width, look.height) < size]
    if len(small) > len(looks) / 4:
        least = min(min(look.width, look.height) for look in small)
        sentence = f"{len(small):,} of {len(looks):,} pictures are smaller than {size} x {size} "
        sentence += "and are enlarged"
        hint = "a smaller size is faster and loses nothing"
        yield Finding("enlarged", "info", sentence, hint, (f"the smallest side is {least}",),
                      (("dataset.size", max(4, least)),))  # fmt: skip
