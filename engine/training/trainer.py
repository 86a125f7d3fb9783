"""Lightning's Trainer as we use it: quiet, on one device, with our own checkpoint writing."""

from __future__ import annotations

from typing import Literal

from engine.training.lightning import TorchCheckpointIO, pl
from engine.training.plain import (
    NoProfiler,
    PlainPrecision,
    PlainStrategy,
    PlainTrainer,
    StepStrategy,
)
from engine.training.plan import Plan
from engine.training.resolve import Resolved

_PRECISIONS: dict[str, Literal["32-true", "bf16-mixed", "16-mixed"]] = {
    "32": "32-true", "tf32": "32-true", "bf16-mixed": "bf16-mixed", "16-mixed": "16-mixed",
}  # fmt: skip
"""Lightning's names. Products in TF32 are a setting of torch's own, made with the threads."""


def build_trainer(
    resolved: Resolved, deterministic: bool, plan: Plan, callback: pl.Callback,
    checkpoint_io: TorchCheckpointIO,
) -> pl.Trainer:  # fmt: skip
    """No logger, bar, checkpoint or validation of its own: our callbacks do these."""
    kind, _, index = resolved.device.partition(":")
    plain = kind == "cpu" and resolved.precision == "32"
    return PlainTrainer(
        accelerator=kind,
        strategy=PlainStrategy("cpu") if plain else StepStrategy(resolved.device),
        devices=[int(index)] if kind == "cuda" else 1,
        precision=None if plain else _PRECISIONS[resolved.precision],
        max_epochs=-1 if plan.epochs is None else plan.epochs,
        max_steps=plan.total_steps if plan.epochs is None else -1,
        callbacks=[callback],
        plugins=[checkpoint_io, *([PlainPrecision()] if plain else [])],
        profiler=NoProfiler(),
        limit_val_batches=0,
        deterministic=deterministic,
        num_sanity_val_steps=0,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
