"""What a fit is made from."""

from __future__ import annotations

from dataclasses import dataclass

from engine.architectures.weights.matching import Matched
from engine.datasets.base import Progress, Splits, silent
from engine.runs.folder import RunFolder
from engine.runs.lock import RunLock
from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.control import Control
from engine.training.origin import Origin
from engine.training.resolve import Resolved


@dataclass(frozen=True)
class Setting:
    """What a fit is made from, all of it decided before."""

    origin: Origin
    folder: RunFolder
    lock: RunLock
    splits: Splits
    fingerprint: str
    resolved: Resolved
    channel: Channel
    clock: Clock
    control: Control
    weights: Matched | None = None
    preparing: Progress = silent
