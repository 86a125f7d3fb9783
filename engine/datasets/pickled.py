"""Reading CIFAR's batches, which are Python pickles, without letting them run anything.

A pickle is a program: `pickle.load`, which torchvision uses, calls whatever the file names, and a
folder of data is something that people copy from one another. CIFAR's batches need to name only
numpy's array and dtype, and a byte string. Those names are answered here by inert stand-ins that
keep what they are given; every other name is refused. So no foreign code runs, numpy's neither.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


class _Kept:
    """A stand-in: keeps the arguments and the state that a pickle gives it."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Bytes:
    """A stand-in for `_codecs.encode`, by which old protocols write a byte string."""

    def __new__(cls, text: str, _encoding: str) -> Any:
        return text.encode("latin1")

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError("bytes have no state")


_STAND_INS: dict[tuple[str, str], type] = {
    ("numpy.core.multiarray", "_reconstruct"): _Kept,
    ("numpy._core.multiarray", "_reconstruct"): _Kept,
    ("numpy", "ndarray"): _Kept,
    ("numpy", "dtype"): _Kept,
    ("_codecs", "encode"): _Bytes,
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """The stand-in for a name; whatever has none is refused."""
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}") from None


def read_batch(path: Path) -> tuple[npt.NDArray[np.uint8], list[int]]:
    """Pixels (N, values) and labels of one batch file, CIFAR-10's or CIFAR-100's (fine labels).

    Raises ValueError, with a reason, when it is not such a file, and OSError.
    """
    with path.open("rb") as file:
        try:
            batch = _Reader(file, encoding="latin1").load()
        except OSError:
            raise
        except Exception as error:  # a damaged pickle can fail in any way
            raise ValueError(f"it cannot be read ({error})") from None
    labels = batch.get("labels", batch.get("fine_labels")) if isinstance(batch, dict) else None
    if not isinstance(labels, list) or not all(type(label) is int for label in labels):
        raise ValueError("it holds no labels")
    return _pixels(batch.get("data")), labels


def _pixels(array: Any) -> npt.NDArray[np.uint8]:
    """The array that the stand-ins kept: numpy's state is version, shape, dtype, order, bytes."""
    try:
        _version, shape, kind, fortran, raw = array.state
        if kind.arguments[0] not in ("u1", "|u1"):
            raise ValueError
        content = raw.encode("latin1") if isinstance(raw, str) else raw
        return np.frombuffer(content, np.uint8).reshape(shape, order="F" if fortran else "C")
    except (AttributeError, IndexError, TypeError, ValueError):
        raise ValueError("it holds no pixels") from None
