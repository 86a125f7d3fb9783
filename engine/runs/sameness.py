"""Whether two runs are the same bit for bit: weights, final metrics, every logged point."""

from __future__ import annotations

import numpy as np

from engine.runs.folder import RunFolder
from engine.runs.metriclog import Points
from engine.runs.metricreader import read_metrics
from engine.wording import counted

_FIELDS = ("step", "epoch", "value")
"""What of a point is compared: the time it took is not repeatable."""


def differences(before: RunFolder, after: RunFolder) -> list[str]:
    """A sentence for everything in which a replay differs from its original; empty if nothing does.

    Of an original that never came to its end, what there is of it is compared.
    """
    found = _curves(before, after)
    original, repeated = before.summary(), after.summary()
    if original.get("status") not in ("finished", "stopped"):
        return found
    if original.get("weights_sha256") != repeated.get("weights_sha256"):
        found.append("The final weights differ")
    if original["status"] == "finished" and original.get("metrics") != repeated.get("metrics"):
        found.append("The final metrics differ")
    return found


def compared(before: RunFolder) -> str:
    """What of a run can be compared, in words."""
    if before.summary().get("status") in ("finished", "stopped"):
        return "weights and every logged metric"
    return "every logged metric until it was cut off"


def _curves(before: RunFolder, after: RunFolder) -> list[str]:
    found, repeated = [], read_metrics(after.path)
    original = read_metrics(before.path)
    whole = before.summary().get("status") == "finished"
    for name in original.names():
        a = original.series(name).since()
        b = repeated.series(name).since() if name in repeated.names() else a[:0]
        first = _first_difference(a, b)
        if first is not None:
            found.append(f"{name} differs from step {first} on")
        elif whole and len(a) != len(b):
            found.append(f"{name} has {counted(len(a), 'point')}, its repetition {len(b)}")
    return found


def _first_difference(a: Points, b: Points) -> int | None:
    """The step of the first point that differs; one that is missing differs."""
    common = min(len(a), len(b))
    same = np.ones(common, bool)
    for field in _FIELDS:
        left, right = a[field][:common], b[field][:common]
        same &= (left == right) | ((left != left) & (right != right))
    if not same.all():
        return int(a["step"][np.argmin(same)])
    return int(a["step"][common]) if len(a) > common else None
