"""The ways in which a list of augmentations may be written, and what `true` stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.facts import Facts

GENTLE: tuple[dict[str, Any], ...] = (
    {"name": "rotate", "degrees": 10.0}, {"name": "zoom", "part": 0.1},
)  # fmt: skip
"""What `augmentation: true` switches on: measured to do digits of 8x8 pixels good, where a shift
of a single pixel does harm, and to turn no digit into another."""

_FLIP: dict[str, Any] = {"name": "flip", "p": 0.5}


def usual_for(facts: Facts | None, handed: bool) -> tuple[dict[str, Any], ...]:
    """The list to begin with for a dataset: the gentle one, and for pictures in colours, which
    are photographs as a rule, a flip before it. Not where the dataset says that its images are
    `handed`, which means another thing in a mirror; grey ones are often digits or letters."""
    photographs = facts is not None and facts.kind == "image" and facts.shape[0] == 3
    return (_FLIP, *GENTLE) if photographs and not handed else GENTLE


_EARLIER = {
    "flip": None, "flip_vertical": None, "rotate": "degrees", "zoom": "part", "shift": "pixels",
    "brightness": "part", "contrast": "part", "noise": "deviation", "erase": "area",
}  # fmt: skip
"""The keys of the mapping that stood here before there was a list, in the order in which those
changes were made, with the option that each value is."""


def steps(value: Any) -> Any:
    """A list of mappings with `name` from any way of writing it; what is none is returned as it is.

    `true` means gentle changes of images, `false` and null none, a name or a mapping with `name` a
    list of one; a mapping without `name` is the earlier form, `{flip: true, rotate: 10}`.
    """
    if value is None or isinstance(value, bool):
        value = GENTLE if value else ()
    elif isinstance(value, str) or (isinstance(value, Mapping) and "name" in value):
        value = (value,)
    elif isinstance(value, Mapping):
        value = _from_earlier(value)
    if not isinstance(value, list | tuple):
        return value
    return tuple({"name": step} if isinstance(step, str) else step for step in value)


def _from_earlier(value: Mapping[str, Any]) -> tuple[Any, ...]:
    """The list that a mapping of before stands for. A key that there never was becomes a step of
    that name, so that it is told like any other unknown one."""
    known = [
        {"name": name} if option is None else {"name": name, option: value[name]}
        for name, option in _EARLIER.items()
        if value.get(name)
    ]
    return (*known, *({"name": key} for key in value if key not in _EARLIER))
