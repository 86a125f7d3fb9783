"""The model as it is used after training: raw samples in, logits or values out."""

from __future__ import annotations

import copy
from collections import OrderedDict
from typing import Any, TypeVar

from torch import Tensor, nn

from engine.datasets.preprocess import Preprocess, Tokens

M = TypeVar("M", bound=nn.Module)
_HOOKS = (
    "_forward_hooks", "_forward_hooks_with_kwargs", "_forward_hooks_always_called",
    "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs",
    "_backward_hooks", "_backward_pre_hooks",
    "_state_dict_hooks", "_state_dict_pre_hooks",
)  # fmt: skip


class Deployed(nn.Module):
    """Preprocessing, network and rescaling in one module."""

    def __init__(self, preprocess: Preprocess, network: nn.Module) -> None:
        super().__init__()
        self.preprocess = preprocess
        self.network = network

    def forward(self, raw: Tensor) -> Tensor:
        """Raw inputs (N, *shape) as in the dataset, of any number type, to logits or values in
        the data's own units (N, T)."""
        values: Tensor = self.preprocess.unscale(self.network(self.preprocess(raw)))
        return values

    def as_taken(self, raw: Tensor) -> Tensor:
        """Raw inputs in the number type that an exported file is given: int64 for the token
        numbers of texts, float32 for all else."""
        return raw.long() if isinstance(self.preprocess, Tokens) else raw.float()


def deployed_copy(network: nn.Module, preprocess: Preprocess) -> Deployed:
    """A float32 copy on the CPU, in eval mode and without hooks; the originals are untouched."""
    copied = copy_without_hooks(network)
    merged: Any = getattr(copied, "merged", lambda: copied)
    model = Deployed(copy_without_hooks(preprocess), merged())
    model = model.cpu().float().eval().requires_grad_(False)
    for part in model.modules():
        if hasattr(part, "_jit_is_scripting"):  # a LightningModule without its trainer
            part._jit_is_scripting = True  # type: ignore[assignment]
    for tensor in (*model.parameters(), *model.buffers()):  # some may be channels-last
        tensor.data = tensor.data.contiguous()
    return model


def copy_without_hooks(module: M) -> M:
    """A deep copy in which nothing watches: a probe's hooks may hold files, locks or windows."""
    replaced: dict[int, Any] = {
        id(hooks): OrderedDict()
        for part in module.modules()
        for name in _HOOKS
        if (hooks := part.__dict__.get(name)) is not None
    }
    return copy.deepcopy(module, replaced)
