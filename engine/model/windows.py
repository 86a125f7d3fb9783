"""Operations that look at several places at once: windows, mixtures, whole sequences."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from engine.model.axes import Axis, Rule, Seen, Taken, same, unknown
from engine.model.recording import Step


def linear(step: Step, taken: Taken) -> Seen | None:
    """Features are the last dimension; what is spread over them is mixed."""
    last = taken[0][0].dim() - 1
    return tuple(axis.mixed() if axis.spread or axis.dim == last else axis for axis in taken[0][1])


def product(step: Step, taken: Taken) -> Seen | None:
    """A matrix that nothing of the sample is in mixes the last dimension, as a layer would."""
    alone = len(taken) == 1 and bool(step.inputs) and taken[0][0] is step.inputs[0]
    return linear(step, taken) if alone else unknown(step, taken)


def mixing(dimension: int) -> Rule:
    """All places along a dimension are seen, if it is one of the sample's axes."""

    def rule(step: Step, taken: Taken) -> Seen | None:
        state = same(step, taken)
        place = step.outputs[0].dim() + dimension if dimension < 0 else dimension
        return state and tuple(
            axis.mixed(axis.dim) if axis.dim == place else axis for axis in state
        )

    return rule


def softmax(step: Step, taken: Taken) -> Seen | None:
    """Each value depends on all along one dimension."""
    dim = step.args[1] if len(step.args) > 1 else step.kwargs.get("dim", -1)
    dim = getattr(step.module, "dim", dim)
    return mixing(int(dim) if isinstance(dim, int) else -1)(step, taken)


def attention(step: Step, taken: Taken) -> Seen | None:
    """Each place of a sequence looks at all."""
    return mixing(1 if getattr(step.module, "batch_first", False) else 0)(step, taken)


def recurrent(step: Step, taken: Taken) -> Seen | None:
    """All steps, and all features of a step."""
    tensor, state = taken[0]
    along = 1 if getattr(step.module, "batch_first", False) else 0
    return tuple(
        axis.mixed(along) if axis.dim == along
        else axis.mixed() if axis.spread or axis.dim == tensor.dim() - 1 else axis
        for axis in state
    )  # fmt: skip


def _window(step: Step, taken: Taken, sizes: tuple[Any, Any, Any]) -> Seen | None:
    """A window of `kernel`, `stride`, `dilation` over the last dimensions."""
    tensor, state = taken[0]
    count = _dimensions(step, tensor)
    kernel, stride, dilation = (_each(size, count) for size in sizes)
    found = []
    for axis in state:
        place = -1 if axis.dim is None else axis.dim - (tensor.dim() - count)
        if axis.dim is not None and place < 0:
            axis = axis.mixed()  # along the channels
        elif axis.dim is not None:
            seen = axis.seen + (kernel[place] - 1) * dilation[place] * axis.jump
            axis = Axis(seen, axis.jump * stride[place], axis.dim)
        found.append(axis)
    return tuple(found)


def _dimensions(step: Step, tensor: Tensor) -> int:
    digits = [letter for letter in step.label if letter.isdigit()]
    return int(digits[-1]) if digits else tensor.dim() - 2


def _each(size: Any, count: int) -> tuple[int, ...]:
    return tuple(size) if isinstance(size, (tuple, list)) else (int(size),) * count


def window_layer(step: Step, taken: Taken) -> Seen | None:
    """A layer of convolution or pooling."""
    part: Any = step.module
    dilation = getattr(part, "dilation", 1)
    return _window(step, taken, (part.kernel_size, part.stride, dilation))


def window_function(step: Step, taken: Taken) -> Seen | None:
    """Pooling as a function."""
    named = dict(zip(("input", "kernel_size", "stride"), step.args, strict=False)) | step.kwargs
    kernel = named.get("kernel_size", 1)
    return _window(step, taken, (kernel, named.get("stride") or kernel, named.get("dilation", 1)))


def adaptive(step: Step, taken: Taken) -> Seen | None:
    """The same size keeps the places, one value sees all; others are windows where they fit."""
    (tensor, state), output = taken[0], step.outputs[0]
    found = []
    for axis in state:
        if axis.dim is not None:
            before, after = tensor.shape[axis.dim], output.shape[axis.dim]
            if after == 1 and before > 1:
                axis = axis.mixed(axis.dim)
            elif before % after:
                return None
            elif before != after:
                times = before // after
                seen = axis.seen + (times - 1) * axis.jump
                axis = Axis(seen, axis.jump * times, axis.dim)
        found.append(axis)
    return tuple(found)
