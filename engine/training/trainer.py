"""Lightning's Trainer as we use it: quiet, on one device, with our own checkpoint writing."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

from engine.training.lightning import Profiler, TorchCheckpointIO, pl
from engine.training.options import Training
from engine.training.plan import Plan
from engine.training.resolve import Resolved

_PRECISIONS: dict[str, Literal["32-true", "bf16-mixed", "16-mixed"]] = {
    "32": "32-true", "tf32": "32-true", "bf16-mixed": "bf16-mixed", "16-mixed": "16-mixed",
}  # fmt: skip
"""Lightning's names. Products in TF32 are a setting of torch's own, made with the threads."""


class NoProfiler(Profiler):
    """Lightning opens some thirty profiler contexts a step; this one opens none."""

    _nothing: AbstractContextManager[None] = nullcontext()

    def profile(self, action_name: str) -> Any:
        """A shared context that does nothing."""
        return self._nothing

    def start(self, action_name: str) -> None:
        """Nothing."""

    def stop(self, action_name: str) -> None:
        """Nothing."""

    def summary(self) -> str:
        """Nothing."""
        return ""


def build_trainer(
    training: Training, resolved: Resolved, plan: Plan, callbacks: list[pl.Callback],
    checkpoint_io: TorchCheckpointIO,
) -> pl.Trainer:  # fmt: skip
    """No logger, bar, checkpoint or validation of its own: our callbacks do these."""
    kind, _, index = resolved.device.partition(":")
    return pl.Trainer(
        accelerator=kind,
        devices=[int(index)] if kind == "cuda" else 1,
        precision=_PRECISIONS[resolved.precision],
        max_epochs=-1 if plan.epochs is None else plan.epochs,
        max_steps=plan.total_steps if plan.epochs is None else -1,
        accumulate_grad_batches=training.accumulate,
        callbacks=callbacks,
        plugins=[checkpoint_io],
        profiler=NoProfiler(),
        limit_val_batches=0,
        deterministic=training.deterministic,
        num_sanity_val_steps=0,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
