"""Operations that put places elsewhere: reductions, orders, shapes, slices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from engine.model.axes import Axis, Seen, Taken, moved, same, unknown
from engine.model.recording import Step


def reduced(step: Step, taken: Taken) -> Seen | None:
    """What is summed up depends on all places along the dimensions that go."""
    tensor, state = taken[0]
    dims = step.kwargs.get("dim", step.args[1] if len(step.args) > 1 else None)
    if isinstance(dims, bool) or not isinstance(dims, (int, tuple, list, type(None))):
        return same(step, taken)
    gone = _dims(dims, tensor)
    kept = step.outputs[0].dim() == tensor.dim()
    found = []
    for axis in state:
        if axis.dim in gone:
            axis = axis.mixed()
        elif axis.dim is not None and not kept:
            axis = replace(axis, dim=axis.dim - sum(dim < axis.dim for dim in gone))
        found.append(axis)
    return tuple(found)


def _dims(dims: Any, tensor: Tensor) -> set[int]:
    if dims is None:
        return set(range(tensor.dim()))
    several = dims if isinstance(dims, (tuple, list)) else (dims,)
    return {int(dim) % tensor.dim() for dim in several}


def transposed(step: Step, taken: Taken) -> Seen | None:
    """Dimensions change places."""
    tensor, state = taken[0]
    order = list(range(tensor.dim()))
    if step.label == "permute":
        wanted = step.args[1] if isinstance(step.args[1], (tuple, list)) else step.args[1:]
        order = [int(dim) % tensor.dim() for dim in wanted]
    else:
        one, other = step.args[1:3] if step.label in ("transpose", "swapaxes") else (-2, -1)
        one, other = one % tensor.dim(), other % tensor.dim()
        order[one], order[other] = order[other], order[one]
    return moved(state, order.index)


def reshaped(step: Step, taken: Taken) -> Seen | None:
    """Dimensions that stay keep their places; joined ones are spread; one cut apart is not told."""
    (tensor, state), output = taken[0], step.outputs[0]
    blocks = _blocks(tuple(tensor.shape), tuple(output.shape))
    found: list[Axis] = []
    for axis in state:
        if axis.dim is None:
            found.append(axis)
            continue
        into = next((outs for ins, outs in blocks if axis.dim in ins), None)
        ins = next((ins for ins, _ in blocks if axis.dim in ins), [])
        if tensor.shape[axis.dim] == 1 or into is None:
            found.append(replace(axis, dim=None))
        elif len(ins) == len(into) == 1:
            found.append(replace(axis, dim=into[0]))
        elif len(into) == 1:
            found.append(replace(axis, dim=None, spread=True))
        else:
            return unknown(step, taken)
    return tuple(found)


def _blocks(before: Sequence[int], after: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Dimensions that became one another, those of a single place left out."""
    ins = [dim for dim, size in enumerate(before) if size != 1]
    outs = [dim for dim, size in enumerate(after) if size != 1]
    found: list[tuple[list[int], list[int]]] = []
    while ins and outs:
        left, right = [ins.pop(0)], [outs.pop(0)]
        one, other = before[left[0]], after[right[0]]
        while one != other and (ins or outs):
            if (one < other and ins) or not outs:
                left.append(ins.pop(0))
                one *= before[left[-1]]
            else:
                right.append(outs.pop(0))
                other *= after[right[-1]]
        found.append((left, right))
    return found


def picked(step: Step, taken: Taken) -> Seen | None:
    """A slice keeps the dimension, a number takes it away, None is a new one; anything else is
    not told."""
    index = step.args[1] if isinstance(step.args[1], tuple) else (step.args[1],)
    if not all(part is None or isinstance(part, (int, slice)) for part in index):
        return unknown(step, taken)
    to: list[int | None] = []
    after = 0
    for part in index:
        to += [] if part is None else [None] if isinstance(part, int) else [after]
        after += not isinstance(part, int)
    return moved(taken[0][1], lambda dim: to[dim] if dim < len(to) else dim - len(to) + after)


def selected(step: Step, taken: Taken) -> Seen | None:
    """One place of a dimension, which goes."""
    tensor, state = taken[0]
    dim = step.args[1] if len(step.args) > 1 else step.kwargs.get("dim", 0)
    return tuple(_without(axis, {int(dim) % tensor.dim()}) for axis in state)


def _without(axis: Axis, gone: set[int]) -> Axis:
    if axis.dim is None:
        return axis
    if axis.dim in gone:
        return replace(axis, dim=None)
    return replace(axis, dim=axis.dim - sum(dim < axis.dim for dim in gone))


def parted(step: Step, taken: Taken) -> Seen | None:
    """Pieces along a dimension that is none of the sample's axes."""
    tensor, state = taken[0]
    shape = step.outputs[0].shape
    cut = any(a.dim is not None and shape[a.dim] != tensor.shape[a.dim] for a in state)
    return unknown(step, taken) if cut else state
