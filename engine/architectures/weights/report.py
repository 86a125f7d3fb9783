"""What became of a file's tensors: which were taken, which not, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

Shape = tuple[int, ...]
Named = tuple[str, Shape]
"""A tensor's name and shape; an empty shape where it is not known."""
COUNTER = "num_batches_tracked"
"""The end of a name that no network needs: files of before 2018 have no such tensors."""
_MOST = 0.9
"""Of the tensors, the part from which on a file counts as one of this network."""


@dataclass(frozen=True)
class WeightsReport:
    """`matched` of the `wanted` tensors of the backbone came from the file, which may be the
    program's own and have a head that fits, too.

    `missing` are those of the network that the file has not, `unexpected` those of the file that
    the network has not, `other_shapes` those that both have (name, shape in the file, in the
    network), `replaced` those of the file's last layer, for which there is a new head, and
    `changed` says in sentences how names and tensors were made to fit. `like` is a network that has
    just as many weights as the file, where much does not fit and one is known.
    """

    source: str
    matched: int
    wanted: int
    missing: tuple[Named, ...] = ()
    unexpected: tuple[Named, ...] = ()
    other_shapes: tuple[tuple[str, Shape, Shape], ...] = ()
    replaced: tuple[Named, ...] = ()
    changed: tuple[str, ...] = ()
    like: str = ""

    @property
    def foreign(self) -> bool:
        """Whether so much does not fit that the file is likely of another network."""
        counted = [name for name, _ in self.missing if name.endswith(COUNTER)]
        wanted = self.wanted - len(counted)
        return min(self.matched, wanted) < _MOST * max(wanted, self.matched + len(self.unexpected))

    @property
    def advice(self) -> str:
        """What to do where much does not fit; "" where all or nearly all does."""
        if not self.foreign:
            return ""
        if not self.like:
            return "check that it is the file of this network"
        return f"it has just as many weights as torchvision's {self.like}: choose that network"

    @property
    def hint(self) -> str:
        """What a notice of it ends with."""
        return "; ".join(filter(None, (self.advice, "the run's log lists them all")))

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
        told = [self.headline, *([f"weights: {self.advice}"] if self.advice else [])]
        told += [f"weights: {change}" for change in self.changed]
        told += [f"missing in the file: {_shown(*each)}" for each in self.missing]
        told += [f"unexpected in the file: {_shown(*each)}" for each in self.unexpected]
        told += [
            f"another shape: {name} is {shown_shape(given)} in the file,"
            f" {shown_shape(own)} in the network"
            for name, given, own in self.other_shapes
        ]
        told += [f"not used, the head is new: {_shown(*each)}" for each in self.replaced]
        return told

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self) | {"headline": self.headline}


def _shown(name: str, shape: Shape) -> str:
    return f"{name} {shown_shape(shape)}" if shape else name


def shown_shape(shape: Shape) -> str:
    """`64x3x3x3`."""
    return "x".join(map(str, shape)) or "a number"
