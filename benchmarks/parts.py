"""What Lightning does around a step, part by part: `python -m benchmarks.parts`.

A network that is almost nothing is trained quietly (no logger, bar, checkpoint or validation), and
each row leaves out one part more. Processor time of the thread beyond the same loop by hand.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

from engine.training.lightning import pl, signed_once
from engine.training.plain import NoProfiler, PlainStrategy, PlainTrainer

WARM_UP = 300
BATCH = (torch.ones(8, 16), torch.zeros(8, dtype=torch.int64))


def _optimizer(network: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(network.parameters(), lr=1e-3, fused=True)


class Batches:
    """The same batch again and again."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for _ in range(self._count):
            yield BATCH


class Lean(pl.LightningModule):
    """Notes the thread's time at the end of the warm-up and with the last batch."""

    def __init__(self, steps: int, by_hand: bool) -> None:
        super().__init__()
        self.network = nn.Linear(16, 4)
        self.automatic_optimization = not by_hand
        self._steps, self._by_hand = steps, by_hand
        self.times: list[float] = []

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_current_fx_name":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def configure_optimizers(self) -> Any:
        """With the schedule that Lightning steps, where it optimizes."""
        optimizer = _optimizer(self.network)
        if self._by_hand:
            return optimizer
        schedule = LambdaLR(optimizer, lambda _step: 1.0)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor | None:
        """Forward; the rest too, where it optimizes by hand."""
        if batch_idx in (WARM_UP, self._steps - 1):
            self.times.append(time.thread_time())
        loss = nn.functional.cross_entropy(self.network(batch[0]), batch[1])
        if not self._by_hand:
            return loss
        optimizer: Any = self.optimizers()

        def gradient() -> Tensor:
            optimizer.zero_grad()
            self.manual_backward(loss)
            return loss.detach()

        optimizer.step(closure=gradient)
        return None


class Signed(Lean):
    """The same with a signature that is known."""

    @signed_once
    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor | None:
        """As above."""
        return super().training_step(batch, batch_idx)


@dataclass(frozen=True)
class Way:
    """How Lightning is used."""

    title: str
    callbacks: int = 1
    trainer: type[pl.Trainer] = PlainTrainer
    module: type[Lean] = Signed
    plain: bool = True
    by_hand: bool = False


WAYS = (
    Way("Lightning, quiet, with eight callbacks", 8, pl.Trainer, Lean, plain=False),
    Way("... with one callback in their place", 1, pl.Trainer, Lean, plain=False),
    Way("... that knows that it trains, and its strategy", module=Lean, plain=False),
    Way("... and the signature of training_step", plain=False),
    Way("... with no moving of batches, contexts and idle hooks"),
    Way("... optimizing by hand, without LambdaLR", by_hand=True),
)


def train(way: Way, steps: int) -> float:
    """Microseconds a step."""
    module = way.module(steps, way.by_hand)
    kinds = [type(f"Idle{number}", (pl.Callback,), {}) for number in range(way.callbacks)]
    trainer = way.trainer(
        accelerator="cpu", devices=1, strategy=PlainStrategy("cpu") if way.plain else "auto",
        max_epochs=1, callbacks=[kind() for kind in kinds], profiler=NoProfiler(),
        limit_val_batches=0, num_sanity_val_steps=0, logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(module, Batches(steps))
    begin, end = module.times
    return 1e6 * (end - begin) / (steps - 1 - WARM_UP)


def by_hand(steps: int) -> float:
    """Microseconds a step of the loop by hand."""
    network = nn.Linear(16, 4)
    optimizer, begin = _optimizer(network), 0.0
    for number, (inputs, targets) in enumerate(Batches(steps)):
        if number == WARM_UP:
            begin = time.thread_time()
        loss = nn.functional.cross_entropy(network(inputs), targets)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return 1e6 * (time.thread_time() - begin) / (steps - WARM_UP)


def main(arguments: list[str] | None = None) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="parts", description=__doc__)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    ways: dict[str, Callable[[], float]] = {"by hand": lambda: by_hand(options.steps)}
    ways |= {way.title: lambda way=way: train(way, options.steps) for way in WAYS}  # type: ignore[misc]
    found: dict[str, list[float]] = {title: [] for title in ways}
    for _ in range(options.rounds):
        for title, run in ways.items():
            found[title].append(run())
    table = Table("a step of a linear layer, microseconds", "median", "beyond the loop by hand")
    hand = statistics.median(found["by hand"])
    for title, times in found.items():
        middle = statistics.median(times)
        table.add_row(title, f"{middle:.0f}", f"{middle - hand:.0f}")
    Console(width=100).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
