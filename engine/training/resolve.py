"""What a recipe leaves open is decided here, once, from the machine, and recorded with the run:
the bits depend on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import psutil
import torch

from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.training.summary import model_view, work_per_step

WORTH_ALL_CORES = 500_000_000
"""Floating-point operations in a step from which all cores are used: below, handing the work out
costs more than it brings (measured: 1.2 to 1.65 times faster above, slower far below)."""


@dataclass(frozen=True)
class Resolved:
    """Device, precision and CPU threads of a run."""

    device: str
    precision: str
    threads: int

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def resolve(recipe: Recipe) -> Resolved:
    """Decide for this machine. Raises ProblemError when it lacks what the recipe asks for."""
    device = _device(recipe.training.device)
    problem = _precision_problem(recipe.training.precision, device)
    if problem is not None:
        raise ProblemError(problem)
    if device == "cpu":
        _check_memory(recipe)
    return Resolved(device, recipe.training.precision, _threads(recipe))


def recorded(data: object, otherwise: Resolved) -> Resolved:
    """What an earlier part of the run was made with. Raises ProblemError if it is not here."""
    try:
        found = Resolved(**data)  # type: ignore[arg-type]
    except TypeError:
        return otherwise
    _device(found.device)
    return found


def _check_memory(recipe: Recipe) -> None:
    """Say so before the machine begins to swap, or the system ends the program."""
    needed, free = model_view(recipe).training_bytes, psutil.virtual_memory().available
    if needed > free:
        sentence = (
            f"This training needs about {needed / 1e9:,.1f} GB; {free / 1e9:,.1f} GB are free"
        )
        hint = "make the network or training.batch_size smaller"
        raise ProblemError(Problem("architecture", sentence, hint))


def _device(wanted: str) -> str:
    if wanted == "auto":
        if torch.cuda.is_available():
            return "cuda:0"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    if wanted == "mps" and not torch.backends.mps.is_available():
        raise ProblemError(Problem("training.device", "There is no MPS device here", "use auto"))
    if wanted.startswith("cuda"):
        index = int(wanted.partition(":")[2] or 0)
        count = torch.cuda.device_count()
        if index >= count:
            sentence = f"There is no CUDA device {index} here"
            raise ProblemError(Problem("training.device", sentence, f"{count} found; use auto"))
        return f"cuda:{index}"
    return wanted


def _precision_problem(precision: str, device: str) -> Problem | None:
    if precision == "16-mixed" and device == "cpu":
        sentence = "16-mixed needs a GPU"
        return Problem("training.precision", sentence, "use 32 on the CPU")
    if precision == "bf16-mixed" and device == "cpu" and not _cpu_has_bf16():
        sentence = "This CPU has no bfloat16 instructions; training would be several times slower"
        return Problem("training.precision", sentence, "use 32")
    return None


def _cpu_has_bf16() -> bool:
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    found: list[Callable[[], bool]] = [
        getattr(torch.cpu, p) for p in probes if hasattr(torch.cpu, p)
    ]
    return any(probe() for probe in found)


def _threads(recipe: Recipe) -> int:
    if recipe.training.threads is not None:
        return recipe.training.threads
    cores = psutil.cpu_count(logical=False) or 1
    return cores if work_per_step(recipe) >= WORTH_ALL_CORES else 1
