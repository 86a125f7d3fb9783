"""Checks for data of any kind: sizes of classes, names of classes, the use of a part, targets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.datasets.base import Splits
from engine.facts import Facts
from engine.inspection.finding import Finding, Severity, lines_of, several

if TYPE_CHECKING:
    from engine.recipe import Recipe

FEW = 10
"""Training samples of a class below which hardly anything is learned of it."""
UNEVEN = 10
"""How many times as many samples the largest class may have as the smallest."""

Mend = tuple[tuple[str, Any], ...]


def common_findings(splits: Splits, recipe: Recipe) -> Iterator[Finding]:
    """What can be wrong with data of every kind."""
    yield from small_classes(splits)
    yield from absent_classes(splits)
    yield from imbalance(splits, recipe)
    yield from similar_names(splits.facts)
    yield from outside_targets(splits)
    yield from subset_in_use(recipe)


def _counts(splits: Splits, part: str) -> np.ndarray[Any, np.dtype[np.int64]] | None:
    """Samples of each class, or of each label, in a part."""
    targets = splits.named()[part].targets
    if splits.facts.task == "classes":
        return np.bincount(targets.numpy(), minlength=len(splits.facts.targets))
    if splits.facts.task == "multilabel":
        return np.asarray((targets.numpy() > 0.5).sum(axis=0), np.int64)
    return None


def small_classes(splits: Splits) -> Iterator[Finding]:
    """Classes of which there is too little to learn from."""
    counts, names = _counts(splits, "train"), splits.facts.targets
    if counts is None:
        return
    small = np.flatnonzero(counts < FEW)
    if len(small):
        order = small[np.argsort(counts[small], kind="stable")]
        lines = [f"{names[place]}: {int(counts[place]):,}" for place in order]
        what = several(len(small), "class has", "classes have")
        sentence = f"{what} fewer than {FEW} training samples"
        hint = "add samples of them, or put them together with another class"
        yield Finding("small_classes", "warning", sentence, hint, lines_of(lines))


def absent_classes(splits: Splits) -> Iterator[Finding]:
    """Classes that a network is never validated or tested on, or that it never learns."""
    names, train = splits.facts.targets, _counts(splits, "train")
    if train is None:
        return
    for part, called in (("val", "validation"), ("test", "test")):
        counts = _counts(splits, part)
        assert counts is not None
        absent = [names[place] for place in np.flatnonzero((counts == 0) & (train > 0))]
        if absent:
            sentence = f"The {called} split has no samples of {len(absent):,} of {len(names):,} "
            sentence += "classes"
            hint = "how well they are told is not measured there; add samples to that split"
            yield Finding("absent_classes", "warning", sentence, hint, lines_of(absent))
        unlearned = [names[place] for place in np.flatnonzero((counts > 0) & (train == 0))]
        if unlearned:
            sentence = f"The {called} split has classes that the training split lacks"
            hint = "they cannot be learned; add samples to the training split"
            yield Finding("unlearned_classes", "error", sentence, hint, lines_of(unlearned))


def imbalance(splits: Splits, recipe: Recipe) -> Iterator[Finding]:
    """One class many times as frequent as another, and nothing in the recipe against it."""
    counts = _counts(splits, "train") if splits.facts.task == "classes" else None
    if counts is None or _is_balanced(recipe):
        return
    given = counts[counts > 0]
    if len(given) < 2 or given.max() < UNEVEN * given.min():
        return
    names, most, least = splits.facts.targets, int(counts.argmax()), _least(counts)
    sentence = f"{names[most]!r} has {counts[most] / counts[least]:,.0f} times as many training "
    sentence += f"samples as {names[least]!r}"
    hint = "accuracy then says little: look at f1, and let rare classes count for more"
    share = f"always saying {names[most]!r} would be right in {counts[most] / counts.sum():.0%}"
    yield Finding("imbalance", "warning", sentence, hint, (share,), balancing(recipe))


def _least(counts: np.ndarray[Any, np.dtype[np.int64]]) -> int:
    return int(np.argmin(np.where(counts > 0, counts, counts.max() + 1)))


def _is_balanced(recipe: Recipe) -> bool:
    loss = recipe.loss
    weighed = getattr(loss, "class_weights", "none") != "none"
    weighed = weighed or getattr(loss, "positive_weight", 1.0) != 1.0
    return weighed or getattr(recipe.training, "balance", "none") != "none"


def balancing(recipe: Recipe) -> Mend:
    """The recipe change that lets rare classes count for more; () where there is none."""
    if hasattr(recipe.loss, "class_weights"):
        return (("loss.class_weights", "balanced"),)
    return (("training.balance", "weighted"),) if hasattr(recipe.training, "balance") else ()


# --- Names ---------------------------------------------------------------------------------------


def similar_names(facts: Facts) -> Iterator[Finding]:
    """Classes whose names differ in capitals, spaces and signs alone."""
    if facts.task not in ("classes", "multilabel"):
        return
    plain: dict[str, list[str]] = {}
    for name in facts.targets:
        plain.setdefault(plain_name(name), []).append(name)
    lines = [" and ".join(map(repr, names)) for names in plain.values() if len(names) > 1]
    if lines:
        sentence = f"{several(len(lines), 'name')} of classes differ in capitals or signs alone"
        hint = "if they mean the same, rename one of them: they are learned as different classes"
        yield Finding("similar_names", "warning", sentence, hint, lines_of(lines))


def plain_name(name: str) -> str:
    """A name without what is easily typed in another way: capitals, spaces, signs, accents' form.

    Of names without any letter or digit, such as `+` and `-`, the name itself.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    if re.search(r"\d[.,]\d|^[-+]", folded):  # numbers: 1.5 is not 15, and -1 is not 1
        return folded.strip()
    return re.sub(r"[\W_]+", "", folded) or folded


# --- Targets and use -----------------------------------------------------------------------------


def outside_targets(splits: Splits) -> Iterator[Finding]:
    """Numbers to predict that are beyond all that training sees."""
    facts = splits.facts
    if facts.task != "regression":
        return
    train = splits.train.targets.numpy()
    if not len(train):
        return
    low, high = train.min(axis=0), train.max(axis=0)
    for part, called in (("val", "validation"), ("test", "test")):
        targets = splits.named()[part].targets.numpy()
        beyond = ((targets < low) | (targets > high)).any(axis=1)
        share = float(beyond.mean()) if len(beyond) else 0.0
        if share < 0.005:
            continue
        sentence = f"{int(beyond.sum()):,} of {len(beyond):,} {called} samples have targets beyond "
        sentence += "those of the training split"
        hint = "a network is bad at values that it has never seen"
        series = facts.kind == "series"
        hint += "; a series that rises or falls is better learned as differences" if series else ""
        lines = [_ranges(name, train[:, i], targets[:, i]) for i, name in enumerate(facts.targets)]
        told = [line for line, out in zip(lines, _beyond(targets, low, high), strict=True) if out]
        severity: Severity = "warning" if share > 0.05 else "info"
        yield Finding("outside_targets", severity, sentence, hint, lines_of(told, 4))


def _beyond(targets: Any, low: Any, high: Any) -> list[bool]:
    return [bool(out) for out in ((targets < low) | (targets > high)).any(axis=0)]


def _ranges(name: str, train: Any, other: Any) -> str:
    return (
        f"{name}: {train.min():.4g} to {train.max():.4g} in training, "
        f"{other.min():.4g} to {other.max():.4g} here"
    )


def subset_in_use(recipe: Recipe) -> Iterator[Finding]:
    """A part of the data alone is used, which is easily forgotten."""
    subset = recipe.dataset.subset
    if subset is not None:
        sentence = f"At most {subset:,} samples are used: dataset.subset is set"
        hint = "take it out to train on all of the data"
        yield Finding("subset", "info", sentence, hint, (), (("dataset.subset", None),))
