"""The LightningModule: one step of learning, nothing else. Recording and control are callbacks."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

from engine.architectures.heading import Headed
from engine.architectures.making import network_of
from engine.datasets.base import Splits
from engine.optimizers.schedules import Plateau
from engine.training.averaging import bound_norms, update_average, warmed_up
from engine.training.course import Course
from engine.training.groups import parameter_groups, scale_of
from engine.training.lightning import pl
from engine.training.loader import Batch
from engine.training.metrics import aligned, class_scores
from engine.training.mixing import Mixing
from engine.training.settle import freeze_for


class LearningRateFactor:
    """The schedule as a function of the step, and the drops that validations decide on."""

    def __init__(self, course: Course) -> None:
        self._schedule = course.recipe.optimizer.schedule
        self._course = course
        self.plateau = 1.0
        self.best = float("inf")
        self.waited = 0

    def __call__(self, step: int) -> float:
        """The factor of `optimizer.lr` for optimizer step `step` (from 0)."""
        plan = self._course.plan
        return self._schedule.factor(step, plan.total_steps, plan.steps_per_epoch) * self.plateau

    def validated(self, loss: float) -> None:
        """Reduce on plateau: drop after `patience` validations without a better loss."""
        if not isinstance(self._schedule, Plateau):
            return
        if loss < self.best * (1 - self._schedule.threshold):
            self.best, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited > self._schedule.patience:
            self.plateau = max(self.plateau * self._schedule.gamma, self._schedule.floor)
            self.waited = 0

    def state_dict(self) -> dict[str, float]:
        """The part that training changes."""
        return {"plateau": self.plateau, "best": self.best, "waited": self.waited}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.plateau, self.best = float(state["plateau"]), float(state["best"])
        self.waited = int(state["waited"])


class StepNumbers:
    """What the latest batch gave: scalar tensors still on the device.

    An object of its own, because assigning to attributes of an `nn.Module` is slow.
    """

    __slots__ = ("loss", "score", "taken")

    def __init__(self) -> None:
        self.loss = self.score = torch.zeros(())
        self.taken = False


class TrainingModule(pl.LightningModule):
    """The network of a recipe with its criterion, and what regularization adds to a step."""

    steers_itself = False
    """Whether the optimizer is not the recipe's, whose settings then have no effect."""

    def __init__(self, course: Course, splits: Splits, network: nn.Module | None = None) -> None:
        super().__init__()
        facts, recipe = splits.facts, course.recipe
        self.course = course
        self.facts = facts
        self.network = network_of(recipe, facts) if network is None else network
        self.criterion = recipe.loss.build(facts, splits.class_counts())
        self.preprocess = splits.preprocess
        self.by_features = False
        averaging = recipe.regularization.ema is not None
        self.average = copy.deepcopy(self.network).requires_grad_(False) if averaging else None
        self.factor = LearningRateFactor(course)
        self.numbers = StepNumbers()
        self.mixing = Mixing.of(recipe)
        self._accumulate = recipe.training.accumulate

    @property
    def inference_network(self) -> nn.Module:
        """What is validated, hashed and exported: the averaged weights if there are any."""
        return self.network if self.average is None else self.average

    @property
    def measured_network(self) -> nn.Module:
        """The same as it is measured while training: its head, where the inputs are features."""
        found = self.inference_network
        return found.get_submodule("head") if self.by_features else found

    def on_train_epoch_start(self) -> None:
        """Other layers may learn from this epoch on."""
        if isinstance(self.network, Headed):
            freeze_for(self.network, self.course.recipe, self.current_epoch)

    # --- One step ---------------------------------------------------------------------------

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """An optimizer like L-BFGS evaluates a batch several times; only the first is recorded."""
        self.numbers.taken = False

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The loss of a batch with its penalties; what is recorded is the loss without them."""
        inputs, targets = batch
        inputs, mix = inputs if self.by_features else self.preprocess(inputs), None
        if self.mixing is not None:
            mix = self.mixing.draw(inputs, self.current_epoch, batch_idx)
            inputs = mix.inputs(inputs)
        outputs, targets = aligned(self._answers(inputs), targets, self.facts)

        def loss_of(targets: Tensor) -> Tensor:
            found: Tensor = self.criterion(outputs, self.preprocess.scale_targets(targets))
            return found

        if mix is None:
            loss = loss_of(targets)
        else:
            loss, targets = mix.loss(loss_of, targets, self.facts.task == "regression")
        if not self.numbers.taken:
            self.numbers.taken = True
            self.numbers.loss = loss.detach()
            self.numbers.score = self._score(outputs.detach(), targets)
        penalty = self._penalty()
        return (loss if penalty is None else loss + penalty) * self._window_scale(batch_idx)

    def _answers(self, inputs: Tensor) -> Tensor:
        """Of the network, or of its head alone, where the inputs are features."""
        network = self.network.get_submodule("head") if self.by_features else self.network
        answers: Tensor = network(inputs)
        return answers

    def _window_scale(self, batch_idx: int) -> float:
        """Lightning divides by `accumulate` also in the window that the epoch's end cuts short;
        this makes the gradient the mean over the batches that are really in it."""
        batches = self.course.plan.batches
        rest = batches % self._accumulate
        return self._accumulate / rest if rest and batch_idx >= batches - rest else 1.0

    def _score(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Accuracy of the batch, or the mean absolute error in the data's own units."""
        if self.facts.task == "regression":
            return (self.preprocess.unscale(outputs) - targets).abs().mean()
        if self.facts.task == "multilabel":
            return ((outputs > 0) == targets.bool()).float().mean()
        return (class_scores(outputs, self.facts).argmax(1) == targets).float().mean()

    def _penalty(self) -> Tensor | None:
        """L1, and L2 for the one optimizer that has no weight decay of its own."""
        regularization = self.course.recipe.regularization
        terms: list[Tensor] = []
        if regularization.l1 > 0:
            absolute = torch.stack([p.abs().sum() for p in self._weights()]).sum()
            terms.append(regularization.l1 * absolute)
        if regularization.weight_decay > 0 and self.course.recipe.optimizer.name == "lbfgs":
            squares = torch.stack([p.square().sum() for p in self.network.parameters()]).sum()
            terms.append(regularization.weight_decay / 2 * squares)
        return torch.stack(terms).sum() if terms else None

    def _weights(self) -> list[nn.Parameter]:
        return [p for p in self.network.parameters() if p.dim() > 1]

    # --- The optimizer ------------------------------------------------------------------------

    def configure_optimizers(self) -> Any:
        """The recipe's optimizer, and its schedule stepped with every optimizer step."""
        optimizer = self.course.recipe.optimizer.build(self.groups())
        for group in optimizer.param_groups:
            group["lr"] = group["lr"] * scale_of(group)
        # a plain function: LambdaLR would put the attributes of any other callable into its state
        schedule = LambdaLR(optimizer, lambda step: self.factor(step))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add the part of the schedule that depends on validations, and what all this is of."""
        checkpoint["recipe"] = self.course.recipe.as_data()
        checkpoint["learning_rate_factor"] = self.factor.state_dict()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take it up again."""
        self.factor.load_state_dict(checkpoint["learning_rate_factor"])

    def groups(self) -> list[dict[str, Any]]:
        """The parameters as the optimizer gets them."""
        return parameter_groups(self.course.recipe, self.network)

    def configure_gradient_clipping(self, optimizer: Any, *_: Any, **__: Any) -> None:
        """By value first, then by norm; both may be on."""
        regularization = self.course.recipe.regularization
        if regularization.clip_value is not None:
            nn.utils.clip_grad_value_(self.network.parameters(), regularization.clip_value)
        if regularization.clip_norm is not None:
            nn.utils.clip_grad_norm_(self.network.parameters(), regularization.clip_norm)

    def optimizer_step(
        self, epoch: int, batch_idx: int, optimizer: Any, optimizer_closure: Any = None
    ) -> None:
        """Step, then bound the norms and move the average."""
        optimizer.step(closure=optimizer_closure)
        regularization = self.course.recipe.regularization
        if regularization.max_norm is not None:
            bound_norms(self.network, regularization.max_norm)
        if self.average is not None and regularization.ema is not None:
            decay = warmed_up(regularization.ema, self.trainer.global_step)
            update_average(self.average, self.network, decay)

    # --- Lightning's cost a step ---------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        """Lightning sets `_current_fx_name` some forty times a step; the search that
        `nn.Module.__setattr__` makes for parameters and modules costs a quarter of a millisecond
        there, for a plain string."""
        if name == "_current_fx_name":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)
