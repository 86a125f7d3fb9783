"""A file of weights as tensors by name. Nothing in it is run: pickled code is refused."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.architectures.weights.glance import PATH, check_begins, is_zipped
from engine.problems import Problem, ProblemError

logger = logging.getLogger(__name__)

LARGEST = 64 << 20
"""Bytes of a file that is read whole to know its shapes: in files of before 2020 they stand between
the numbers."""
_NESTED = ("state_dict", "model_state_dict", "model", "net", "network", "weights", "params")
"""Under which names programs keep weights beside other things."""


@dataclass(frozen=True)
class Tensors:
    """The tensors of a file by name, and what there is to say of how they were found."""

    by_name: dict[str, Tensor]
    notes: tuple[str, ...] = ()


def read_tensors(path: Path) -> Tensors:
    """The tensors of a .safetensors file, or of one that torch saved. Raises ProblemError."""
    check_begins(path)
    content = _safetensors(path) if path.suffix == ".safetensors" else _by_torch(path, "cpu")
    return _found(path, content)


def read_shapes(path: Path) -> Tensors | None:
    """The same without numbers, on the meta device, in milliseconds; None where that would take
    reading a large file. Raises ProblemError as `read_tensors` does."""
    check_begins(path)
    if path.suffix == ".safetensors":
        return _found(path, _safetensors(path, shapes=True))
    if not is_zipped(path) and path.stat().st_size > LARGEST:
        return None
    return _found(path, _by_torch(path, "meta"))


def _safetensors(path: Path, *, shapes: bool = False) -> Any:
    from safetensors import SafetensorError, safe_open
    from safetensors.torch import load_file

    try:
        if not shapes:
            return load_file(path)
        with safe_open(path, framework="pt") as file:
            found = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
            return {
                name: torch.empty(each.get_shape(), dtype=_dtype(each.get_dtype()), device="meta")
                for name, each in found.items()
            }
    except (SafetensorError, OSError, ValueError) as error:
        raise ProblemError(_unreadable(path, str(error))) from None


def _dtype(written: str) -> torch.dtype:
    """Whether numbers have a fraction is all that matters of them: `F16`, `BF16` or `I64`."""
    return torch.float32 if "F" in written else torch.int64


def _by_torch(path: Path, device: str) -> Any:
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except pickle.UnpicklingError:
        sentence = f"{path.name} holds more than tensors, which could run code, or is damaged"
        hint = "save only network.state_dict() in it, and give that file"
        raise ProblemError(Problem(PATH, sentence, hint)) from None
    except Exception as error:  # torch tells of a damaged file by a dozen classes
        logger.debug("Cannot load %s", path, exc_info=True)
        raise ProblemError(_unreadable(path, str(error))) from None


def _unreadable(path: Path, reason: str) -> Problem:
    said = reason.strip().splitlines()[0][:200] if reason.strip() else "it is damaged"
    hint = "is it a .pth or .safetensors file, and whole?"
    return Problem(PATH, f"{path.name} cannot be read as weights: {said}", hint)


def _found(path: Path, content: Any) -> Tensors:
    """The mapping of names to tensors, at the top or one step below. Raises ProblemError."""
    if _has_tensors(content):
        return _tensors(content, ())
    if isinstance(content, Mapping):
        others = [key for key in content if isinstance(key, str) and key not in _NESTED]
        for key in (*_NESTED, *others):
            if _has_tensors(content.get(key)):
                return _tensors(content[key], (f"read from the entry {key!r} of the file",))
    hint = "save network.state_dict() in it"
    raise ProblemError(Problem(PATH, f"{path.name} holds no tensors by name", hint))


def _has_tensors(content: Any) -> bool:
    return isinstance(content, Mapping) and any(
        isinstance(key, str) and isinstance(value, Tensor) for key, value in content.items()
    )


def _tensors(content: Mapping[Any, Any], notes: tuple[str, ...]) -> Tensors:
    named = {str(k): v.detach() for k, v in content.items() if isinstance(v, Tensor)}
    left = [str(key) for key, value in content.items() if not isinstance(value, Tensor)]
    said = (f"entries that are no tensors are not used: {', '.join(left)}",) if left else ()
    return Tensors(named, (*notes, *said))
