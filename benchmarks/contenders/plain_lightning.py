"""Lightning as its tutorials use it: a DataLoader, its own Trainer settings, `self.log`.

Once with torchvision's transforms on every sample, once over tensors that are ready to use.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks.contenders.base import Speed, StopWatch, Task

if TYPE_CHECKING:
    from torch.utils.data import Dataset

    from engine.datasets.base import Splits


def with_transforms(task: Task) -> Speed:
    """PIL image, ToTensor, Normalize, one sample at a time, as torchvision's datasets do it."""
    return _train(task, _image_samples)


def with_tensors(task: Task) -> Speed:
    """A TensorDataset that was normalised beforehand: no work for a sample but to collate it."""
    return _train(task, _tensor_samples)


def _image_samples(splits: Splits) -> Dataset[Any]:
    from torchvision.transforms import Compose, Normalize, ToPILImage, ToTensor

    mean, std = splits.preprocess.mean.flatten() / 255, splits.preprocess.std.flatten() / 255
    transform = Compose([ToTensor(), Normalize(mean.tolist(), std.tolist())])
    picture = ToPILImage()

    class Images:
        """Samples in the way of `torchvision.datasets.MNIST`: bytes to PIL to tensor."""

        def __len__(self) -> int:
            return len(splits.train)

        def __getitem__(self, index: int) -> tuple[Any, int]:
            image = picture(splits.train.inputs[index])
            return transform(image), int(splits.train.targets[index])

    return Images()  # type: ignore[return-value]


def _tensor_samples(splits: Splits) -> Dataset[Any]:
    from torch.utils.data import TensorDataset

    return TensorDataset(splits.preprocess(splits.train.inputs), splits.train.targets)


def _train(task: Task, samples: Callable[[Splits], Dataset[Any]]) -> Speed:
    from engine import torchsetup  # torchvision must be mended before Lightning imports it

    torchsetup.use_threads(task.threads)
    import lightning
    import torch
    from torch.utils.data import DataLoader

    warnings.simplefilter("ignore")
    recipe = task.recipe
    splits = recipe.dataset.build(task.data_dir)
    watch = StopWatch(task.warm_up)

    class Plain(lightning.LightningModule):
        """The module of a first tutorial."""

        def __init__(self) -> None:
            super().__init__()
            facts = splits.facts
            self.network = recipe.architecture.build(facts, recipe.loss.outputs(facts), 0.0)
            self.criterion = recipe.loss.build(facts, None)

        def training_step(self, batch: Any, batch_idx: int) -> torch.Tensor:
            inputs, targets = batch
            outputs = self.network(inputs)
            loss: torch.Tensor = self.criterion(outputs, targets)
            self.log("train_loss", loss)
            self.log("train_accuracy", (outputs.argmax(1) == targets).float().mean())
            return loss

        def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
            watch.tick(len(batch[1]))

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return recipe.optimizer.build([{"params": list(self.parameters())}])

    torch.manual_seed(0)
    loader = DataLoader(samples(splits), batch_size=recipe.training.batch_size, shuffle=True)
    trainer = lightning.Trainer(
        max_steps=task.warm_up + task.batches,
        max_epochs=-1,
        accelerator="cpu",
        devices=1,
        default_root_dir=str(task.work_dir),
    )
    trainer.fit(Plain(), loader)
    return watch.speed()
