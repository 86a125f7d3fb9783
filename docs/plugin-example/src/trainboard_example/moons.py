"""Two interleaved half circles, made from a seed: a table with two features and two classes."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from engine.datasets.base import Progress, SelfSplit, Splits, silent
from engine.facts import Facts
from engine.schema import option, register


@register
class Moons(SelfSplit):
    """Two half moons with noise, made on the spot: a small task that is not linear."""

    title: ClassVar[str] = "Two moons"
    name: Literal["moons"] = "moons"
    samples: int = option(400, "How many points to make.", ge=20, le=1_000_000)
    noise: float = option(0.15, "Standard deviation of the noise.", ge=0, le=10)
    points_seed: int = option(0, "Seed of the points.", ge=0, advanced=True)

    def facts(self) -> Facts:
        """What is known before anything is made: it sizes the network."""
        return Facts(
            "table", (2,), "classes", ("upper", "lower"), self.samples, features=("x", "y")
        )

    def build(self, data_dir: Path, progress: Progress = silent) -> Splits:
        """The points, divided as the options common to all datasets say."""
        import torch

        from engine.datasets.tensors import split_three_ways

        draws = torch.Generator().manual_seed(self.points_seed)  # never the global one
        angle = torch.rand(self.samples, generator=draws) * torch.pi
        lower = torch.arange(self.samples) % 2
        x = torch.where(lower == 1, 1 - angle.cos(), angle.cos())
        y = torch.where(lower == 1, 0.5 - angle.sin(), angle.sin())
        points = torch.stack([x, y], 1)
        points += self.noise * torch.randn(points.shape, generator=draws)
        return split_three_ways(self, points, lower)
