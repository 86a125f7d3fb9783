"""What this machine can compute on, and in which precision; imports torch only when asked."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

import psutil

from engine.training.options import Precision
from engine.wording import counted

TF32_CAPABILITY = 8
"""CUDA compute capability from which products in TF32 are there (Ampere)."""


@dataclass(frozen=True)
class Device:
    """`name` is what `training.device` takes; `memory` is in bytes."""

    name: str
    title: str
    memory: int

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types, with the precisions that it lacks and why."""
        return asdict(self) | {"unsupported": unsupported(self.name)}

    def __str__(self) -> str:
        return f"{self.name}: {self.title}, {self.memory / 1e9:,.0f} GB"


def list_devices() -> list[Device]:
    """The CPU, every CUDA device, and Apple's MPS where it is there."""
    import torch

    found = [Device("cpu", _processor(), psutil.virtual_memory().total)]
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        found.append(Device(f"cuda:{index}", properties.name, properties.total_memory))
    if torch.backends.mps.is_available():
        memory = int(torch.mps.recommended_max_memory())
        found.append(Device("mps", f"{_processor()} (Metal)", memory))
    return found


def usual_device() -> str:
    """What `auto` means here."""
    import torch

    if torch.cuda.is_available():
        return "cuda:0"
    return "mps" if torch.backends.mps.is_available() else "cpu"


# --- Precisions ----------------------------------------------------------------------------------


def unsupported(device: str) -> dict[str, str]:
    """The precisions that a device (not `auto`) cannot train in, and a sentence why."""
    reasons = {precision: why_not(precision, device) for precision in get_args(Precision)}
    return {precision: reason for precision, reason in reasons.items() if reason}


def why_not(precision: str, device: str) -> str:
    """Why a device cannot train in a precision, as a sentence, or ""."""
    check = _CHECKS.get(precision)
    return check(device) if check else ""


def _tf32(device: str) -> str:
    import torch

    if not device.startswith("cuda"):
        return "tf32 needs an NVIDIA GPU"
    if torch.cuda.get_device_capability(device)[0] < TF32_CAPABILITY:
        return "This GPU has no TF32; that came with Ampere"
    return ""


def _float16(device: str) -> str:
    return "16-mixed needs a GPU" if device == "cpu" else ""


def _bfloat16(device: str) -> str:
    if device == "cpu" and not _cpu_has_bf16():
        return "This CPU has no bfloat16 instructions; training would be several times slower"
    return ""


_CHECKS: dict[str, Callable[[str], str]] = {
    "tf32": _tf32, "16-mixed": _float16, "bf16-mixed": _bfloat16,
}  # fmt: skip


def _cpu_has_bf16() -> bool:
    import torch

    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    found: list[Callable[[], bool]] = [
        getattr(torch.cpu, p) for p in probes if hasattr(torch.cpu, p)
    ]
    return any(probe() for probe in found)


# --- The processor's name ------------------------------------------------------------------------


def _processor() -> str:
    """What the processor calls itself, with its cores."""
    name = _named_by_system() or platform.processor() or platform.machine() or "processor"
    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    return f"{' '.join(name.split())} ({counted(cores, 'core')})"


def _named_by_system() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
        named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        return next(named, "")
    if platform.system() == "Darwin":
        asked = ["sysctl", "-n", "machdep.cpu.brand_string"]
        try:
            done = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.strip()
    return ""
