"""What a run was made with: versions, machine, seed, code. Nothing leaves the machine."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from engine.recipe import Recipe
from engine.training.plan import Plan
from engine.training.resolve import Resolved

PACKAGES = ("trainboard", "torch", "torchvision", "lightning", "torchmetrics", "numpy",
            "scikit-learn")  # fmt: skip


def describe_environment(recipe: Recipe, resolved: Resolved, plan: Plan) -> dict[str, Any]:
    """Everything the bits of a run depend on, and when and by which process it was started."""
    process = psutil.Process()
    return {
        "started": datetime.now().astimezone().isoformat(timespec="seconds"),
        "pid": process.pid,
        "process_started": process.create_time(),
        "seed": recipe.training.seed,
        "resolved": resolved.as_json(),
        "total_steps": plan.total_steps,
        "batches_per_epoch": plan.batches,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "packages": {name: _version(name) for name in PACKAGES},
        "git_commit": _git_commit(),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _git_commit() -> str:
    """The commit of the program's own checkout, if it is one."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return ""
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
