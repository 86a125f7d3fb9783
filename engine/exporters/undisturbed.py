"""Work beside a training that must not notice it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def plain_numbers() -> Iterator[None]:
    """No gradients, no autocast and no inference mode: the caller may stand in the middle of a
    validation. Concerns this thread alone."""
    with torch.inference_mode(False), torch.no_grad(), torch.autocast("cpu", enabled=False):
        yield


@contextmanager
def random_states_kept() -> Iterator[None]:
    """Put every global random state back afterwards.

    Only for the training's own thread: on another one this would take back what a training
    draws meanwhile.
    """
    python, legacy_numpy = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=[]):  # exporting happens on the CPU
            yield
    finally:
        random.setstate(python)
        np.random.set_state(legacy_numpy)
