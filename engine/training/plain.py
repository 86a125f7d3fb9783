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

from engine.training.lightning import Profiler, RunningStage, SingleDeviceStrategy, Strategy, pl


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
    """Its loops ask some fifteen times a step whether it is training, where Lightning's own answer
    compares strings, and some fifty times for its strategy, which stays the same."""

    @cached_property
    def strategy(self) -> Strategy:
        """Chosen when the trainer is made."""
        return super().strategy

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

        return step_of(optimizer)(whole)


def step_of(optimizer: torch.optim.Optimizer) -> Callable[[Callable[[], Any]], Any]:
    """How an optimizer makes a step with a closure. Those of torch do so without the range that
    each step opens for torch's profiler and the breaks that it makes for torch's compiler, which
    cost a small network a fortieth of its speed; one that somebody hooked is left as it is."""
    kind = type(optimizer)
    hooked = any(
        (*_OF_ALL, optimizer._optimizer_step_pre_hooks, optimizer._optimizer_step_post_hooks)
    )
    patched = "step" in vars(optimizer)  # as a schedule of torch's does, to notice the steps
    if kind not in _BARE or hooked or patched or optimizer.defaults.get("differentiable"):
        return optimizer.step

    def bare(closure: Callable[[], Any]) -> Any:
        with torch.no_grad():
            return _BARE[kind](optimizer, closure)

    return bare


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
