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
    fresh = {k: v for k, v in module.state_dict().items() if k.startswith("criterion.")}
    kept = {k: v for k, v in content["state_dict"].items() if not k.startswith("criterion.")}
    content = {**content, "state_dict": {**kept, **fresh}}
    parent = Recipe.parse(content["recipe"]) if "recipe" in content else recipe
    other_groups = parent.regularization.exempt != recipe.regularization.exempt
    if parent.optimizer.name != recipe.optimizer.name or other_groups:
        content["optimizer_states"] = [recipe.optimizer.build(module.groups()).state_dict()]
    if parent.optimizer.schedule != recipe.optimizer.schedule:
        content["learning_rate_factor"] = module.factor.state_dict()
    anew = {"pending": content["callbacks"]["Validation"]["pending"]}
    content["callbacks"] = {**content["callbacks"], "Validation": anew}
    return content
