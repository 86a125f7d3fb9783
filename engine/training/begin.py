"""The ways in which a training begins. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.runs.folder import RunFolder


@dataclass(frozen=True)
class Begin:
    """Base of all ways to begin."""


@dataclass(frozen=True)
class New(Begin):
    """From the first batch, in a new folder. Where the recipe came from is recorded with it."""

    preset: str = ""
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resume(Begin):
    """An earlier run goes on in its own folder: from its newest checkpoint or the given one, anew
    if there is none."""

    folder: RunFolder
    checkpoint: Path | None = None


@dataclass(frozen=True)
class Extend(Begin):
    """A finished run goes on in its own folder for so many more epochs."""

    folder: RunFolder
    epochs: int


@dataclass(frozen=True)
class Fork(Begin):
    """A new run that begins with another run's checkpoint and curves, and its own recipe."""

    parent: RunFolder
    checkpoint: Path


@dataclass(frozen=True)
class Replay(Begin):
    """A new run that repeats another one from its recipe and intervention log."""

    of: RunFolder
