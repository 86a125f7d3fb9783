"""Texts and series for the tests of architectures: what is known of them, and samples."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from engine.architectures.base import Architecture
from engine.facts import Facts
from engine.schema import COMPONENTS, component_name

LENGTH, VOCABULARY = 12, 20
WINDOW, CHANNELS, HORIZON = 14, 3, 5

FACTS = {
    "text": Facts("text", (LENGTH,), "classes", tuple("abcde"), 100, vocabulary=VOCABULARY),
    "tokens": Facts(
        "text", (LENGTH,), "tokens", tuple("abcdefghijklmnopqrst"), 100, vocabulary=VOCABULARY
    ),
    "series": Facts("series", (WINDOW, CHANNELS), "classes", tuple("abcde"), 100),
    "forecast": Facts(
        "series", (WINDOW, CHANNELS), "regression", tuple("abcdefghij"), 100,
        horizon=HORIZON, target_channels=(0, 2),
    ),
}  # fmt: skip
"""By what is asked for: `text` and `series` are classified, `tokens` and `forecast` go on."""


def names_for(wanted: str) -> list[str]:
    """The architectures that fit, by name; without those that need more than the data."""
    return [
        component_name(cls)
        for cls in COMPONENTS.classes("architecture")
        if issubclass(cls, Architecture) and cls.suggested and cls.fits(FACTS[wanted])
    ]


CASES = [(wanted, name) for wanted in FACTS for name in names_for(wanted)]


def network(name: str, wanted: str, dropout: float = 0.0, **options: Any) -> nn.Module:
    """A network of that name for the data, in training mode."""
    architecture = COMPONENTS.get("architecture", name)(**options)
    assert isinstance(architecture, Architecture)
    facts = FACTS[wanted]
    return architecture.build(facts, len(facts.targets), dropout)


def samples(wanted: str, count: int = 4) -> torch.Tensor:
    """Preprocessed samples; texts are of all lengths from 1, running text has tokens throughout."""
    random = torch.Generator().manual_seed(3)
    if wanted in ("series", "forecast"):
        return torch.randn(count, WINDOW, CHANNELS, generator=random)
    ids = torch.randint(0, VOCABULARY, (count, LENGTH), generator=random)
    if wanted == "tokens":
        return ids
    ids = ids.clamp(min=1)
    for row in range(count):
        ids[row, 1 + (3 * row) % LENGTH :] = 0
    return ids
