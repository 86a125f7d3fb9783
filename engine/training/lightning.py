"""The door to Lightning: torchvision, which it imports, must have been mended before."""

from engine import torchsetup as torchsetup  # isort: split

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import lightning.pytorch as pl
from lightning.fabric.plugins.io.torch_io import TorchCheckpointIO
from lightning.pytorch.profilers import Profiler
from lightning.pytorch.strategies import SingleDeviceStrategy, Strategy
from lightning.pytorch.trainer.states import RunningStage

__all__ = [
    "Profiler", "RunningStage", "SingleDeviceStrategy", "Strategy", "TorchCheckpointIO", "pl",
    "signed_once",
]  # fmt: skip

F = TypeVar("F", bound=Callable[..., Any])


def signed_once(function: F) -> F:
    """A function whose signature is known, where Lightning asks `inspect` for it in every step."""
    vars(function)["__signature__"] = inspect.signature(function)
    return function
