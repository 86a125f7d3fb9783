"""What arrays mean: pictures, rows or series; classes, labels or numbers. Nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from engine.datasets.python.apart import Loaded, Part
from engine.facts import Kind, Task
from engine.problems import Problem, ProblemError

Array = npt.NDArray[Any]
AskedKind = Literal["auto", "image", "table", "series"]
AskedTask = Literal["auto", "classes", "multilabel", "regression"]
_MOST_CHANNELS = 4
_LARGEST = 1e38


@dataclass(frozen=True)
class Form:
    """How samples are laid out: `kind`, the shape of one, and whether channels come last."""

    kind: Kind
    shape: tuple[int, ...]
    channels_last: bool = False


@dataclass(frozen=True)
class Aim:
    """What is to be told: names of classes, labels or values, and the targets of each part:
    (N,) int64 for classes, else (N, T) float32."""

    task: Task
    names: tuple[str, ...]
    targets: dict[str, Array]


def form_of(loaded: Loaded, asked: AskedKind) -> Form:
    """The layout of the samples, the same in every part. Raises ProblemError."""
    shapes = {part.inputs.shape[1:] for part in loaded.parts.values()}
    if len(shapes) > 1:
        shown = " and ".join(str(shape) for shape in sorted(shapes))
        raise _problem(f"The parts have samples of different shapes: {shown}", "make them alike")
    for name, part in loaded.parts.items():
        if part.inputs.dtype.kind != "f" or not part.inputs.size:
            continue
        if not np.isfinite(part.inputs).all():
            raise _problem(f"The inputs of {name} hold gaps (NaN) or infinite numbers",
                           "fill the gaps in the function")  # fmt: skip
        if np.abs(part.inputs).max() > _LARGEST:
            raise _problem(f"The inputs of {name} hold numbers beyond {_LARGEST:.1g}",
                           "choose another unit: they are learned from in 32 bits")  # fmt: skip
    train = loaded.parts["train"]
    kind = _kind(train) if asked == "auto" else asked
    form = _form(kind, train.inputs.shape[1:])
    if form is None:
        sentence = f"Samples of the shape {train.inputs.shape[1:]} are no {kind}"
        raise _problem(sentence, "choose another kind, or return another shape")
    return form


def _kind(part: Part) -> Kind:
    """Three dimensions are a picture, two are one if of bytes, else a series; one is a row."""
    dimensions = part.inputs.ndim - 1
    if part.picture or dimensions == 3 or (dimensions == 2 and part.inputs.dtype == np.uint8):
        return "image"
    return "series" if dimensions == 2 else "table"


def _form(kind: Kind, shape: tuple[int, ...]) -> Form | None:
    if 0 in shape:
        return None
    if kind == "table":
        return Form("table", (int(np.prod(shape, dtype=np.int64)),))
    if kind == "series":
        return Form("series", (*shape, 1)[:2]) if len(shape) in (1, 2) else None
    if len(shape) == 2:
        return Form("image", (1, *shape))
    if len(shape) != 3:
        return None
    last = shape[0] > _MOST_CHANNELS >= shape[2]
    return Form("image", (shape[2], *shape[:2]) if last else shape, last)


# --- Targets -------------------------------------------------------------------------------------


def aim_of(loaded: Loaded, asked: AskedTask) -> Aim:
    """What the targets are: whole numbers, truth values and texts are classes, other numbers a
    regression, columns of 0 and 1 labels. Raises ProblemError."""
    found = {name: _columns(part.targets) for name, part in loaded.parts.items()}
    if len({values.shape[1:] for values in found.values()}) > 1:
        raise _problem("The parts have targets of different shapes", "make them alike")
    together = list(found.values())
    task = _task(together) if asked == "auto" else asked
    if task == "classes":
        return _classes(found, loaded.parts["train"].classes)
    numbers = {name: _numbers(values) for name, values in found.items()}
    if task == "multilabel" and any(not np.isin(v, (0, 1)).all() for v in numbers.values()):
        raise _problem("The targets are not only 0 and 1", "choose the task regression")
    count = numbers["train"].shape[1]
    known = loaded.parts["train"].classes
    word = "label" if task == "multilabel" else "target"
    numbered = tuple(f"{word} {n + 1}" for n in range(count)) if count > 1 else (word,)
    return Aim(task, known if len(known) == count else numbered, numbers)


def _columns(targets: Array) -> Array:
    """(N,) or (N, T) with T > 1."""
    if targets.ndim > 2:
        raise _problem(f"A target has the shape {targets.shape[1:]}", "give a number, or a row")
    if targets.ndim == 2 and targets.shape[1] == 1:
        targets = targets[:, 0]
    if targets.ndim == 2 and targets.shape[1] == 0:
        raise _problem("The targets are empty", "give a number for each sample")
    return targets


def _task(found: list[Array]) -> Task:
    if found[0].ndim == 2:
        binary = all(v.dtype.kind in "biuf" and np.isin(v, (0, 1)).all() for v in found)
        return "multilabel" if binary else "regression"
    return "regression" if any(v.dtype.kind == "f" for v in found) else "classes"


def _numbers(values: Array) -> Array:
    if values.dtype.kind not in "biuf":
        raise _problem("The targets are texts", "choose the task classes")
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused
        numbers = values.astype(np.float32)
    if not np.isfinite(numbers).all():
        raise _problem("The targets hold gaps (NaN) or infinite numbers", "leave such samples out")
    return numbers if numbers.ndim == 2 else numbers[:, None]


def _classes(found: dict[str, Array], known: tuple[str, ...]) -> Aim:
    if any(values.ndim == 2 for values in found.values()):
        raise _problem("A sample has several targets", "choose the task multilabel or regression")
    if any(v.dtype.kind == "f" and not (v == np.round(v)).all() for v in found.values()):
        raise _problem("The targets are not whole numbers", "choose the task regression")
    labels = np.unique(np.concatenate([_plain(values) for values in found.values()]))
    whole = labels.dtype.kind in "iu"
    if known and whole and labels.min() >= 0 and labels.max() < len(known):
        labels, names = np.arange(len(known)), known
    else:
        names = tuple(str(label) for label in labels)
    targets = {name: np.searchsorted(labels, _plain(v)) for name, v in found.items()}
    _check_learned(targets, names)
    return Aim("classes", names, {name: v.astype(np.int64) for name, v in targets.items()})


def _plain(values: Array) -> Array:
    return values if values.dtype.kind == "U" else values.astype(np.int64)


def _check_learned(targets: dict[str, Array], names: tuple[str, ...]) -> None:
    learned = set(np.unique(targets["train"]).tolist())
    if len(learned) < 2:
        raise _problem("There is only one class", "return samples of at least two")
    for part, values in targets.items():
        new = sorted(set(np.unique(values).tolist()) - learned)
        if new:
            sentence = f"{part} has samples of {names[new[0]]!r}, of which train has none"
            raise _problem(sentence, "give train some of every class")


def _problem(sentence: str, hint: str) -> ProblemError:
    return ProblemError(Problem("dataset.path", sentence, hint))
