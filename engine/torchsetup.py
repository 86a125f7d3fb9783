"""The one door to torch: mends torchvision where it must be, and latches thread counts.

Import this before torchvision, torchmetrics or lightning (each of them imports torchvision),
also in worker processes, benchmarks and exported scripts.
"""

from __future__ import annotations

import logging
import os
import warnings

# Idle OpenMP threads soon go to sleep: beside other programs, a pool that spins as long as GNU's
# does makes training several times slower, and one that never spins is woken so late that a second
# thread gains little (docs/performance.md has figures). Must be set before torch is loaded.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    os.environ.setdefault("GOMP_SPINCOUNT", "7000")

# Matrix products on CUDA give the same bits only with a workspace of fixed size, which is chosen
# with the first of them: a later training may want to be deterministic.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import torch

from engine import heap

heap.keep()

_NMS = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_kept: list[torch.library.Library] = []


def mend_torchvision() -> None:
    """Let torchvision import when its compiled extension cannot load.

    Its usual Linux wheel is linked against CUDA; beside a CPU-only torch the extension is not
    there and the import stops at `operator torchvision::nms does not exist`. Declaring the
    schemas of the two operators that it touches while importing is enough for models, datasets
    and transforms. Where the extension does load it has declared them itself, and this does
    nothing.
    """
    if _kept or _extension_loads():
        return
    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    library.define(f"nms{_NMS}")  # type: ignore[no-untyped-call]
    library.define(f"qnms{_NMS}")  # type: ignore[no-untyped-call]
    _kept.append(library)  # the definitions live as long as the library object


def _extension_loads() -> bool:
    import importlib.util
    from pathlib import Path

    spec = importlib.util.find_spec("torchvision")
    if spec is None or not spec.submodule_search_locations:
        return True
    folder = Path(next(iter(spec.submodule_search_locations)))
    libraries = [*folder.glob("_C.*so"), *folder.glob("_C.*pyd"), *folder.glob("_C.*dylib")]
    try:
        for library in libraries:
            torch.ops.load_library(str(library))  # type: ignore[no-untyped-call]
    except OSError:
        return False
    return bool(libraries)


def use_threads(count: int) -> None:
    """Give the calling thread `count` CPU threads. The read latches the value for this thread:
    without it, the last value set on any thread would win."""
    torch.set_num_threads(count)
    torch.get_num_threads()


def use_tf32(yes: bool) -> None:
    """Whether products of matrices on CUDA may round their inputs to 10 bits, which is faster.
    (Those of convolutions do by torch's own default.)"""
    if torch.backends.cuda.matmul.allow_tf32 != yes:
        torch.backends.cuda.matmul.allow_tf32 = yes


def use_any_operation() -> None:
    """Back to torch's default after a training that allowed only deterministic operations."""
    if torch.are_deterministic_algorithms_enabled():
        torch.use_deterministic_algorithms(False)


def quieten() -> None:
    """Silence Lightning's advice to people who write their own loops. Once, process-wide."""
    for name in ("lightning.pytorch", "lightning.fabric", "lightning.pytorch.utilities.rank_zero"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module=r"lightning\..*")
    warnings.filterwarnings("ignore", message=r".*LeafSpec.*")
    # a checkpoint has the states of our callbacks, which Lightning knows as one
    warnings.filterwarnings("ignore", message=r"Be aware that when using `ckpt_path`.*")


mend_torchvision()
quieten()
