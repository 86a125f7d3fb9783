"""What a person's function may return, and how it becomes arrays in files. Needs only numpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Report = Callable[[str, float], None]

PARTS = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val",
    "test": "test", "testing": "test",
}  # fmt: skip
FORMS = (
    "return (train, val, test), (train, test), one dataset, or a dict of them, each a Dataset of "
    "(input, target) or a pair of arrays"
)


class WrongError(Exception):
    """What came back is no data, in a sentence, with a hint."""

    def __init__(self, sentence: str, hint: str = FORMS) -> None:
        super().__init__(sentence)
        self.hint = hint


def parts_of(result: Any) -> dict[str, Any]:
    """The datasets by part: "train" alone when there is one. Raises WrongError."""
    if isinstance(result, Mapping):
        return _named(result)
    if _is_dataset(result):
        return {"train": result}
    if not isinstance(result, tuple | list) or len(result) not in (2, 3):
        raise WrongError(f"The function returned {_called(result)}, which is no data")
    wrong = next((part for part in result if not _is_dataset(part)), None)
    if wrong is not None:
        raise WrongError(f"{_called(wrong)} is among what was returned, which is no dataset")
    return dict(zip(("train", "val", "test") if len(result) == 3 else ("train", "test"), result,
                    strict=True))  # fmt: skip


def _named(result: Mapping[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, part in result.items():
        name = PARTS.get(str(key).lower())
        if name is None or name in found:
            raise WrongError(f"The dict has an entry {key!r}", "its entries are train, val, test")
        if not _is_dataset(part):
            raise WrongError(f"The entry {key!r} is {_called(part)}, which is no dataset")
        found[name] = part
    if "train" not in found:
        raise WrongError("The dict has no entry 'train'", "its entries are train, val, test")
    return found


def _is_dataset(value: Any) -> bool:
    """Whether this is one body of samples: a pair of arrays, or a Dataset with a length."""
    if _is_pair(value):
        return True
    plain = isinstance(value, tuple | list | Mapping | str | bytes) or hasattr(value, "shape")
    return not plain and hasattr(value, "__getitem__") and hasattr(value, "__len__")


def _is_pair(value: Any) -> bool:
    """(X, y): the first has a shape, the second one too or is a plain list."""
    return (
        isinstance(value, tuple | list)
        and len(value) == 2
        and hasattr(value[0], "shape")
        and (hasattr(value[1], "shape") or _is_column(value[1]))
    )


def _is_column(value: Any) -> bool:
    first = value[0] if isinstance(value, list | tuple) and value else None
    return isinstance(first, int | float | str)


def _called(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    return "nothing" if value is None else f"a {type(value).__name__}"


# --- To arrays -----------------------------------------------------------------------------------


def write(part: Any, name: str, folder: Path, report: Report) -> dict[str, Any]:
    """Put the samples of one part into files `NAME-inputs.npy` and `NAME-targets.npy`.

    Returns what else is known of it: class names, names of columns, whether it holds pictures.
    Raises WrongError.
    """
    inputs, targets = folder / f"{name}-inputs.npy", folder / f"{name}-targets.npy"
    tensors = getattr(part, "tensors", None)
    if isinstance(tensors, tuple) and len(tensors) == 2:  # a TensorDataset
        part = tensors
    about: dict[str, Any] = {"classes": _texts(getattr(part, "classes", None))}
    if _is_pair(part):
        about |= {"columns": _texts(getattr(part[0], "columns", None)), "picture": False}
        samples, answers = _plain(part[0], "inputs"), _plain(part[1], "targets")
        np.save(inputs, samples, allow_pickle=False)
        np.save(targets, answers, allow_pickle=False)
        about["samples"] = len(samples) if samples.ndim else 0
        if not samples.ndim or not answers.ndim or len(samples) != len(answers):
            raise WrongError(f"{name} has inputs {samples.shape} and targets {answers.shape}",
                             "give as many targets as inputs")  # fmt: skip
        return about
    return about | _write_samples(part, name, (inputs, targets), report)


def _write_samples(
    part: Any, name: str, files: tuple[Path, Path], report: Report
) -> dict[str, Any]:
    """Ask a Dataset for one sample after the other; only one is in memory at a time."""
    count = len(part)
    if count == 0:
        raise WrongError(f"{name} has no samples")
    first, answer, picture = _sample(part, 0, name)
    out = np.lib.format.open_memmap(files[0], "w+", first.dtype, (count, *first.shape))
    answers: list[Array] = []
    for index in range(count):
        sample, answer, _ = _sample(part, index, name)
        if sample.shape != first.shape or sample.dtype != first.dtype:
            raise WrongError(
                f"Sample {index} of {name} is {sample.dtype} {sample.shape}, sample 0 "
                f"{first.dtype} {first.shape}", "give every sample the same shape and type",
            )  # fmt: skip
        out[index] = sample
        answers.append(answer)
        report(f"Reading {name}", (index + 1) / count)
    out.flush()
    if len({each.shape for each in answers}) > 1:
        raise WrongError(f"The targets of {name} differ in shape", "give each as many values")
    np.save(files[1], _checked(np.stack(answers), "targets"), allow_pickle=False)
    return {"samples": count, "picture": picture, "columns": None}


def _sample(part: Any, index: int, name: str) -> tuple[Array, Array, bool]:
    pair = part[index]
    if not isinstance(pair, Sequence) or len(pair) != 2:
        raise WrongError(f"Sample {index} of {name} is {_called(pair)}, not (input, target)")
    picture = hasattr(pair[0], "getbands")
    return _plain(pair[0], "inputs"), _plain(pair[1], "targets"), picture


def _plain(value: Any, what: str) -> Array:
    """A picture of Pillow, a tensor, an array, a frame of pandas or a number, as an array."""
    if hasattr(value, "getbands"):
        grey = len(value.getbands()) == 1 and value.mode != "P"
        value = value.convert("L" if grey else "RGB")
    elif hasattr(value, "detach"):
        value = value.detach().cpu()
        value = (value.float() if str(value.dtype) == "torch.bfloat16" else value).numpy()
    return _checked(np.asarray(value), what)


def _checked(values: Array, what: str) -> Array:
    if values.dtype == object and values.size and isinstance(values.flat[0], str):
        values = values.astype(str)
    if values.dtype.kind not in "biuf" and not (what == "targets" and values.dtype.kind == "U"):
        raise WrongError(f"The {what} hold {values.dtype} instead of numbers",
                         "turn texts and dates into numbers first")  # fmt: skip
    return values


def _texts(names: Any) -> list[str] | None:
    return None if names is None or callable(names) else [str(name) for name in names]
