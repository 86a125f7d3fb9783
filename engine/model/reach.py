"""How much of a sample one value depends on: the receptive field of each layer, and the context.

Followed operation by operation along a recorded pass (Araujo and others 2019, Distill, "Computing
receptive fields of convolutional neural networks"). Statistics that a normalization takes over
places do not count, as is usual. What an operation does to places is not always known: then the
reach of everything behind it is not, until something sees the whole sample.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.facts import Facts
from engine.model.axes import Axis, Seen, merged
from engine.model.recording import Recorder, Step
from engine.model.rules import after_call, has_rule, rule_for


@dataclass
class Reach:
    """Places seen along each axis: `layers` by the layer's name, `whole` of one output."""

    layers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    whole: tuple[int, ...] = ()

    def of(self, name: str) -> tuple[int, ...]:
        """Of one layer; empty where it is not defined."""
        return self.layers.get(name, ())


def axes_of(facts: Facts) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The names and lengths of the axes along which a sample has places; a table has none."""
    if facts.kind == "image":
        return ("height", "width"), tuple(facts.shape[1:])
    if facts.kind == "text":
        return ("tokens",), tuple(facts.shape[:1])
    return (("steps",), tuple(facts.shape[:1])) if facts.kind == "series" else ((), ())


def reaches(recorder: Recorder, facts: Facts) -> Reach:
    """Follow the places of the sample through all steps of a pass."""
    axes, places = axes_of(facts)
    first = 2 if facts.kind == "image" else 1
    start: Seen = tuple(Axis(1, 1, first + index) for index in range(len(axes)))
    states: list[Seen | None] = []
    found = Reach()
    known = {call.stop - 1: call for call in recorder.calls if call.stop and has_rule(call)}
    for index, step in enumerate(recorder.steps):
        states.append(start if step.kind == "input" else _after(step, states))
        if index in known:
            states[index] = after_call(known[index], _joined(known[index].sources, states))
        if step.kind == "layer":
            found.layers[step.path] = _numbers(states[index], places)
    for call in recorder.calls:  # layers that have parts, and weights beside them
        if call.stop > call.first:
            found.layers.setdefault(call.path or "network", _numbers(states[call.stop - 1], places))
    if recorder.steps and recorder.steps[-1].kind == "output":
        found.whole = _numbers(states[-1], places)
    return found


def _after(step: Step, states: list[Seen | None]) -> Seen | None:
    """What the tensors that a step makes depend on; None: not known, (): on nothing."""
    taken = []
    for tensor, source in zip(step.inputs, step.sources, strict=True):
        state = states[source] if source is not None else ()
        if state is None:
            return None
        if state:
            taken.append((tensor, state))
    if step.kind == "output" or not taken:
        return merged([state for _, state in taken])
    return rule_for(step)(step, taken)


def _joined(sources: list[int | None], states: list[Seen | None]) -> Seen | None:
    found = [states[source] for source in sources if source is not None]
    if any(state is None for state in found):
        return None
    return merged([state for state in found if state])


def _numbers(state: Seen | None, places: tuple[int, ...]) -> tuple[int, ...]:
    if not state:
        return ()
    return tuple(
        length if axis.whole else int(axis.seen) for axis, length in zip(state, places, strict=True)
    )
