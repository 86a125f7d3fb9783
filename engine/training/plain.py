"""Lightning's machinery around a step without the parts that nobody uses here.

What each of them costs is in docs/performance.md. Everything is a public method or property of
Lightning that may be overridden; the loops are its own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor

from engine.training.lightning import Profiler, RunningStage, SingleDeviceStrategy, pl


class NoProfiler(Profiler):
    """Lightning opens some twenty profiler contexts a step; this one opens none."""

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


class PlainTrainer(pl.Trainer):
    """Its loops ask some fifteen times a step whether it is training; Lightning's own answer
    compares strings."""

    @property
    def training(self) -> bool:
        """Whether it fits, and is not in a validation of Lightning's."""
        return self.state.stage is RunningStage.TRAINING

    @training.setter
    def training(self, value: bool) -> None:
        if value:
            self.state.stage = RunningStage.TRAINING
        elif self.training:
            self.state.stage = None


class PlainStrategy(SingleDeviceStrategy):
    """For the CPU in full precision: batches are where they are needed, no step wants a context,
    and of the hooks around a step the module's own are called, those of callbacks are not."""

    def batch_to_device(
        self, batch: Any, device: torch.device | None = None, dataloader_idx: int = 0
    ) -> Any:
        """The batch as it is."""
        return batch

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        """The module's."""
        assert self.lightning_module is not None
        return self.lightning_module.training_step(*args, **kwargs)

    def backward(self, closure_loss: Tensor, optimizer: Any, *args: Any, **kwargs: Any) -> Tensor:
        """Between the module's hooks."""
        module = self.lightning_module
        assert module is not None
        module.on_before_backward(closure_loss)
        closure_loss.backward(*args, **kwargs)  # type: ignore[no-untyped-call]
        module.on_after_backward()
        return closure_loss

    def optimizer_step(
        self, optimizer: torch.optim.Optimizer, closure: Callable[[], Any], model: Any = None,
        **kwargs: Any,
    ) -> Any:  # fmt: skip
        """The optimizer's, which calls the closure as often as it likes."""
        module = self.lightning_module
        assert module is not None

        def whole() -> Any:
            loss = closure()
            module.on_before_optimizer_step(optimizer)
            return loss

        return optimizer.step(closure=whole, **kwargs)
