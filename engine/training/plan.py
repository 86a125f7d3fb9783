"""How much there is to do: decided once from the recipe and the size of the training split."""

from __future__ import annotations

from dataclasses import dataclass

from engine.training.options import Training


@dataclass(frozen=True)
class Plan:
    """`epochs` is None when the number of steps decides."""

    batches: int
    steps_per_epoch: int
    epochs: int | None
    total_steps: int

    @classmethod
    def of(cls, training: Training, batches: int) -> Plan:
        """The plan for so many batches an epoch."""
        per_epoch = -(-batches // training.accumulate)  # a window cut off by the epoch still steps
        if training.steps is not None:
            return cls(batches, per_epoch, None, training.steps)
        return cls(batches, per_epoch, training.epochs, training.epochs * per_epoch)

    def is_last(self, step: int) -> bool:
        """Whether optimizer step `step` (from 1) is the last one."""
        return step >= self.total_steps
