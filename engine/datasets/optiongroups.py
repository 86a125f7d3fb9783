"""Groups of a dataset's options, each of which is all that one step depends on."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

G = TypeVar("G", bound="DataclassInstance")


def group(cls: type[G], options: Any) -> G:
    """The options of one group, taken from a dataset that has them all."""
    return cls(**{field.name: getattr(options, field.name) for field in fields(cls)})
