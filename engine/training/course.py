"""The recipe as it is at this moment of the training, and the plan that follows from it."""

from __future__ import annotations

from engine.recipe import Recipe
from engine.training.plan import Plan


class Course:
    """Interventions change the recipe of a running training; whoever needs an option that may
    change asks here each time, and keeps no copy."""

    def __init__(self, recipe: Recipe, batches: int) -> None:
        self._batches = batches
        self.take(recipe)

    def take(self, recipe: Recipe) -> None:
        """From now on this recipe counts; it differs from the one before in live options only."""
        self.recipe = recipe
        self.plan = Plan.of(recipe.training, self._batches)
