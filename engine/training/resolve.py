"""What a recipe leaves open is decided here, once, from the machine, and recorded with the run:
the bits depend on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import psutil
import torch

from engine.architectures.making import network_of
from engine.devices import usual_device, why_not
from engine.model.summary import model_view, work_per_step
from engine.optimizers.base import Fused, OptimizerComponent
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.training import compiling

WORTH_ALL_CORES = 500_000_000
"""Floating-point operations in a step from which all cores are used: below, handing the work out
costs more than it brings (measured: 1.2 to 1.65 times faster above, slower far below)."""


@dataclass(frozen=True)
class Resolved:
    """Device, precision and CPU threads of a run, and how its numbers are computed.

    `implementation` is that of the optimizer, "" for one that has a single one. `not_compiled` says
    why a network that should have been compiled is not, at all or with batches of some shape. Runs
    made earlier have the defaults.
    """

    device: str
    precision: str
    threads: int
    implementation: str = ""
    compile: str = "off"
    memory_format: str = "contiguous"
    not_compiled: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def resolve(recipe: Recipe) -> Resolved:
    """Decide for this machine. Raises ProblemError when it lacks what the recipe asks for, or when
    the optimizer does not suit the network."""
    training = recipe.training
    device = device_for(training.device)
    if reason := why_not(training.precision, device):
        raise ProblemError(Problem("training.precision", reason, "use 32"))
    _check_optimizer(recipe)
    if device == "cpu":
        _check_memory(recipe)
    reason = compiling.why_not(device) if training.compile != "off" else ""
    return Resolved(
        device=device,
        precision=training.precision,
        threads=_threads(recipe),
        implementation=_implementation(recipe, device),
        compile="off" if reason else training.compile,
        memory_format=_memory_format(recipe, device),
        not_compiled=reason,
    )


def recorded(data: object, otherwise: Resolved) -> Resolved:
    """What an earlier part of the run was made with. Raises ProblemError if it is not here."""
    try:
        found = Resolved(**data)  # type: ignore[arg-type]
    except TypeError:
        return otherwise
    device_for(found.device)
    if found.compile != "off" and otherwise.not_compiled:
        sentence = f"The run was compiled, and nothing can be here: {otherwise.not_compiled}"
        hint = "install a C++ compiler, or fork the run with training.compile=off"
        raise ProblemError(Problem("training.compile", sentence, hint))
    return found


def _check_memory(recipe: Recipe) -> None:
    """Say so before the machine begins to swap, or the system ends the program."""
    try:
        needed = model_view(recipe).training_bytes
    except ProblemError:
        if recipe.architecture.own_code():
            return  # its first batch, with numbers, tells what is wrong, or that nothing is
        raise
    free = psutil.virtual_memory().available
    if needed > free:
        sentence = (
            f"This training needs about {needed / 1e9:,.1f} GB; {free / 1e9:,.1f} GB are free"
        )
        hint = "make the network or training.batch_size smaller"
        raise ProblemError(Problem("architecture", sentence, hint))


def _check_optimizer(recipe: Recipe) -> None:
    """An optimizer for certain layers needs them."""
    if type(recipe.optimizer).unfit is OptimizerComponent.unfit:
        return
    with torch.device("meta"):
        network = network_of(recipe, recipe.dataset.facts())
    problems = list(recipe.optimizer.unfit(network))
    if problems:
        raise ProblemError(problems)


def device_for(wanted: str) -> str:
    """The device that a recipe means here. Raises ProblemError when there is no such device."""
    if wanted == "auto":
        return usual_device()
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


def _implementation(recipe: Recipe, device: str) -> str:
    """How torch makes the optimizer's steps. Raises ProblemError where it cannot so."""
    wanted = str(getattr(recipe.optimizer, "implementation", ""))
    kind, _, _ = device.partition(":")
    if wanted == "auto" and kind != "cpu":
        return "foreach" if kind == "cuda" else "loop"
    if wanted == "auto":
        return "fused" if _has_fused(recipe, kind) else "loop"
    if wanted == "fused" and not _has_fused(recipe, kind):
        sentence = f"torch has no fused {recipe.optimizer.name} for {kind}"
        raise ProblemError(Problem("optimizer.implementation", sentence, "choose auto"))
    return wanted


def _has_fused(recipe: Recipe, kind: str) -> bool:
    name, key = recipe.optimizer.name, kind.upper()
    if not isinstance(recipe.optimizer, Fused):
        return False
    return bool(torch._C._dispatch_has_kernel_for_dispatch_key(f"aten::_fused_{name}_", key))


def _memory_format(recipe: Recipe, device: str) -> str:
    """How the network's numbers lie in memory; L-BFGS puts all gradients in one row."""
    wanted = recipe.training.memory_format
    if wanted != "auto":
        return wanted
    faster = recipe.architecture.channels_last and device == "cpu"
    return "channels_last" if faster and recipe.optimizer.name != "lbfgs" else "contiguous"


def _threads(recipe: Recipe) -> int:
    if recipe.training.threads is not None:
        return recipe.training.threads
    cores = psutil.cpu_count(logical=False) or 1
    return cores if work_per_step(recipe) >= WORTH_ALL_CORES else 1
