"""The door to Lightning: torchvision, which it imports, must have been mended before."""

from engine import torchsetup as torchsetup  # isort: split

import lightning.pytorch as pl
from lightning.fabric.plugins.io.torch_io import TorchCheckpointIO
from lightning.pytorch.profilers import Profiler

__all__ = ["Profiler", "TorchCheckpointIO", "pl"]
