"""Which layers of the network learn: `training.freeze` as switches, one a layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from engine.views import Layer
from gui.presenters.recipe import RecipePresenter
from gui.presenters.steering import SteeringPresenter

PATH, TUNE, LORA = "training.freeze", "architecture.tune", "architecture.lora"
_UNDO = "tuning by hand"
_GRADUAL = (
    "Frozen at first: with tune=gradual layers are freed while the training goes on. To free them"
    " by hand, choose another tune"
)
_LORA = "Frozen by LoRA, which learns matrices beside them: switch it off to free layers by hand"
_ITSELF = "Frozen by the architecture itself, as the training begins"


class FreezePresenter(QObject):
    """Reads and edits the open recipe; while that trains, the training follows at once."""

    changed = Signal()
    told = Signal(str)
    """A sentence about what a switch has changed beside its own layer."""

    def __init__(self, recipe: RecipePresenter, steering: SteeringPresenter) -> None:
        super().__init__()
        self._recipe = recipe
        self._steering = steering
        self._shown = self._state()
        recipe.changed.connect(self._on_recipe_changed)

    @property
    def names(self) -> tuple[str, ...]:
        """What the recipe freezes; a name means everything below it."""
        names = self._recipe.get(PATH)
        return tuple(map(str, names)) if isinstance(names, list | tuple) else ()

    def is_frozen(self, layer: Layer) -> bool:
        """Whether a layer's weights stay as they are."""
        named = all(covered(name, self.names) for name in _names_of(layer))
        return named or self.is_tuned(layer)

    def is_tuned(self, layer: Layer) -> bool:
        """Whether it is the architecture's tuning that freezes a layer, as the recipe is now."""
        return layer.tuned and bool(self._why_tuned() or self._recipe.get(TUNE) != "all")

    def why_not(self, layer: Layer) -> str:
        """Why a layer's switch does nothing; "" where it does."""
        return self._why_tuned() if layer.tuned else ""

    def _why_tuned(self) -> str:
        """Why what the architecture's tuning freezes cannot be freed one by one."""
        if self._recipe.get(LORA) is not None:
            return _LORA
        tune = self._recipe.get(TUNE)
        return {"gradual": _GRADUAL, None: _ITSELF}.get(tune, "")

    def freeze(self, layers: Sequence[Layer], layer: Layer, on: bool) -> None:
        """Freeze one of the network's layers, or let it learn again. Of the layers that tuning
        freezes, all but that one are frozen by name from then on: one step that can be undone."""
        weighted = {known.name: _names_of(known) for known in layers if known.parameters}
        if on or not self.is_tuned(layer):
            self._steering.set_freeze(switched(weighted, self.names, layer.name, on))
        elif not self.why_not(layer):
            self._free_tuned(layers, layer, weighted)

    def _free_tuned(
        self, layers: Sequence[Layer], layer: Layer, weighted: Mapping[str, Sequence[str]]
    ) -> None:
        frozen = [name for known in layers if known.tuned for name in weighted[known.name]]
        names = switched(weighted, [*self.names, *frozen], layer.name, False)
        names = tightened(names, _flat(weighted))
        self._recipe.set_all({TUNE: "all", PATH: names}, _UNDO)
        rest = f"; the others stay frozen by name ({len(names)})" if names else ""
        self.told.emit(f"{layer.name} learns: tune is all now{rest}. Undo takes it back")

    def _state(self) -> tuple[object, ...]:
        return (self.names, self._recipe.get(TUNE), self._recipe.get(LORA))

    def _on_recipe_changed(self) -> None:
        if self._state() != self._shown:
            self._shown = self._state()
            self.changed.emit()


def covered(layer: str, names: Iterable[str]) -> bool:
    """Whether one of these names is the layer or something that it is part of."""
    return any(layer == name or layer.startswith(f"{name}.") for name in names)


def switched(
    weighted: Mapping[str, Sequence[str]], names: Sequence[str], layer: str, on: bool
) -> list[str]:
    """The names after one layer has been frozen or freed. `weighted` says of each layer by what
    names it is frozen alone. A name that covered it and others is replaced by those others."""
    if on:
        return [*names, layer]
    kept = [name for name in names if not any(covered(own, [name]) for own in weighted[layer])]
    lost = [name for name in names if name not in kept]
    others = [
        name
        for known, own in weighted.items()
        for name in own
        if known != layer and covered(name, lost) and not covered(name, kept)
    ]
    return kept + tightened(others, _flat(weighted), kept)


def tightened(names: Iterable[str], known: Iterable[str], beside: Sequence[str] = ()) -> list[str]:
    """The same in as few names as can be: a layer stands for what is in it, if all of that is
    named. `known` is all there is, `beside` what is frozen by other names."""
    named = list(names)
    free = [name for name in known if not covered(name, [*named, *beside])]
    found: dict[str, None] = {}
    for name in named:
        steps = name.split(".")
        around = (".".join(steps[:count]) for count in range(1, len(steps)))
        found[next((at for at in around if not any(covered(f, [at]) for f in free)), name)] = None
    return list(found)


def _names_of(layer: Layer) -> tuple[str, ...]:
    """By what names a layer is frozen alone: what is in it may learn."""
    return layer.own or (layer.name,)


def _flat(weighted: Mapping[str, Sequence[str]]) -> list[str]:
    return [name for own in weighted.values() for name in own]
