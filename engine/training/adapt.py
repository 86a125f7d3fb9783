"""Makes a checkpoint fit a module that is not quite the one it was saved from."""

from __future__ import annotations

from typing import Any

from torch import nn

from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.fork import optimizer_goes_on
from engine.training.module import TrainingModule


def fitted(content: dict[str, Any], module: nn.Module) -> dict[str, Any]:
    """The checkpoint with its weights under the module's names. Raises ProblemError when they are
    not the weights of such a module.

    In format 1 a network without dropout had no dropout layers, so that the layers after them were
    numbered differently; their order and shapes were the same. And the parameters exempt from a
    weight decay of zero were in one group with the others.
    """
    if isinstance(module, TrainingModule):
        content = _with_groups_of(module, content)
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


def _with_groups_of(module: TrainingModule, content: dict[str, Any]) -> dict[str, Any]:
    if module.steers_itself:
        return content
    groups = module.new_optimizer().param_groups  # L-BFGS has a single one in any case
    states = content["optimizer_states"]
    if not states or len(states[0]["param_groups"]) == len(groups):
        return content
    numbers = {id(p): number for number, p in enumerate(module.network.parameters())}
    (only,) = states[0]["param_groups"]
    split = [{**only, "params": [numbers[id(p)] for p in g["params"]]} for g in groups]
    return {**content, "optimizer_states": [{**states[0], "param_groups": split}]}


def _shapes(state: dict[str, Any]) -> list[tuple[int, ...]]:
    return [tuple(getattr(value, "shape", ())) for value in state.values()]


def forked(content: dict[str, Any], module: TrainingModule, recipe: Recipe) -> dict[str, Any]:
    """A parent's checkpoint for a run of its own, which begins with `recipe`: what cannot carry
    over begins anew, and what was best so far is no result of this run."""
    content = {**content, "state_dict": _with_own_loss(content["state_dict"], module)}
    parent = Recipe.parse(content["recipe"], whole=True) if "recipe" in content else recipe
    if module.steers_itself:
        content = _with_own_optimizer(content, module)
    elif not optimizer_goes_on(parent, recipe) or not _of_its_optimizer(content, module):
        content["optimizer_states"] = [module.new_optimizer().state_dict()]
    if parent.optimizer.schedule != recipe.optimizer.schedule:
        content["learning_rate_factor"] = module.factor.state_dict()
    validation = content["callbacks"]["Validation"]
    anew = {"pending": validation["pending"]}
    if _same_training(parent, recipe):
        anew["patience"] = validation["patience"]
    content["callbacks"] = {**content["callbacks"], "Validation": anew, "Steering": {"made": 0}}
    content["recipe"] = recipe.as_data()
    return content


def _of_its_optimizer(content: dict[str, Any], module: TrainingModule) -> bool:
    """Whether the saved state is of the recipe's optimizer: the parent's own code may have
    configured another one."""
    if not content["optimizer_states"]:
        return True
    saved = content["optimizer_states"][0]["param_groups"]
    fresh = module.new_optimizer().state_dict()["param_groups"]
    options = fresh[0].keys() - {"lr_scale"}  # which earlier versions did not write
    known = all(options <= group.keys() for group in saved)
    return known and _count(saved) == _count(fresh)


def _count(groups: list[dict[str, Any]]) -> int:
    return sum(len(group["params"]) for group in groups)


def _with_own_optimizer(content: dict[str, Any], module: TrainingModule) -> dict[str, Any]:
    """The state of a module's own optimizer begins anew where the file configures another one."""
    configured = module.configure_optimizers()
    fresh = configured["optimizer"].state_dict()
    states = content["optimizer_states"]
    if states and _groups(states[0]) == _groups(fresh):
        return content
    schedule = configured["lr_scheduler"]["scheduler"].state_dict()
    return {**content, "optimizer_states": [fresh], "lr_schedulers": [schedule]}


def _groups(state: dict[str, Any]) -> list[tuple[list[int], list[str]]]:
    return [(group["params"], sorted(group)) for group in state["param_groups"]]


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
