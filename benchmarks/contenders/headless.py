"""Our engine as `main.py train` runs it, without a window."""

from __future__ import annotations

from concurrent.futures import wait
from typing import TYPE_CHECKING

from benchmarks.contenders.base import Task, Values, resident_mb

if TYPE_CHECKING:
    from engine.training.channel import Channel


def run(task: Task) -> Values:
    """Train in a run folder, with metrics and checkpoints written as always."""
    from engine.api import start
    from engine.training.channel import Channel

    channel, memory = Channel(), 0.0
    with task.data():
        future = start(task.recipe, task.work_dir, task.data_dir, channel)
        while not future.done():
            wait([future], timeout=0.2)
            if channel.progress.phase == "training":
                memory = resident_mb()
    result = future.result()
    if result.status != "finished":
        raise RuntimeError(f"The training ended as {result.status}")
    return {"samples_per_second": speed_of(channel, task.warm_up), "resident_mb": memory}


def speed_of(channel: Channel, warm_up: int) -> float:
    """Samples a second from the recorded times of the batches after the warm-up."""
    times = channel.log.series("train_loss").since()["time"]
    samples_per_batch = channel.progress.samples / len(times)
    batches = len(times) - warm_up
    return float(samples_per_batch * batches / (times[-1] - times[warm_up - 1]))
