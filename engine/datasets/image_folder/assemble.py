"""From a survey to the splits of a training: decoded, checked, divided."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal, cast

import numpy as np
import torch

from engine.datasets import preprocess
from engine.datasets.base import Progress, Splits, TensorData
from engine.datasets.image_folder import problems
from engine.datasets.image_folder.cache import Decoded, Order, decoded, with_white
from engine.datasets.image_folder.decoding import Spec
from engine.datasets.image_folder.holding import Storage, hold, place_for
from engine.datasets.image_folder.layout import Layout
from engine.datasets.image_folder.notes import Note, lines, shown
from engine.datasets.image_folder.parts import Shares, divide
from engine.datasets.image_folder.streaming import Checked, Streamed, checked
from engine.datasets.image_folder.survey import Survey
from engine.datasets.split import Indices
from engine.datasets.tensors import finish
from engine.facts import Facts
from engine.problems import ProblemError

MOST_UNREADABLE = 0.05
LOOKED_AT = 2048
"""Training pictures that normalisation is fitted on where they are not held."""


@dataclass(frozen=True)
class Making:
    """What is made of a survey, and where the cache is."""

    spec: Spec
    shares: Shares
    unreadable: Literal["skip", "error"]
    storage: Storage
    caches: Path


def encoded(spec: Spec) -> str:
    """How a picture file becomes the numbers of a sample, as JSON: `Spec(**it)` is read back. An
    interpolation is told where it is not the usual one, which it was for long."""
    about = asdict(spec)
    if spec.interpolation == Spec.interpolation:
        del about["interpolation"]
    return json.dumps(about)


def ordered(survey: Survey, making: Making, progress: Progress) -> Order:
    """The files of a survey as they are now, and what is made of them."""
    layout = survey.layout
    deep = any(look.deep for look in survey.looks.found)
    progress("Looking for changed pictures", None)
    return Order.of(layout.root, layout.files, making.spec, deep)


def read(order: Order, making: Making, progress: Progress) -> Decoded | Checked:
    """The pictures, from the cache or into it, or only looked at. Raises ProblemError."""
    if place_for(making.storage, order, making.caches) == "stream":
        return checked(order, making.caches, progress)
    return decoded(order, making.caches, progress)


def assemble(survey: Survey, facts: Facts, making: Making, progress: Progress) -> Splits:
    """The three parts in memory or mapped. Raises ProblemError: unreadable or changing files."""
    layout, order = survey.layout, ordered(survey, making, progress)
    place = place_for(making.storage, order, making.caches)  # before the cache takes its room
    found = read(order, making, progress)
    _check_readable(layout, found, making.unreadable)
    targets = torch.tensor(
        layout.targets, dtype=torch.int64 if layout.task == "classes" else torch.float32
    )
    indices = divided(layout, found, making.shares)
    spec = with_white(order).spec
    facts = replace(facts, samples=len(layout.files) - len(found.failures), encoding=encoded(spec))
    notes = lines(notes_of(survey, found))
    if isinstance(found, Checked):
        return _streamed(order, found, targets, indices, facts, notes)
    tensors = hold(found, targets, indices, place, progress)
    content = _content(found, targets, indices)
    return replace(finish(facts, **tensors), notes=notes, content=content)


def _streamed(
    order: Order,
    found: Checked,
    targets: torch.Tensor,
    indices: dict[str, Indices],
    facts: Facts,
    notes: tuple[str, ...],
) -> Splits:
    """Parts whose pictures are decoded batch by batch; normalised by some of them."""
    spec = replace(order.spec, white=found.white)
    parts = {}
    for name, chosen in indices.items():
        files = {order.files[index]: order.stamps[index] for index in chosen}
        pictures = Streamed(order.root, files, spec)
        parts[name] = TensorData(cast(torch.Tensor, pictures), targets[torch.from_numpy(chosen)])
    train = parts["train"]
    some = torch.linspace(0, len(train) - 1, min(len(train), LOOKED_AT)).long()
    looked_at = train.inputs.index_select(0, some)
    fitted = preprocess.fit(looked_at, train.targets if facts.task == "regression" else None)
    said = f"Pictures are decoded anew in every epoch; normalised by {len(some):,} of them"
    return Splits(
        train, parts["val"], parts["test"], facts, fitted, (*notes, said),
        _content(found, targets, indices),
    )  # fmt: skip


def _content(found: Decoded | Checked, targets: torch.Tensor, indices: dict[str, Indices]) -> str:
    """The fingerprint of the parts, from that of the pixels: those are hashed once, when they are
    decoded, and not in every training."""
    digest = hashlib.sha256(f"{found.content} {targets.tolist()}".encode())
    for chosen in indices.values():
        digest.update(chosen.astype("<i8").tobytes() + b"|")
    return digest.hexdigest()


def divided(layout: Layout, found: Decoded | Checked, shares: Shares) -> dict[str, Indices]:
    """The pictures of each part, in the part's order. Raises ProblemError when all pictures of a
    class are unreadable."""
    readable = np.ones(len(layout.files), bool)
    readable[list(found.failures)] = False
    usable = np.flatnonzero(readable)
    classes = layout.task == "classes"
    groups = np.array(layout.targets, np.int64) if classes else np.zeros(len(readable), np.int64)
    parts = np.array(layout.parts, np.int64)
    _check_classes_left(layout, groups[usable], parts[usable])
    return {
        name: usable[part] for name, part in divide(groups[usable], parts[usable], shares).items()
    }


def notes_of(survey: Survey, found: Decoded | Checked) -> tuple[Note, ...]:
    """What was noticed of the folder, then what could not be read, each in the folder's order."""
    layout = survey.layout
    skipped = (Note(layout.files[i], f"skipped: {failure.sentence}")
               for i, failure in sorted(found.failures.items()))  # fmt: skip
    return (*layout.notes, *skipped)


def _check_readable(layout: Layout, found: Decoded | Checked, unreadable: str) -> None:
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
