"""Time zones of written times: of one zone they are taken as they stand, of several as UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

_ZONE = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)? ?(Z|[+-]\d{2}:?\d{2})$")


def offset(text: str) -> int:
    """How many seconds a written time is ahead of UTC; 0 where it does not say."""
    found = _ZONE.search(text)
    if found is None or found[1] == "Z":
        return 0
    sign = -1 if found[1][0] == "-" else 1
    digits = found[1][1:].replace(":", "")
    return sign * (int(digits[:2]) * 3_600 + int(digits[2:]) * 60)


def offsets(values: Iterable[object]) -> npt.NDArray[np.int64]:
    """The offset of each value of a column that is a text, 0 of others: (T,)."""
    return np.array(
        [offset(value.strip()) if isinstance(value, str) else 0 for value in values], np.int64
    )
