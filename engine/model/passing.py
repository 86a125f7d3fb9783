"""One pass through a recipe's network on the meta device: layers, work, and what was recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import prod
from types import TracebackType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from engine.architectures.dryrun import OF_SHAPES, dry_run
from engine.architectures.shapes import meta_network, meta_samples, skip_steps
from engine.facts import Facts
from engine.model.freezing import set_frozen
from engine.model.recording import Recorder, tensors_in
from engine.problems import ProblemError
from engine.views import Layer

if TYPE_CHECKING:
    from engine.recipe import Recipe

FLOAT_BYTES = 4
SAMPLES = 2
"""Samples in the pass: batch normalization refuses a single one while it trains."""
_STOPPED = "The forward reads numbers, which are not there before training: what comes after {} is"
_STOPPED += " not known"


@dataclass
class Passage:
    """What one pass has found. `flops` are those of one sample; `note` says where it had to stop.

    `recorder` knows the single operations, if they were asked for.
    """

    network: nn.Module
    layers: list[Layer] = field(default_factory=list)
    flops: int = 0
    note: str = ""
    recorder: Recorder | None = None


def passed(recipe: Recipe, facts: Facts, record: bool = False) -> Passage:
    """Run the network once, in training mode, where dropout needs memory too.

    A network that reads numbers is run as far as it goes. Raises ProblemError naming the layer
    when a layer cannot take what it gets.
    """
    try:
        network = meta_network(recipe, facts)
    except ProblemError:
        raise
    except Exception:
        dry_run(recipe, facts)  # which says what is wrong, or that it needs numbers
        return Passage(nn.Module(), note="The network needs numbers to be made: it is made with"
                                         " the training")  # fmt: skip
    tuned = set_frozen(recipe, network)
    found = Passage(network)
    layers = _Layers(found, network, tuned)
    try:
        _run(found, layers, facts, record)
    except Exception as error:
        dry_run(recipe, facts, with_own_code=isinstance(error, OF_SHAPES))
        found.note = _STOPPED.format(layers.last or "its beginning")
        layers.add_the_rest(network)
    found.flops = layers.flops() // SAMPLES
    return found


def _run(found: Passage, layers: _Layers, facts: Facts, record: bool) -> None:
    samples = meta_samples(facts, SAMPLES)
    found.recorder = recorder = Recorder(found.network) if record else None
    with torch.no_grad(), layers, torch.device("meta"):
        if recorder is None:
            found.network(samples)
            return
        with recorder:
            answer = found.network(recorder.read(samples))
        recorder.give(answer)


class _Layers:
    """The leaf layers in the order in which they run, and the work of each.

    What has parts is told by them, unless it has weights of its own. Dropout of nothing is left
    out: it does nothing.
    """

    def __init__(self, found: Passage, network: nn.Module, tuned: set[int]) -> None:
        self._found, self._tuned = found, tuned
        self._open: list[str] = [_EVERYTHING]
        self._counted: set[int] = set()
        self._recurrent: dict[str, int] = {}
        self._told: dict[str, int] = {}  # a layer may be called several times
        self._counter = FlopCounterMode(display=False)
        # its own tracker hangs hooks on all modules of the process: here the hooks below tell
        self._counter.mod_tracker = _Stack(self._open)  # type: ignore[assignment]
        self.last = ""
        skip_steps(network, self._note_recurrent)
        _skip_statistics(network)
        for name, part in network.named_modules():
            if _is_told(part):
                part.register_forward_pre_hook(self._entering(name))
                part.register_forward_hook(self._leaving(name))

    def __enter__(self) -> None:
        self._counter.__enter__()  # type: ignore[no-untyped-call]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._counter.__exit__(kind, error, trace)  # type: ignore[no-untyped-call]

    def flops(self) -> int:
        """All work of the pass."""
        return sum(self._work(_EVERYTHING).values()) + sum(self._recurrent.values())

    def _work(self, name: str) -> dict[Any, int]:
        return self._counter.flop_counts.get(name, {})

    def _note_recurrent(self, flops: int) -> None:
        name = self._open[-1]
        self._recurrent[name] = self._recurrent.get(name, 0) + flops

    def _entering(self, name: str) -> Callable[..., None]:
        def enter(_part: nn.Module, _inputs: Any) -> None:
            self._open.append(name)

        return enter

    def _leaving(self, name: str) -> Callable[..., None]:
        def leave(part: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            self._open.pop()
            first = next(tensors_in(output), None)
            if first is None:
                return
            flops = sum(self._work(name).values()) + self._recurrent.get(name, 0)
            new, self._told[name] = flops - self._told.get(name, 0), flops
            kept = 0 if _shares_memory(inputs, first) else prod(first.shape[1:]) * FLOAT_BYTES
            self._add(name, part, tuple(first.shape[1:]), kept, new // SAMPLES)

        return leave

    def _add(
        self, name: str, part: nn.Module, shape: tuple[int, ...], kept: int, flops: int
    ) -> None:
        """A row, with the parameters that no layer before it has: tied weights count once."""
        own = {id(p): p for p in part.parameters() if id(p) not in self._counted}
        self._counted.update(own)
        row = Layer(
            name=name or "network",
            type=type(part).__name__,
            output_shape=shape,
            parameters=sum(p.numel() for p in own.values()),
            activation_bytes=kept,
            flops=flops,
            frozen=sum(p.numel() for p in own.values() if not p.requires_grad),
            tuned=bool(own) and own.keys() <= self._tuned,
            own=_beside_parts(name, part),
        )
        self._found.layers.append(row)
        self.last = row.name

    def add_the_rest(self, network: nn.Module) -> None:
        """Layers that the pass has not reached: their weights are known."""
        reached = {row.name for row in self._found.layers}
        for name, part in network.named_modules():
            if _is_told(part) and (name or "network") not in reached:
                last = self.last
                self._add(name, part, (), 0, 0)
                self.last = last


_EVERYTHING = "\0everything"
"""Work of the whole network; no layer has this name."""


class _Stack:
    """Stands in for torch's tracker of modules: the layers that are at work."""

    def __init__(self, opened: list[str]) -> None:
        self._opened = opened

    @property
    def parents(self) -> list[str]:
        """The innermost layer that has a row, and the whole."""
        return list({_EVERYTHING, self._opened[-1]})

    def __enter__(self) -> None:
        """Nothing is hung on anything."""

    def __exit__(self, *_: object) -> None:
        """Nothing to take down."""


def _skip_statistics(network: nn.Module) -> None:
    """Let batch normalization give its shape at once: torch works out its meta device's answer in
    many small steps, most of the time of a deep network."""
    for part in network.modules():
        if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            part.forward = partial(_same_shape, part, part.forward)  # type: ignore[method-assign]


def _same_shape(
    part: nn.modules.batchnorm._BatchNorm, whole: Callable[[Tensor], Tensor], inputs: Tensor
) -> Tensor:
    part._check_input_dim(inputs)  # type: ignore[no-untyped-call]
    if inputs.shape[1] != part.num_features:
        return whole(inputs)  # which says what is wrong
    return torch.empty_like(inputs)


def _is_told(part: nn.Module) -> bool:
    if isinstance(part, nn.Dropout) and part.p == 0:
        return False
    leaf = next(part.children(), None) is None
    return leaf or next(part.parameters(recurse=False), None) is not None


def _beside_parts(name: str, part: nn.Module) -> tuple[str, ...]:
    """The full names of the parameters that a layer has beside the layers in it."""
    if next(part.children(), None) is None:
        return ()
    return tuple(name for name, _ in part.named_parameters(name, recurse=False))


def _shares_memory(inputs: tuple[Any, ...], output: Tensor) -> bool:
    """Whether a layer only looked at its input in another way, as Flatten does."""
    first = next(tensors_in(inputs), None)
    return first is not None and bool(
        first.untyped_storage()._cdata == output.untyped_storage()._cdata
    )
