"""What became of a file's tensors: which were taken, which not, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

Shape = tuple[int, ...]
Named = tuple[str, Shape]
"""A tensor's name and shape; an empty shape where it is not known."""


@dataclass(frozen=True)
class WeightsReport:
    """`matched` of the `wanted` tensors of the backbone came from the file, which may be the
    program's own and have a head that fits, too.

    `missing` are those of the network that the file has not, `unexpected` those of the file that
    the network has not, `other_shapes` those that both have (name, shape in the file, in the
    network), `replaced` those of the file's last layer, for which there is a new head, and
    `changed` says in sentences how names and tensors were made to fit.
    """

    source: str
    matched: int
    wanted: int
    missing: tuple[Named, ...] = ()
    unexpected: tuple[Named, ...] = ()
    other_shapes: tuple[tuple[str, Shape, Shape], ...] = ()
    replaced: tuple[Named, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing is to be said but that all fits."""
        return not (self.missing or self.unexpected or self.other_shapes)

    @property
    def headline(self) -> str:
        """What there is to say in one sentence."""
        parts = [f"{self.matched} of {self.wanted} tensors of the backbone"]
        parts += [f"{len(self.missing)} missing"] if self.missing else []
        parts += [f"{len(self.unexpected)} unexpected"] if self.unexpected else []
        parts += [f"{len(self.other_shapes)} of another shape"] if self.other_shapes else []
        return f"Weights from {self.source}: {', '.join(parts)}"

    def lines(self) -> list[str]:
        """Everything, a line each."""
        told = [self.headline, *(f"weights: {change}" for change in self.changed)]
        told += [f"missing in the file: {_shown(*each)}" for each in self.missing]
        told += [f"unexpected in the file: {_shown(*each)}" for each in self.unexpected]
        told += [
            f"another shape: {name} is {_shape(given)} in the file, {_shape(own)} in the network"
            for name, given, own in self.other_shapes
        ]
        told += [f"not used, the head is new: {_shown(*each)}" for each in self.replaced]
        return told

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self) | {"headline": self.headline}


def _shown(name: str, shape: Shape) -> str:
    return f"{name} {_shape(shape)}" if shape else name


def _shape(shape: Shape) -> str:
    return "x".join(map(str, shape)) or "a number"
