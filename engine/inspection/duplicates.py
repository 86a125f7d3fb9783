"""Samples that are there more than once: within a split, across splits, and with another target."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.datasets.base import Splits, TensorData
from engine.inspection.finding import Finding, Severity, lines_of, several

MOST_BYTES = 1_000_000_000
"""What is hashed at most; of larger data evenly spread samples are."""
MOST_SAMPLES = 200_000
_BLOCK = 512
SERIOUS = 0.01
"""The part of a split from which on samples that training knows make its figures wrong."""

Name = Callable[[str, int], str]
"""What a sample is called in evidence, from its split and its place there."""
Keys = dict[str, dict[int, bytes]]
"""For each split the keys of its samples by their place; equal samples have equal keys."""


@dataclass(frozen=True)
class Pair:
    """A sample of one split (`part`, `place`) that is also in another, or again in its own."""

    part: str
    place: int
    other_part: str
    other: int


def keys_of(splits: Splits) -> Keys:
    """A hash of the inputs of every sample, or of evenly spread ones if there are very many."""
    total = sum(len(part) for part in splits.named().values())
    each = max(1, splits.train.inputs[0].numel() * _width(splits.train))
    most = min(MOST_SAMPLES, max(1_000, MOST_BYTES // each))
    step = -(-total // most)
    return {name: _keys(part, step) for name, part in splits.named().items()}


def _width(part: TensorData) -> int:
    return int(part.inputs[0].element_size())


def _keys(part: TensorData, step: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for start in range(0, len(part), _BLOCK * step):
        places = range(start, min(len(part), start + _BLOCK * step), step)
        block = np.ascontiguousarray(part.inputs[places.start : places.stop : step].numpy())
        rows = block.reshape(len(block), -1).view(np.uint8)
        for place, row in zip(places, rows, strict=True):
            found[place] = hashlib.blake2b(row.data, digest_size=16).digest()
    return found


def sampled(keys: Keys, splits: Splits) -> str:
    """A line that says so where not all samples were compared, else ""."""
    seen, total = sum(map(len, keys.values())), sum(map(len, splits.named().values()))
    return "" if seen == total else f"{seen:,} of {total:,} samples were compared"


def across(keys: Keys) -> list[Pair]:
    """Samples of validation and test that are in training, or in the other of the two."""
    first: dict[bytes, tuple[str, int]] = {}
    found = []
    for part, members in keys.items():
        for place, key in members.items():
            known = first.setdefault(key, (part, place))
            if known[0] != part:
                found.append(Pair(part, place, *known))
    return found


def within(keys: dict[int, bytes]) -> list[tuple[int, int]]:
    """Samples of one split that come again in it: the second place, the first."""
    first: dict[bytes, int] = {}
    return [
        (place, first[key]) for place, key in keys.items() if first.setdefault(key, place) != place
    ]


def contradicting(keys: Keys, targets: dict[str, Any]) -> list[Pair]:
    """Samples with the inputs of an earlier one and another target."""
    first: dict[bytes, tuple[str, int]] = {}
    found = []
    for part, members in keys.items():
        for place, key in members.items():
            known = first.setdefault(key, (part, place))
            if known == (part, place):
                continue
            if not np.array_equal(targets[part][place], targets[known[0]][known[1]]):
                found.append(Pair(part, place, *known))
    return found


# --- As findings ---------------------------------------------------------------------------------


def leak_severity(pairs: Iterable[Pair], keys: Keys) -> Severity:
    """An error where so many samples of a split are known that its figures are too good."""
    counts: dict[str, int] = {}
    for pair in pairs:
        counts[pair.part] = counts.get(pair.part, 0) + 1
    shares = (count / max(1, len(keys[part])) for part, count in counts.items())
    return "error" if max(shares, default=0.0) > SERIOUS else "warning"


def findings_of(
    keys: Keys, splits: Splits, what: str, name: Name, by_chance: bool = False
) -> list[Finding]:
    """Leakage, copies within the training split, and contradictions. `what` is a sample's name;
    `by_chance` says that equal ones may be different things, as rows of few columns are."""
    note = sampled(keys, splits)
    found = []
    leaks = across(keys)
    if leaks:
        found.append(_leak(leaks, keys, what, name, note, by_chance))
    copies = within(keys["train"])
    if copies:
        lines = [f"{name('train', a)} is {name('train', b)}" for a, b in copies]
        sentence = several(len(copies), f"{what} is", f"{what}s are")
        sentence += " in the training split more than once"
        hint = "they count more than others do; delete what is there twice by mistake"
        found.append(Finding("duplicates", "info", sentence, hint, _with(lines, note)))
    found += _contradictions(keys, splits, what, name, note, by_chance)
    return found


def _leak(
    leaks: Sequence[Pair], keys: Keys, what: str, name: Name, note: str, by_chance: bool
) -> Finding:
    lines = [
        f"{name(pair.part, pair.place)} ({pair.part}) is {name(pair.other_part, pair.other)} "
        f"({pair.other_part})"
        for pair in leaks
    ]
    sentence = several(len(leaks), f"{what} is", f"{what}s are")
    sentence += " in two splits: a network is tested on what it has seen"
    hint = "delete one of each pair, so that the figures of the test can be believed"
    severity = leak_severity(leaks, keys)
    if by_chance:
        hint = f"{hint}; different things may look the same in so few columns"
        severity = "warning" if severity == "error" else "info"
    return Finding("leakage", severity, sentence, hint, _with(lines, note))


def _contradictions(
    keys: Keys, splits: Splits, what: str, name: Name, note: str, by_chance: bool
) -> list[Finding]:
    if splits.facts.task != "classes":
        return []
    targets = {part: data.targets.numpy() for part, data in splits.named().items()}
    pairs = contradicting(keys, targets)
    if not pairs:
        return []
    names = splits.facts.targets
    lines = [
        f"{name(pair.part, pair.place)} is {names[int(targets[pair.part][pair.place])]!r}, "
        f"{name(pair.other_part, pair.other)} is "
        f"{names[int(targets[pair.other_part][pair.other])]!r}"
        for pair in pairs
    ]
    sentence = several(len(pairs), f"{what} is", f"{what}s are")
    sentence += " the same as another one of another class"
    severity: Severity = "info" if by_chance else "warning"
    hint = "one of the two labels is wrong, or the inputs do not tell the classes apart"
    return [Finding("contradicting_labels", severity, sentence, hint, _with(lines, note))]


def _with(lines: Sequence[str], note: str) -> tuple[str, ...]:
    return (*lines_of(lines), *([note] if note else []))
