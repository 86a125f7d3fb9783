"""What of a network learns as the training begins, set on the network that is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from engine.recipe import Recipe


def set_frozen(recipe: Recipe, network: nn.Module) -> set[int]:
    """Freeze what does not learn in the first epoch; the ids of the parameters that the
    architecture's own tuning freezes.

    A name in the recipe that no layer has is left to the check before a training: names are
    looked up here.
    """
    known = {name for name, _ in network.named_modules() if name}
    known |= {name for name, _ in network.named_parameters()}
    tuned = recipe.architecture.frozen(network, 0)
    names = [name for name in (*recipe.training.freeze, *tuned) if name in known]
    if names:
        from engine.training.settle import freeze

        freeze(network, names)
    return {
        id(parameter)
        for name, parameter in network.named_parameters()
        if any(name == frozen or name.startswith(f"{frozen}.") for frozen in tuned)
    }
