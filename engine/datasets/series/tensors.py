"""The windows as tensors: overlapping views of the rows, of which there is one copy."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.datasets.base import Splits, TensorData
from engine.datasets.notes import said
from engine.datasets.preprocess import Preprocess
from engine.datasets.series.arrange import Arranged, content_of
from engine.datasets.series.baselines import errors
from engine.facts import Facts


def splits_of(arranged: Arranged, facts: Facts) -> Splits:
    """The three splits; inputs (N, window, channels) and targets (N, horizon * n) are views."""
    layout = arranged.layout
    inputs = torch.from_numpy(arranged.channels).unfold(0, layout.window, 1).transpose(1, 2)
    told = _told(arranged)
    parts = []
    for part in ("train", "val", "test"):
        starts = layout.starts(part)
        lead = slice(starts.start + layout.lead, starts.stop + layout.lead, starts.step)
        beside = errors(arranged.targets, layout, part, arranged.season) if arranged.ahead else ()
        chosen = inputs[starts.start : starts.stop : starts.step]
        parts.append(TensorData(chosen, told[lead], beside))
    train, val, test = parts
    notes = (*arranged.prepared.notes, *arranged.notes)
    return Splits(train, val, test, facts, _scaling(arranged), said(notes),
                  content_of(arranged))  # fmt: skip


def _told(arranged: Arranged) -> Tensor:
    """What is told from each row on: the classes (T,), or the targets of so many steps, those of
    the first step first: (T - horizon + 1, horizon * n)."""
    if arranged.codes is not None:
        return torch.from_numpy(arranged.codes)
    rows = torch.from_numpy(arranged.targets)
    return rows.unfold(0, arranged.ahead, 1).transpose(1, 2).flatten(1)


def _scaling(arranged: Arranged) -> Preprocess:
    """Forecasts are on the scale of the channels that they continue."""
    offset, scale = torch.from_numpy(arranged.offset), torch.from_numpy(arranged.scale)
    if not arranged.ahead:
        return Preprocess(offset, scale)
    count = len(arranged.prepared.targets)
    return Preprocess(offset, scale, offset[:count].repeat(arranged.ahead),
                      scale[:count].repeat(arranged.ahead))  # fmt: skip
