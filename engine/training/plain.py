"""Lightning's machinery around a step without the parts that nobody uses here.

What each of them costs is in docs/performance.md. Everything is a public method or property of
Lightning that may be overridden; the loops are its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch.optim import optimizer as torch_optimizer

from engine.training.lightning import (
    Precision,
    Profiler,
    RunningStage,
    SingleDeviceStrategy,
    Strategy,
    pl,
)

_NOTHING: AbstractContextManager[None] = nullcontext()


class NoProfiler(Profiler):
    """Lightning opens some twenty profiler contexts a step; this one opens none."""

    def profile(self, action_name: str) -> Any:
        """A shared context that does nothing."""
        return _NOTHING

    def start(self, action_name: str) -> None:
        """Nothing."""

    def stop(self, action_name: str) -> None:
        """Nothing."""

    def summary(self) -> str:
        """Nothing."""
        return ""


class PlainTrainer(pl.Trainer):
    """Its loops ask some fifteen times a step whether it is training, where Lightning's own answer
    compares strings, some fifty times for its strategy, which stays the same, and once whether
    there is a validation. Its module optimizes by hand."""

    enable_validation = False
    """Validations are ours."""
    lightning_module: Any = None
    """What it trains."""

    def fit(self, model: pl.LightningModule, *args: Any, **kwargs: Any) -> None:
        """As always; it is asked for its module thirty times a step."""
        self.lightning_module = model
        super().fit(model, *args, **kwargs)

    @cached_property
    def strategy(self) -> Strategy:
        """Chosen when the trainer is made."""
        return super().strategy

    @property
    def global_step(self) -> int:
        """Optimizer steps made."""
        return self.fit_loop.epoch_loop.manual_optimization.optim_step_progress.total.completed

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


class PlainPrecision(Precision):
    """Full precision, in which nothing is to be done before or after."""

    def train_step_context(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """A shared context that does nothing."""
        return _NOTHING


class StepStrategy(SingleDeviceStrategy):
    """For a module that makes the whole step: the module itself says what of it is in mixed
    precision, which is the forward pass. Lightning would have the gradient and the optimizer's
    step in it, too."""

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        """The module's."""
        assert self.lightning_module is not None
        return self.lightning_module.training_step(*args, **kwargs)


class PlainStrategy(StepStrategy):
    """For the CPU in full precision: batches are where they are needed, no step wants a context,
    and of the hooks around a step the module's own are called, those of callbacks are not."""

    def batch_to_device(
        self, batch: Any, device: torch.device | None = None, dataloader_idx: int = 0
    ) -> Any:
        """The batch as it is."""
        return batch

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

        return make_step(optimizer, whole)


def make_step(optimizer: torch.optim.Optimizer, closure: Callable[[], Any]) -> Any:
    """An optimizer's step and its closure's loss. Those of torch make it without the range that
    each step opens for torch's profiler and the breaks that it makes for torch's compiler, which
    cost a small network a fortieth of its speed; they call the closure once, first of all."""
    bare = _bare_step_of(optimizer)
    if bare is None:
        return optimizer.step(closure)
    loss = closure()
    with torch.no_grad():
        bare(optimizer)
    return loss


def _bare_step_of(optimizer: torch.optim.Optimizer) -> Callable[..., Any] | None:
    """None for one that is not of torch, and for one that somebody hooked."""
    hooked = optimizer._optimizer_step_pre_hooks or optimizer._optimizer_step_post_hooks
    hooked = hooked or _OF_ALL[0] or _OF_ALL[1]
    patched = "step" in vars(optimizer)  # as a schedule of torch's does, to notice the steps
    if hooked or patched or optimizer.defaults.get("differentiable"):
        return None
    return _BARE.get(type(optimizer))


_OF_ALL = (
    torch_optimizer._global_optimizer_pre_hooks,
    torch_optimizer._global_optimizer_post_hooks,
)
"""The hooks that torch calls with every optimizer."""

_BARE: dict[type[torch.optim.Optimizer], Callable[..., Any]] = {
    kind: inspect.unwrap(kind.step)
    for kind in (
        torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop,
        torch.optim.Adagrad, torch.optim.NAdam, torch.optim.RAdam,
    )
}  # fmt: skip
"""The steps of torch's optimizers without what is wrapped round them."""
