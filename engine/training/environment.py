"""What a run was made with: versions, machine, seed, code. Nothing leaves the machine."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil
import torch

from engine.architectures.weights.matching import Matched
from engine.datasets.base import Splits
from engine.runs import owncode
from engine.runs.folder import FORMAT
from engine.training.begin import New
from engine.training.origin import Origin
from engine.training.plan import Plan
from engine.training.resolve import Resolved

PACKAGES = ("trainboard", "torch", "torchvision", "lightning", "torchmetrics", "numpy",
            "scikit-learn")  # fmt: skip


def describe_environment(
    origin: Origin,
    resolved: Resolved,
    plan: Plan,
    fingerprint: str,
    weights: Matched | None = None,
) -> dict[str, Any]:
    """Everything the bits of a run depend on, where it comes from, and when and by which process
    it was started."""
    process, recipe, now = psutil.Process(), origin.recipe, _now()
    earlier = origin.source.environment() if origin.continues and origin.source else {}
    begin = origin.begin if isinstance(origin.begin, New) else New()
    return {
        "format": FORMAT,
        "started": earlier.get("started", now),
        "continued": [*earlier.get("continued", []), *([now] if earlier else [])],
        "host": platform.node(),
        "pid": process.pid,
        "process_started": process.create_time(),
        "recipe_name": recipe.name,
        "dataset": recipe.dataset.name,
        "architecture": recipe.architecture.name,
        "loss": recipe.loss.name,
        "optimizer": recipe.optimizer.name,
        "main_metric": recipe.dataset.facts().main_metric,
        "preset": earlier.get("preset", begin.preset),
        "overrides": earlier.get("overrides", list(begin.overrides)),
        "parent": origin.lineage(),
        "seed": recipe.training.seed,
        "resolved": resolved.as_json(),
        "dataset_fingerprint": fingerprint,
        "weights": _weights(weights) if weights else earlier.get("weights"),
        "code": owncode.as_json(origin.code),
        "epochs": plan.epochs,
        "total_steps": plan.total_steps,
        "batches_per_epoch": plan.batches,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "packages": {name: _version(name) for name in PACKAGES},
        "git_commit": _git_commit(),
    }


def _weights(weights: Matched) -> dict[str, Any]:
    return {"sha256": weights.sha256, **weights.report.as_json()}


def fingerprint(splits: Splits) -> str:
    """SHA-256 of every sample and target of the three splits, in order, with shapes and types; or
    what the dataset itself says its content is."""
    if splits.content:
        return splits.content
    digest = hashlib.sha256()
    for part in splits.named().values():
        for tensor in (part.inputs, part.targets):
            digest.update(f"{tensor.dtype} {tuple(tensor.shape)}".encode())
            digest.update(tensor.detach().cpu().contiguous().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


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
