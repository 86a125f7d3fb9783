"""One hash for the weights of a network: equal hashes mean equal bits."""

from __future__ import annotations

import hashlib
import logging

import torch
from torch import Tensor, nn

logger = logging.getLogger(__name__)


def weights_sha256(network: nn.Module) -> str:
    """SHA-256 over the sorted state_dict: name, dtype, shape and bytes of each tensor."""
    digest = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        if not isinstance(tensor, Tensor):  # what own code keeps beside its weights
            digest.update(f"{name}|{tensor!r}|".encode())
            continue
        tensor = tensor.detach().cpu().contiguous()
        digest.update(f"{name}|{tensor.dtype}|{tuple(tensor.shape)}|".encode())
        digest.update(tensor.view(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def sha256_if_readable(network: nn.Module) -> str:
    """The same, or nothing when a device that failed does not give the weights any more."""
    try:
        return weights_sha256(network)
    except RuntimeError:
        logger.exception("The weights could not be read")
        return ""
