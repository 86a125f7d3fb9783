"""What of a network's state a checkpoint cannot hold, because reading it back would run code, or
does not have, because it is in a plain variable."""

from __future__ import annotations

import io
import random
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

_LONGEST = 1000
_PLAIN = (bool, int, float, str, list, tuple, dict, set, Tensor, np.ndarray)
_GENERATORS = (torch.Generator, random.Random, np.random.Generator, np.random.RandomState)
_PREFIXES = ("state_dict.network.", "state_dict.average.", "own_module.", "state_dict.")


def unreadable(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The place and the type of each part that `torch.load(weights_only=True)` refuses."""
    if is_readable(content):
        return
    for place, value in _refused(content, ""):
        name = next((place.removeprefix(p) for p in _PREFIXES if place.startswith(p)), place)
        yield name, type(value).__name__


def is_readable(value: Any) -> bool:
    """Whether what is saved can be loaded again."""
    buffer = io.BytesIO()
    try:
        torch.save(value, buffer)
        torch.load(io.BytesIO(buffer.getvalue()), weights_only=True)
    except Exception:  # pickle, torch and the value itself may each raise anything
        return False
    return True


def _refused(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    if is_readable(value):
        return
    parts: list[tuple[Any, Any]] = []
    if isinstance(value, Mapping):
        parts = list(value.items())
    elif isinstance(value, list | tuple):
        parts = list(enumerate(value))
    found = [
        pair
        for key, part in parts
        for pair in _refused(part, f"{place}.{key}" if place else str(key))
    ]
    yield from found or [(place, value)]


# --- What no checkpoint has ----------------------------------------------------------------------


def plain_state(network: nn.Module) -> dict[str, str]:
    """What a network and the own file that it is from keep in plain variables, by name."""
    found: dict[str, str] = {}
    for name, part in network.named_modules():
        found |= _shown(vars(part), f"{name}." if name else "")
    home = sys.modules.get(type(network).__module__)
    if home is not None and home.__name__.startswith("own_code_"):
        found |= _shown(vars(home), "the variable ")
    return found


def _shown(values: Mapping[str, Any], prefix: str) -> dict[str, str]:
    return {
        f"{prefix}{name}": repr(value)[:_LONGEST]
        for name, value in values.items()
        if isinstance(value, _PLAIN) and not name.startswith("_") and name != "training"
    }


def random_sources(network: nn.Module) -> list[str]:
    """The names of random generators that the parts of a network hold."""
    return [
        f"{name}.{key}" if name else key
        for name, part in network.named_modules()
        for key, value in vars(part).items()
        if isinstance(value, _GENERATORS)
    ]
