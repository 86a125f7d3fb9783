"""Which layers of the network learn: `training.freeze` as switches, one a layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Signal

from engine.views import Layer
from gui.presenters.recipe import RecipePresenter
from gui.presenters.steering import SteeringPresenter

PATH = "training.freeze"


class FreezePresenter(QObject):
    """Reads and edits the open recipe; while that trains, the training follows at once."""

    changed = Signal()

    def __init__(self, recipe: RecipePresenter, steering: SteeringPresenter) -> None:
        super().__init__()
        self._recipe = recipe
        self._steering = steering
        self._shown = self.names
        recipe.changed.connect(self._on_recipe_changed)

    @property
    def names(self) -> tuple[str, ...]:
        """What the recipe freezes; a name means everything below it."""
        names = self._recipe.get(PATH)
        return tuple(map(str, names)) if isinstance(names, list | tuple) else ()

    def is_frozen(self, layer: Layer) -> bool:
        """Whether a layer's weights stay as they are."""
        return covered(layer.name, self.names)

    def freeze(self, layers: Sequence[Layer], layer: Layer, on: bool) -> None:
        """Freeze one of the network's layers, or let it learn again."""
        weighted = [known.name for known in layers if known.parameters]
        self._steering.set_freeze(switched(weighted, self.names, layer.name, on))

    def _on_recipe_changed(self) -> None:
        if self.names != self._shown:
            self._shown = self.names
            self.changed.emit()


def covered(layer: str, names: Iterable[str]) -> bool:
    """Whether one of these names is the layer or something that it is part of."""
    return any(layer == name or layer.startswith(f"{name}.") for name in names)


def switched(layers: Sequence[str], names: Sequence[str], layer: str, on: bool) -> list[str]:
    """The names after one layer has been frozen or freed. A name that covered it and others is
    replaced by those others."""
    if on:
        return [*names, layer]
    kept = [name for name in names if not covered(layer, [name])]
    lost = [name for name in names if covered(layer, [name])]
    others = [known for known in layers if known != layer and covered(known, lost)]
    return kept + [known for known in dict.fromkeys(others) if not covered(known, kept)]
