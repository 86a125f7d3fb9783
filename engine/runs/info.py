"""One run in a few facts: a line of the run library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RunInfo:
    """One line of the run library.

    `metrics` are the final ones; `last` the latest of the validation split; `best` its best value
    of the main metric (`metric`, `value`, `step`). `epochs` are done, `position` is the epoch and
    the batch in it, both from 1, where a run without a finish stands. `size` is in bytes.
    """

    name: str
    path: Path
    state: str
    title: str = ""
    started: str = ""
    ended: str = ""
    recipe_name: str = ""
    preset: str = ""
    dataset: str = ""
    architecture: str = ""
    loss: str = ""
    optimizer: str = ""
    steps: int = 0
    total_steps: int = 0
    epochs: int = 0
    seconds: float = 0.0
    metrics: dict[str, float] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)
    best: dict[str, Any] | None = None
    position: tuple[int, int] | None = None
    parent: str | None = None
    parent_step: int | None = None
    parent_kind: str | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    favourite: bool = False
    archived: bool = False
    size: int = 0

    @property
    def where(self) -> str:
        """`epoch 7, batch 112`; empty when that is not known, or the run is finished."""
        return "epoch {}, batch {}".format(*self.position) if self.position else ""

    @property
    def shown_name(self) -> str:
        """What people called the run, or else its folder's name."""
        return self.title or self.name

    @cached_property
    def text(self) -> str:
        """Everything that the text filter looks through, in small letters."""
        parts = (self.name, self.title, self.recipe_name, self.preset, self.state, self.dataset,
                 self.architecture, self.loss, self.optimizer, self.note, *self.tags)  # fmt: skip
        return "\n".join(parts).casefold()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        data = {name: getattr(self, name) for name in _FIELDS}
        position = list(self.position) if self.position else None
        return data | {"path": str(self.path), "tags": list(self.tags), "position": position}


_FIELDS = tuple(declared.name for declared in fields(RunInfo))


def info_from_values(values: Iterable[Any], path: Path) -> RunInfo:
    """The run folder `path` from the values of what `as_json` gave. Raises ValueError, TypeError
    or KeyError when they are not that."""
    data = dict(zip(_FIELDS, values, strict=True))
    data["path"], data["tags"] = path, tuple(data["tags"])
    if data["position"] is not None:
        data["position"] = tuple(data["position"])
    return RunInfo(**data)
