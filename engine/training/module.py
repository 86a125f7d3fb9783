"""The LightningModule: one step of learning, nothing else. Recording and control are callbacks."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from engine.architectures.heading import Headed
from engine.architectures.making import network_of
from engine.datasets.base import Splits
from engine.optimizers.schedules import Plateau
from engine.training.averaging import bound_norms, update_average, warmed_up
from engine.training.course import Course
from engine.training.groups import parameter_groups
from engine.training.lightning import pl, signed_once
from engine.training.loader import Batch
from engine.training.metrics import aligned
from engine.training.mixing import Mixing
from engine.training.scores import Scores
from engine.training.settle import freeze_for, set_rates


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
    """What the latest batch gave: its loss, a scalar tensor still on the device, and with those of
    the batches before it its score.

    An object of its own, because assigning to attributes of an `nn.Module` is slow.
    """

    __slots__ = ("loss", "scores", "taken")

    def __init__(self, scores: Scores) -> None:
        self.loss = torch.zeros(())
        self.scores = scores
        self.taken = False


def forget_gradients(optimizer: torch.optim.Optimizer) -> None:
    """What `zero_grad` does, without the range that it opens for torch's profiler each time."""
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            parameter.grad = None


class TrainingModule(pl.LightningModule):
    """The network of a recipe with its criterion, and what regularization adds to a step.

    It optimizes by hand, in Lightning's words: `training_step` makes the whole step, in half the
    time that Lightning's automatic optimization needs for the same.
    """

    steers_itself = False
    """Whether the optimizer is not the recipe's, whose settings then have no effect."""

    def __init__(self, course: Course, splits: Splits, network: nn.Module | None = None) -> None:
        super().__init__()
        self.automatic_optimization = False
        facts, recipe = splits.facts, course.recipe
        self.course = course
        self.facts = facts
        self.network = network_of(recipe, facts) if network is None else network
        self.criterion = recipe.loss.build(facts, splits.class_counts())
        self.preprocess = splits.preprocess
        self.by_features = self.normalised = False
        averaging = recipe.regularization.ema is not None
        self.average = copy.deepcopy(self.network).requires_grad_(False) if averaging else None
        self.factor = LearningRateFactor(course)
        self.numbers = StepNumbers(Scores(facts, splits.preprocess))
        self.mixing = Mixing.of(recipe)
        self.implementation = ""
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

    @signed_once
    def training_step(self, batch: Batch, batch_idx: int) -> None:
        """Forward and backward, and with the last batch of a window the optimizer's step."""
        if not self._ends_window(batch_idx):
            self._add_gradient(batch, batch_idx)
            return
        optimizer: Any = self.optimizers()
        optimizer.step(closure=lambda: self._add_gradient(batch, batch_idx))
        self._after_step()
        self.move_rates(batch_idx)

    def _add_gradient(self, batch: Batch, batch_idx: int) -> Tensor:
        """One batch's part of the gradient; an optimizer that asks again gets it anew. The mean
        over the batches that are really in the window, which the epoch's end may cut short."""
        with self.trainer.precision_plugin.train_step_context():
            loss = self.batch_loss(batch, batch_idx)
        if self._accumulate > 1:
            loss = loss * self._window_scale(batch_idx) / self._accumulate
        if batch_idx % self._accumulate == 0:
            optimizer = self.trainer.optimizers[0]
            self.on_before_zero_grad(optimizer)
            forget_gradients(optimizer)
        self.manual_backward(loss)
        return loss.detach()

    def _ends_window(self, batch_idx: int) -> bool:
        last = batch_idx + 1 == self.course.plan.batches
        return last or (batch_idx + 1) % self._accumulate == 0

    def batch_loss(self, batch: Batch, batch_idx: int) -> Tensor:
        """The loss of a batch with its penalties; what is recorded is the loss without them."""
        inputs, targets = batch
        ready = self.by_features or self.normalised
        inputs, mix = inputs if ready else self.preprocess(inputs), None
        if self.mixing is not None:
            mix = self.mixing.draw(inputs, self.current_epoch, batch_idx)
            inputs = mix.inputs(inputs)
        outputs, targets = aligned(self._answers(inputs), targets, self.facts)
        regression = self.facts.task == "regression"

        def loss_of(targets: Tensor) -> Tensor:
            wanted = self.preprocess.scale_targets(targets) if regression else targets
            found: Tensor = self.criterion(outputs, wanted)
            return found

        if mix is None:
            loss = loss_of(targets)
        else:
            loss, targets = mix.loss(loss_of, targets, regression)
        if not self.numbers.taken:
            self.numbers.taken = True
            self.numbers.loss = loss.detach()
            self.numbers.scores.add(outputs.detach(), targets)
        penalty = self._penalty()
        return loss if penalty is None else loss + penalty

    def _answers(self, inputs: Tensor) -> Tensor:
        """Of the network, or of its head alone, where the inputs are features."""
        network = self.network.get_submodule("head") if self.by_features else self.network
        answers: Tensor = network(inputs)
        return answers

    def _window_scale(self, batch_idx: int) -> float:
        """What a batch of a window that the epoch's end cuts short counts more."""
        batches = self.course.plan.batches
        rest = batches % self._accumulate
        return self._accumulate / rest if rest and batch_idx >= batches - rest else 1.0

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
        """The recipe's optimizer, at the rates of its first step."""
        optimizer = self.new_optimizer()
        set_rates(optimizer, self, 0)
        return optimizer

    def new_optimizer(self) -> torch.optim.Optimizer:
        """As the recipe wants it now, its steps made as they were when the run began."""
        groups = self.groups()
        if any(p.is_complex() for group in groups for p in group["params"]):
            return self.course.recipe.optimizer.build(groups)  # no fused step knows these
        return self.course.recipe.optimizer.made(self.implementation).build(groups)

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

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """The gradient of the window is whole."""
        self.bound_gradients()

    def bound_gradients(self) -> None:
        """By value first, then by norm; both may be on."""
        regularization = self.course.recipe.regularization
        if regularization.clip_value is not None:
            nn.utils.clip_grad_value_(self.network.parameters(), regularization.clip_value)
        if regularization.clip_norm is not None:
            nn.utils.clip_grad_norm_(self.network.parameters(), regularization.clip_norm)

    def _after_step(self) -> None:
        """Bound the norms and move the average."""
        regularization = self.course.recipe.regularization
        if regularization.max_norm is not None:
            bound_norms(self.network, regularization.max_norm)
        if self.average is not None and regularization.ema is not None:
            before = self.trainer.global_step - 1
            update_average(self.average, self.network, warmed_up(regularization.ema, before))

    def move_rates(self, batch_idx: int) -> None:
        """Set the rates for the step that comes next."""
        set_rates(self.trainer.optimizers[0], self, self.trainer.global_step)

    # --- Lightning's cost a step ---------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        """Lightning sets `_current_fx_name` some twenty times a step; the search that
        `nn.Module.__setattr__` makes for parameters and modules costs a tenth of a millisecond
        there, for a plain string."""
        if name == "_current_fx_name":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)
