"""An array that grows at its end, so that a new point costs a new point and not a copy of all."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


class Growing:
    """A one-dimensional array with room to spare; `view` is the part that is filled."""

    def __init__(self, dtype: npt.DTypeLike = np.float64, capacity: int = 1024) -> None:
        self._capacity = capacity
        self._room: npt.NDArray[Any] = np.empty(capacity, dtype)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def view(self) -> npt.NDArray[Any]:
        """What has been added so far; not a copy."""
        return self._room[: self._count]

    def extend(self, values: npt.NDArray[Any]) -> None:
        """Add values at the end. Many at once, as the first, are kept and not copied: nobody may
        change them afterwards."""
        needed = self._count + len(values)
        if needed > len(self._room) and not self._count and values.dtype == self._room.dtype:
            self._room = np.ascontiguousarray(values)
            self._count = needed
            return
        if needed > len(self._room):
            room = np.empty(max(needed, 2 * len(self._room)), self._room.dtype)
            room[: self._count] = self.view
            self._room = room
        self._room[self._count : needed] = values
        self._count = needed

    def clear(self) -> None:
        """Forget all values."""
        self._room = np.empty(self._capacity, self._room.dtype)
        self._count = 0
