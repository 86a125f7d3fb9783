"""What an optimizer keeps, and how much memory is free where a recipe would train."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil
import torch
from torch import Tensor, nn

from engine.devices import usual_device
from engine.training.groups import parameter_groups

if TYPE_CHECKING:
    from engine.recipe import Recipe

USUAL_STATE = 2.0
"""Numbers an optimizer keeps for each weight when it will not say: those of Adam."""


def state_per_weight(recipe: Recipe, network: nn.Module) -> float:
    """How many numbers the optimizer keeps for each weight that learns: found by taking a step on
    the meta device, where it does not know by itself."""
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    if not learning:
        return 0.0
    known = recipe.optimizer.kept_per_weight(network)
    if known is not None:
        return known
    for parameter in learning:
        parameter.grad = torch.empty_like(parameter)
    optimizer = recipe.optimizer.build(parameter_groups(recipe, network))
    if "history_size" in optimizer.defaults:  # LBFGS remembers pairs of steps and gradients
        return 2.0 * float(optimizer.defaults["history_size"])
    try:
        optimizer.step()
    except (RuntimeError, TypeError, NotImplementedError):  # its step reads numbers: there are none
        return USUAL_STATE
    kept = sum(
        value.numel()
        for state in optimizer.state.values()
        for value in state.values()
        if isinstance(value, Tensor)
    )
    return kept / sum(parameter.numel() for parameter in learning)


def free_memory(recipe: Recipe) -> tuple[int | None, str]:
    """Bytes free where the recipe would train, and whose memory that is.

    Of a device that is not there, and of one that does not tell, nothing is known.
    """
    wanted = recipe.training.device
    if wanted == "auto":
        wanted = usual_device()
    if wanted.startswith("cuda"):
        index = int(wanted.partition(":")[2] or 0)
        if index >= torch.cuda.device_count():
            return None, wanted
        return int(torch.cuda.mem_get_info(index)[0]), f"cuda:{index}"
    if wanted == "mps":
        return None, wanted
    return int(psutil.virtual_memory().available), "RAM"
