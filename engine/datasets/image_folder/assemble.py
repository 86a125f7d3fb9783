"""From a survey to the splits of a training: decoded, checked, divided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from engine.datasets.base import Progress, Splits
from engine.datasets.image_folder import problems
from engine.datasets.image_folder.cache import Decoded, Order, decoded
from engine.datasets.image_folder.decoding import Spec
from engine.datasets.image_folder.holding import Storage, hold
from engine.datasets.image_folder.layout import Layout
from engine.datasets.image_folder.notes import Note, lines, shown
from engine.datasets.image_folder.parts import Shares, divide
from engine.datasets.image_folder.survey import Survey
from engine.datasets.split import Indices
from engine.datasets.tensors import finish
from engine.facts import Facts
from engine.problems import ProblemError

MOST_UNREADABLE = 0.05


@dataclass(frozen=True)
class Making:
    """What is made of a survey, and where the cache is."""

    spec: Spec
    shares: Shares
    unreadable: Literal["skip", "error"]
    storage: Storage
    caches: Path


def read(survey: Survey, making: Making, progress: Progress) -> Decoded:
    """The pictures of a survey, from the cache or into it. Raises ProblemError."""
    layout = survey.layout
    deep = any(look.deep for look in survey.looks.found)
    progress("Looking for changed pictures", None)
    order = Order.of(layout.root, layout.files, making.spec, deep)
    return decoded(order, making.caches, progress)


def assemble(survey: Survey, facts: Facts, making: Making, progress: Progress) -> Splits:
    """The three parts in memory or mapped. Raises ProblemError: unreadable or changing files."""
    layout, found = survey.layout, read(survey, making, progress)
    _check_readable(layout, found, making.unreadable)
    targets = torch.tensor(
        layout.targets, dtype=torch.int64 if layout.task == "classes" else torch.float32
    )
    readable = np.ones(len(layout.files), bool)
    readable[list(found.failures)] = False
    usable = np.flatnonzero(readable)
    groups = targets.numpy() if layout.task == "classes" else np.zeros(len(targets), np.int64)
    parts = np.array(layout.parts, np.int64)
    _check_classes_left(layout, groups[usable], parts[usable])
    divided = divide(groups[usable], parts[usable], making.shares)
    indices = {name: usable[part] for name, part in divided.items()}
    tensors = hold(found, targets, indices, making.storage, progress)
    splits = finish(replace(facts, samples=len(usable)), **tensors)
    return replace(splits, notes=lines(notes_of(survey, found)))


def notes_of(survey: Survey, found: Decoded) -> tuple[Note, ...]:
    """What was noticed of the folder, then what could not be read, each in the folder's order."""
    layout = survey.layout
    skipped = (Note(layout.files[i], f"skipped: {failure.sentence}")
               for i, failure in sorted(found.failures.items()))  # fmt: skip
    return (*layout.notes, *skipped)


def _check_readable(layout: Layout, found: Decoded, unreadable: str) -> None:
    if not found.failures:
        return
    count, total = len(found.failures), len(layout.files)
    index, failure = min(found.failures.items())
    first = f"{shown(layout.files[index])}, {failure.sentence}"
    if unreadable == "error" or count > MOST_UNREADABLE * total:
        allowed = unreadable == "skip"
        raise ProblemError(problems.unreadable_files(count, total, first, allowed))


def _check_classes_left(layout: Layout, groups: Indices, parts: Indices) -> None:
    """Raise ProblemError when all pictures of a class to learn from were unreadable."""
    if layout.task == "classes":
        learned = set(groups[parts == 0].tolist())
        gone = [name for index, name in enumerate(layout.names) if index not in learned]
        if gone:
            raise ProblemError(problems.none_left(gone))
