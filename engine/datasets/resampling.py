"""How the pixels of a picture become those of another size, as an option of datasets."""

from __future__ import annotations

from typing import Literal

Resampled = Literal["bilinear", "bicubic"]
Interpolation = Literal["auto", "bilinear", "bicubic"]
"""How a picture's pixels become those of another size; auto until somebody has said so."""


def resampled(given: Interpolation) -> Resampled:
    """What is meant where nothing else was wished for."""
    return "bilinear" if given == "auto" else given
