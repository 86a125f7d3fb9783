"""Reads checkpoints: whole ones only, and never executing what is in them."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import torch

from engine.problems import ProblemError
from engine.runs.checkpointfile import damaged, verified

logger = logging.getLogger(__name__)


def load_checkpoint(path: Path) -> dict[str, Any]:
    """A checkpoint's content on the CPU. Raises ProblemError when the file is damaged, or of a
    newer version; the hint then names the next older checkpoint that is whole."""
    data = verified(path)
    try:
        content: dict[str, Any] = torch.load(
            io.BytesIO(data), map_location="cpu", weights_only=True
        )
    except Exception:
        # torch's own text advises an unsafe way out: it is kept from the user
        logger.debug("Cannot load %s", path, exc_info=True)
        problem = damaged(path, "it is not a checkpoint of this program")
        raise ProblemError(problem) from None
    return content
