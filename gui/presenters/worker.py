"""What the window needs of the thread on which its trainings run."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import SignalInstance

from engine.recipe import Recipe
from engine.training.begin import Begin
from engine.training.channel import Channel


class Worker(Protocol):
    """What is needed of `engine.worker.TrainingThread`; tests give a fake."""

    @property
    def happened(self) -> SignalInstance:
        """Events of the training."""

    @property
    def ready(self) -> SignalInstance:
        """The heavy imports are done."""

    def train(
        self, recipe: Recipe, runs_dir: Path, data_dir: Path, begin: Begin | None = None
    ) -> Channel:
        """Queue a training, a new run unless `begin` says otherwise."""
