"""Small networks, and how they are recorded."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.facts import Facts
from engine.model.recording import Recorder


class Skip(nn.Module):
    """A block that adds its input to what two layers make of it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one, self.other = nn.Linear(width, width), nn.Linear(width, width)
        self.scale = nn.Parameter(torch.ones(width))

    def forward(self, values: Tensor) -> Tensor:
        """Values to values."""
        return values + self.scale * self.other(torch.relu(self.one(values)))


def recorded(network: nn.Module, *shape: int) -> Recorder:
    """One pass of two samples on the meta device."""
    network = network.to("meta")
    recorder = Recorder(network)
    samples = torch.empty(2, *shape, device="meta")
    with torch.no_grad(), recorder:
        answer = network(recorder.read(samples))
    recorder.give(answer)
    return recorder


def image_facts(side: int, channels: int = 1) -> Facts:
    """Square images in two classes."""
    return Facts("image", (channels, side, side), "classes", ("a", "b"), 10)


def series_facts(steps: int, channels: int = 1) -> Facts:
    """Windows of a series in two classes."""
    return Facts("series", (steps, channels), "classes", ("a", "b"), 10)
