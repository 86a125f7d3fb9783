"""Every component module, imported once so that the registry is full before it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import architectures, augmentation, datasets, exporters, losses, optimizers
from engine.schema import COMPONENTS
from engine.shorthands import named

__all__ = ["COMPONENT_SECTIONS", "names_to_mappings"]

COMPONENT_SECTIONS = ("dataset", "architecture", "loss", "optimizer")

_PACKAGES = (architectures, datasets, losses, optimizers, exporters, augmentation)
COMPONENTS.load_plugins()


def names_to_mappings(data: Mapping[str, Any]) -> dict[str, Any]:
    """`dataset: digits` is short for `dataset: {name: digits}`; so is a schedule's name. Another
    name of a component (`lstm`) becomes its own, with the options that it stands for."""
    full = dict(data)
    for section in COMPONENT_SECTIONS:
        if isinstance(full.get(section), str | Mapping):
            full[section] = named(section, full[section])
    optimizer = full.get("optimizer")
    if isinstance(optimizer, Mapping) and isinstance(optimizer.get("schedule"), str):
        full["optimizer"] = {**optimizer, "schedule": {"name": optimizer["schedule"]}}
    return full
