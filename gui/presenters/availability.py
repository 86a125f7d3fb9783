"""Whether something can be done now, and if not, why: the sentence becomes a tooltip."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Availability:
    """`why` is empty when `enabled`."""

    enabled: bool
    why: str = ""


YES = Availability(True)


def no(why: str) -> Availability:
    """It cannot be done now, for this reason."""
    return Availability(False, why)
