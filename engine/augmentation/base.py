"""What every augmentation component is: a random change of training samples, one of a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from engine.facts import Facts, Kind
from engine.problems import Problem
from engine.schema import Component, option

if TYPE_CHECKING:
    from torch import Tensor

    from engine.augmentation.kernels import Kernel

_SAMPLES = {
    "image": "images", "table": "rows of a table", "text": "texts", "series": "series",
}  # fmt: skip


@dataclass(frozen=True)
class Scale:
    """The scale of the raw inputs: `mean` and `std` of the training split, which broadcast
    against one sample, and the largest value that a pixel can have."""

    mean: Tensor
    std: Tensor
    brightest: int = 255


class Augmentation(Component):
    """A random change of each training sample, another one in every epoch."""

    kind: ClassVar[str] = "augmentation"
    changes: ClassVar[tuple[Kind, ...]] = ("image",)
    """What kinds of samples it can change."""

    p: float = option(1.0, "Probability that a sample is changed at all.", ge=0, le=1)

    def check_at(self, path: str, facts: Facts) -> Iterator[Problem]:
        """Problems of this change, which stands at `path`, with these samples."""
        if facts.kind in self.changes:
            yield from self.misfits(path, facts)
            return
        suited = " and ".join(_SAMPLES[kind] for kind in self.changes)
        sentence = f"{self.name} changes {suited}, and the samples here are {_SAMPLES[facts.kind]}"
        yield Problem(path, sentence, "take it out of the list")

    def misfits(self, path: str, facts: Facts) -> Iterator[Problem]:
        """What of the options does not suit samples of a kind that it can change."""
        yield from ()

    def build(self, scale: Scale) -> Kernel:
        """What changes whole batches; the random numbers are given to it."""
        raise NotImplementedError
