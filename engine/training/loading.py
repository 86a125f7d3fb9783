"""Reads checkpoints: whole ones only, and never executing what is in them."""

from __future__ import annotations

import copy
import io
import logging
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import torch

from engine.problems import ProblemError
from engine.runs.checkpointfile import Stamp, damaged, stamped, verified
from engine.runs.folder import RunFolder

logger = logging.getLogger(__name__)


_PARTS = ("state_dict", "optimizer_states", "lr_schedulers", "loops", "callbacks")
_STATES = ("Checkpoints", "ExactState", "Validation")
"""What is in every checkpoint of this program, and which callbacks have a state in it."""


def load_checkpoint(path: Path) -> dict[str, Any]:
    """A checkpoint's content on the CPU. Raises ProblemError when the file is damaged, or of a
    newer version; the hint then names the next older checkpoint that is whole."""
    return parse_checkpoint(path, verified(path))


def parse_checkpoint(path: Path, data: bytes) -> dict[str, Any]:
    """The same of bytes that were read from the file and verified."""
    try:
        content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception:
        # torch's own text advises an unsafe way out: it is kept from the user
        logger.debug("Cannot load %s", path, exc_info=True)
        content = None
    if not _is_ours(content):
        raise ProblemError(damaged(path, "it is not a checkpoint of this program"))
    found = cast("dict[str, Any]", content)
    _count_by_hand(found["loops"])
    return found


def _count_by_hand(loops: dict[str, Any]) -> None:
    """Put the number of optimizer steps where Lightning looks for it: it stepped the optimizer
    itself when earlier versions made their checkpoints, and counted in another place."""
    loop = loops.get("fit_loop", {})
    automatic = loop.get("epoch_loop.automatic_optimization.optim_progress")
    by_hand = loop.get("epoch_loop.manual_optimization.optim_step_progress")
    if automatic and by_hand and not by_hand["total"]["completed"]:
        by_hand.update(copy.deepcopy(automatic["optimizer"]["step"]))


def _is_ours(content: object) -> bool:
    """Whether it looks like what we save: other programs write checkpoints with torch, too."""
    if not isinstance(content, dict) or any(part not in content for part in _PARTS):
        return False
    states = content["callbacks"]
    return isinstance(states, dict) and all(isinstance(states.get(s), dict) for s in _STATES)


def renewed(content: dict[str, Any], parent: RunFolder) -> bytes:
    """A file for the content of a checkpoint of format 1, with what that left out: its moment, and
    the recipe it was made with."""
    position = content["callbacks"]["Checkpoints"]
    batches = int(parent.environment().get("batches_per_epoch") or 1)
    step, done = int(position["step"]), int(position["done"])
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    content["recipe"] = parent.recipe().as_data()
    buffer = io.BytesIO()
    torch.save(content, buffer)
    stamp = Stamp(step, done, done / batches, "fork", now, version("trainboard"))
    return stamped(buffer.getvalue(), stamp)
