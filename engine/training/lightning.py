"""The door to Lightning: torchvision, which it imports, must have been mended before."""

from engine import torchsetup as torchsetup  # isort: split

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import lightning.pytorch as pl
from lightning.fabric.plugins.io.torch_io import TorchCheckpointIO
from lightning.pytorch.plugins.precision import Precision
from lightning.pytorch.profilers import Profiler
from lightning.pytorch.strategies import SingleDeviceStrategy, Strategy
from lightning.pytorch.trainer.states import RunningStage

__all__ = [
    "Precision", "Profiler", "RunningStage", "SingleDeviceStrategy", "Strategy",
    "TorchCheckpointIO", "pl", "signed_once",
]  # fmt: skip

F = TypeVar("F", bound=Callable[..., Any])


def signed_once(function: F) -> F:
    """A `training_step` of batch and number, where Lightning asks `inspect` in every step whether
    it wants the number. It asks what the function wraps, if that is anything: here a function that
    takes whatever comes and whose signature is known, the shortest of all answers."""
    vars(function)["__wrapped__"] = _whatever
    return function


def _whatever(*_args: Any) -> None:
    """Nothing: only its signature is looked at."""


vars(_whatever)["__signature__"] = inspect.signature(_whatever)
