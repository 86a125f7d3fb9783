"""Makes a checkpoint fit a module that is not quite the one it was saved from."""

from __future__ import annotations

from typing import Any

from torch import nn

from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.training.module import TrainingModule


def fitted(content: dict[str, Any], module: nn.Module) -> dict[str, Any]:
    """The checkpoint with its weights under the module's names. Raises ProblemError when they are
    not the weights of such a module.

    In format 1 a network without dropout had no dropout layers, so that the layers after them were
    numbered differently; their order and shapes were the same.
    """
    saved, wanted = content["state_dict"], module.state_dict()
    if saved.keys() == wanted.keys() and _shapes(saved) == _shapes(wanted):
        return content
    if _shapes(saved) != _shapes(wanted):
        sentence = "The checkpoint does not fit the run's recipe: its weights have other shapes"
        hint = "was recipe.yaml changed after the training?"
        raise ProblemError(Problem("checkpoint", sentence, hint))
    names = dict(zip(saved, wanted, strict=True))
    renamed = {names[name]: tensor for name, tensor in saved.items()}
    content = {**content, "state_dict": renamed}
    exact = content.get("callbacks", {}).get("ExactState")
    if exact:
        exact["gradients"] = {names[name]: g for name, g in exact["gradients"].items()}
    return content


def _shapes(state: dict[str, Any]) -> list[tuple[int, ...]]:
    return [tuple(tensor.shape) for tensor in state.values()]


def forked(content: dict[str, Any], module: TrainingModule, recipe: Recipe) -> dict[str, Any]:
    """A parent's checkpoint for a run of its own: what cannot carry over begins anew, and what was
    best so far is no result of this run."""
    content = {**content, "state_dict": _with_own_loss(content["state_dict"], module)}
    parent = Recipe.parse(content["recipe"]) if "recipe" in content else recipe
    other_groups = parent.regularization.exempt != recipe.regularization.exempt
    if parent.optimizer.name != recipe.optimizer.name or other_groups:
        content["optimizer_states"] = [recipe.optimizer.build(module.groups()).state_dict()]
    if parent.optimizer.schedule != recipe.optimizer.schedule:
        content["learning_rate_factor"] = module.factor.state_dict()
    validation = content["callbacks"]["Validation"]
    anew = {"pending": validation["pending"]}
    if _same_training(parent, recipe):
        anew["patience"] = validation["patience"]
    content["callbacks"] = {**content["callbacks"], "Validation": anew}
    return content


def _with_own_loss(saved: dict[str, Any], module: nn.Module) -> dict[str, Any]:
    """The saved weights, and in their midst, where the module has it, its own criterion."""
    wanted = module.state_dict()
    own = {name: tensor for name, tensor in wanted.items() if name.startswith("criterion.")}
    others = [pair for pair in saved.items() if not pair[0].startswith("criterion.")]
    place = list(wanted).index(next(iter(own))) if own else 0
    return dict([*others[:place], *own.items(), *others[place:]])


def _same_training(parent: Recipe, recipe: Recipe) -> bool:
    """Whether a fork changes nothing: it then waits for an improvement as long as its parent had
    waited; another training has all its patience again."""
    named_alike = recipe.model_copy(update={"name": parent.name, "notes": parent.notes})
    return named_alike == parent
