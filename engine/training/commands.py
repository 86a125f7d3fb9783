"""What can be asked of a running training. Obeyed between two batches, answered by one Report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Command:
    """Base of all commands."""


@dataclass(frozen=True)
class Pause(Command):
    """Hold after the batch in progress."""


@dataclass(frozen=True)
class Resume(Command):
    """Go on exactly where the training was held."""


@dataclass(frozen=True)
class Step(Command):
    """While paused: let `batches` batches through, then hold again."""

    batches: int = 1


@dataclass(frozen=True)
class Stop(Command):
    """End after the batch in progress; `save` keeps a checkpoint of that very moment."""

    save: bool = True


@dataclass(frozen=True)
class SaveCheckpoint(Command):
    """Write a checkpoint of this moment, kept under its step number."""


@dataclass(frozen=True)
class Validate(Command):
    """Measure the validation split now; changes nothing in the training."""


@dataclass(frozen=True)
class Intervene(Command):
    """Change live options of the recipe, `(path, value)` each, at the next step boundary."""

    changes: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, changes: Mapping[str, Any]) -> Intervene:
        """From values by path: `{"optimizer.lr": 1e-3}`."""
        return cls(tuple(changes.items()))


@dataclass(frozen=True)
class Export(Command):
    """Write the model in its present state in an export format."""

    format: str
    path: Path


@dataclass(frozen=True)
class Report:
    """The answer to one command: what happened in one sentence, and the file it made, if any."""

    command: Command
    ok: bool
    sentence: str
    hint: str = ""
    path: Path | None = None
