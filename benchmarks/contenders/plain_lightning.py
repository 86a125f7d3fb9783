"""Lightning and plain torch as their tutorials use them, and Lightning as quiet as it can be."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from benchmarks.contenders.base import StopWatch, Task, Values
from benchmarks.contenders.hand import optimizer_of

if TYPE_CHECKING:
    import lightning
    from torch import Tensor
    from torch.utils.data import Dataset

    from engine.datasets.base import Splits

QUIET = {
    "logger": False, "enable_checkpointing": False, "enable_progress_bar": False,
    "enable_model_summary": False,
}  # fmt: skip


def tutorial(task: Task) -> Values:
    """A hand-written loop over torchvision's dataset, ToTensor, Normalize and a DataLoader."""
    from benchmarks.contenders.gated import Tutorial

    _, splits = _prepared(task)
    watch, loop = StopWatch(task.warm_up), Tutorial(task, splits)
    for _ in range(task.warm_up + task.batches):
        watch.tick(loop.run(1))
    return watch.speed()


def tutorial_loader(task: Task, splits: Splits) -> Iterable[Any]:
    """Shuffled batches of samples that are prepared one by one."""
    from torch.utils.data import DataLoader

    return DataLoader(_pictures(task, splits), task.recipe.training.batch_size, shuffle=True)


def with_defaults(task: Task) -> Values:
    """Lightning's own logger, checkpoints and bar; loss and accuracy logged of each step and
    epoch. The batches are ready in memory: indexed out of normalised tensors."""
    sit_at_a_terminal()
    return _fit(task, log=True, settings={})


def quiet(task: Task) -> Values:
    """The same without logger, checkpoints, bar, and without `self.log`."""
    return _fit(task, log=False, settings=QUIET)


def _prepared(task: Task) -> tuple[Any, Splits]:
    from engine import torchsetup  # torchvision must be mended before Lightning imports it

    torchsetup.use_threads(task.threads)
    import torch

    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    with task.data():
        return task.recipe, task.recipe.dataset.build(task.data_dir)


def resolved(task: Task) -> Any:
    """Threads, memory format and the optimizer's implementation as a run would choose them."""
    from engine.training.resolve import resolve

    return resolve(task.recipe)


def _pictures(task: Task, splits: Splits) -> Dataset[Any]:
    """MNIST as torchvision gives it; of other data the same way from bytes to a sample."""
    from torchvision import datasets
    from torchvision.transforms import Compose, Normalize, ToTensor

    mean, std = splits.preprocess.mean.flatten() / 255, splits.preprocess.std.flatten() / 255
    transform = Compose([ToTensor(), Normalize(mean.tolist(), std.tolist())])
    if task.recipe.dataset.name == "mnist":
        found: Dataset[Any] = datasets.MNIST(str(task.data_dir), train=True, transform=transform)
        return found
    from torchvision.transforms import ToPILImage

    picture = ToPILImage()

    class Pictures:
        """Samples in the way of torchvision's datasets: bytes to PIL to tensor."""

        def __len__(self) -> int:
            return len(splits.train)

        def __getitem__(self, index: int) -> tuple[Any, int]:
            return transform(picture(splits.train.inputs[index])), int(splits.train.targets[index])

    return Pictures()  # type: ignore[return-value]


class Ready:
    """Shuffled batches out of tensors that were normalised beforehand."""

    def __init__(self, splits: Splits, batch_size: int) -> None:
        import torch

        parts = torch.split(splits.train.inputs, 8192)
        self._inputs = torch.cat([splits.preprocess(part) for part in parts])
        self._targets, self._batch_size = splits.train.targets, batch_size

    def __len__(self) -> int:
        return -(-len(self._targets) // self._batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        import torch

        for part in torch.split(torch.randperm(len(self._targets)), self._batch_size):
            yield self._inputs.index_select(0, part), self._targets[part]


def _fit(task: Task, *, log: bool, settings: dict[str, Any]) -> Values:
    recipe, splits = _prepared(task)
    watch = StopWatch(task.warm_up)
    batches = Ready(splits, recipe.training.batch_size)
    trainer = trainer_of(task, task.warm_up + task.batches, settings)
    trainer.fit(plain_module(task, splits, watch, log), batches)
    return watch.speed()


def sit_at_a_terminal() -> None:
    """From now on this process prints to a terminal, as at somebody's desk: Lightning draws its bar
    only there. Another process takes the text away."""
    if not hasattr(os, "openpty"):  # Windows
        return
    ours, theirs = os.openpty()
    subprocess.Popen(["cat"], stdin=ours, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(ours)
    sys.stdout = os.fdopen(theirs, "w")


def trainer_of(task: Task, steps: int, settings: dict[str, Any]) -> lightning.Trainer:
    """Lightning's, for so many steps, with nothing set but these settings."""
    import lightning

    return lightning.Trainer(
        max_steps=steps,
        max_epochs=-1,
        accelerator="cpu",
        devices=1,
        default_root_dir=str(task.work_dir),
        **settings,
    )


def plain_module(
    task: Task, splits: Splits, watch: StopWatch, log: bool
) -> lightning.LightningModule:
    """The recipe's network in the module of a first tutorial; `log` its loss and accuracy."""
    import lightning
    import torch

    recipe, facts = task.recipe, splits.facts

    class Plain(lightning.LightningModule):
        """The module of a first tutorial."""

        def __init__(self) -> None:
            super().__init__()
            self.network = recipe.architecture.build(facts, recipe.loss.outputs(facts), 0.0)
            self.criterion = recipe.loss.build(facts, None)

        def training_step(self, batch: Any, batch_idx: int) -> torch.Tensor:
            inputs, targets = batch
            outputs = self.network(inputs)
            loss: torch.Tensor = self.criterion(outputs, targets)
            if log:
                accuracy = (outputs.argmax(1) == targets).float().mean()
                self.log("train_loss", loss, on_step=True, on_epoch=True, prog_bar=True)
                self.log("train_accuracy", accuracy, on_step=True, on_epoch=True, prog_bar=True)
            return loss

        def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
            watch.tick(len(batch[1]))

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return optimizer_of(recipe, resolved(task), self)

    return Plain()
