"""The state of a run, told from what its folder says and whether its process is alive."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from engine.runs.folder import is_imported

ENDED = ("finished", "stopped", "failed")
"""The states that a run's summary can name."""

STATES = ("running", *ENDED, "interrupted", "imported")

SILENCE = 60.0
"""Seconds without a heartbeat after which a run of another machine counts as interrupted."""


def run_state(
    environment: Mapping[str, Any], summary: Mapping[str, Any], lock: Path | None = None
) -> str:
    """One of STATES. `interrupted` is a run without an end whose process is gone.

    `lock` is the run's lock file: the process of another machine cannot be looked for, but it
    touches that file while it trains.
    """
    if is_imported(environment):
        return "imported"
    if summary.get("status") in ENDED:
        return str(summary["status"])
    here = environment.get("host") in (None, "", platform.node())
    alive = _process_lives(environment) if here else _beats(lock)
    return "running" if alive else "interrupted"


def _process_lives(environment: Mapping[str, Any]) -> bool:
    pid, born = environment.get("pid"), environment.get("process_started")
    if not isinstance(pid, int):
        return False
    try:
        process = psutil.Process(pid)
        # one that was killed keeps its number until its parent asks, which in a container may
        # never happen
        return process.create_time() == born and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError, OverflowError):
        return False


def _beats(lock: Path | None) -> bool:
    try:
        return lock is not None and time.time() - lock.stat().st_mtime < SILENCE
    except OSError:
        return False
