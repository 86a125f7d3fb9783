"""One forward pass, operation by operation, on the thread that runs it.

`torch.fx.symbolic_trace` and `torch.export` exchange methods of `nn.Module` and flags of the whole
process while they work: a training on another thread fails, or takes another path. The modes and
hooks used here belong to this thread and this network. What they find are the nodes of an FX
graph: layers of `torch.nn` as one call, everything else function by function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from engine.model.graph import ROOT, NodeKind, Shape

_WHOLE = (nn.MultiheadAttention, nn.RNNBase)
"""Layers that are told as one although they have parts or run many steps."""


@dataclass
class Step:
    """One operation. `sources` are the steps that made the tensors in `inputs`, None for a tensor
    that no step has made; `weights` are tensors of the network that a function uses by itself."""

    kind: NodeKind
    label: str
    path: str
    call: int
    inputs: list[Tensor] = field(default_factory=list)
    sources: list[int | None] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)
    weights: list[str] = field(default_factory=list)
    module: nn.Module | None = None
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)

    def shapes(self, tensors: list[Tensor]) -> tuple[Shape, ...]:
        """Their shapes as plain numbers."""
        return tuple(tuple(tensor.shape) for tensor in tensors)


@dataclass
class Call:
    """One call of a module with parts: the steps from `first` up to, but without, `stop`."""

    path: str
    module: nn.Module
    call: int
    first: int
    stop: int = 0
    sources: list[int | None] = field(default_factory=list)
    outputs: list[int | None] = field(default_factory=list)


class Recorder(TorchFunctionMode):
    """Entered round one forward pass of a network; `steps` and `calls` are what it has found."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.calls: list[Call] = []
        self._makers: dict[int, int] = {}
        self._kept: list[Any] = []  # an id is that of one tensor only while the tensor lives
        self._open: list[int] = []
        self._within = 0
        tensors = [*network.named_parameters(), *network.named_buffers()]
        self._names = {id(tensor): name for name, tensor in reversed(tensors)}
        self._hooks = []
        for path, part in network.named_modules():
            self._hooks += [
                part.register_forward_pre_hook(partial(self._enter, path), with_kwargs=True),
                part.register_forward_hook(partial(self._leave, path), with_kwargs=True),
            ]

    def read(self, sample: Tensor) -> Tensor:
        """Mark a tensor as the network's input."""
        self._add(Step("input", "input", "", ROOT, outputs=[sample]))
        return sample

    def give(self, outputs: Any) -> None:
        """Mark what the network has answered, and let go of it."""
        step = Step("output", "output", "", ROOT)
        self._take(step, outputs)
        step.outputs = step.inputs
        self._add(step, makes=False)
        for hook in self._hooks:
            hook.remove()

    def path(self) -> str:
        """The module in whose forward the pass is, or was when it failed."""
        return self.calls[self._open[-1]].path if self._open else ""

    # --- Modules ---------------------------------------------------------------------------------

    def _enter(self, path: str, part: nn.Module, args: Any, kwargs: Any) -> None:
        if self._within or is_one(part):
            self._within += 1
            return
        call = Call(path, part, self._current(), len(self.steps))
        call.sources = [self._makers.get(id(tensor)) for tensor in tensors_in((args, kwargs))]
        self.calls.append(call)
        self._open.append(len(self.calls) - 1)

    def _leave(self, path: str, part: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        if self._within:
            self._within -= 1
            if not self._within:
                step = Step("layer", type(part).__name__, path, self._current(), module=part)
                self._finish(step, (args, kwargs), output)
            return
        made = list(tensors_in(output))
        if any(id(tensor) not in self._makers for tensor in made):
            # done by what torch does not tell of, an autograd.Function of one's own for instance
            step = Step("layer", type(part).__name__, path, self._current(), module=part)
            self._finish(step, (args, kwargs), output)
        call = self.calls[self._open.pop()]
        call.stop = len(self.steps)
        call.outputs = [self._makers.get(id(tensor)) for tensor in made]

    def _current(self) -> int:
        return self._open[-1] if self._open else ROOT

    # --- Functions -------------------------------------------------------------------------------

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Called by torch for each function on tensors, and for their methods."""
        output = func(*args, **(kwargs or {}))
        if not self._within:
            self._note(func, args, kwargs or {}, output)
        return output

    def _note(self, func: Any, args: Any, kwargs: Any, output: Any) -> None:
        name = function_name(func)
        if name == "__setitem__":
            output = args[0]
        if name in _LOOKS or next(tensors_in(output), None) is None:
            return
        path = self.path()
        step = Step("function", name, path, self._current(), args=args, kwargs=kwargs)
        self._finish(step, (args, kwargs), output)

    def _finish(self, step: Step, taken: Any, output: Any) -> None:
        self._take(step, taken)
        step.outputs = list(tensors_in(output))
        self._add(step)

    def _take(self, step: Step, values: Any) -> None:
        for tensor in tensors_in(values):
            if id(tensor) in self._names and id(tensor) not in self._makers:
                step.weights.append(self._names[id(tensor)])
            else:
                step.inputs.append(tensor)
                step.sources.append(self._makers.get(id(tensor)))

    def _add(self, step: Step, makes: bool = True) -> None:
        self.steps.append(step)
        self._kept += [*step.inputs, *step.outputs]
        if makes:
            for tensor in step.outputs:
                self._makers[id(tensor)] = len(self.steps) - 1


_LOOKS = {"requires_grad_", "detach_", "device", "retain_grad"}
"""Functions that give a tensor and do nothing to its numbers."""


def is_one(part: nn.Module) -> bool:
    """Whether a module is told as a single layer: one of torch without parts."""
    own = not type(part).__module__.startswith("torch.nn.")
    return isinstance(part, _WHOLE) or not (own or next(part.children(), None) is not None)


def function_name(func: Any) -> str:
    """`add` of `torch.add`, `Tensor.add_` and `Tensor.__iadd__` alike; `T` of the property."""
    name = str(getattr(func, "__name__", type(func).__name__))
    if name == "__get__":
        return str(getattr(getattr(func, "__self__", None), "__name__", name))
    if name == "__setitem__":
        return name
    plain = name.strip("_")
    operator = plain[1:] if plain in _REFLECTED else plain
    return {"truediv": "div", "itruediv": "div", "rtruediv": "div"}.get(operator, operator)


_REFLECTED = {"iadd", "isub", "imul", "radd", "rmul", "rsub", "rpow", "rmatmul"}


def tensors_in(values: Any) -> Iterator[Tensor]:
    """Every tensor in nested tuples, lists and dictionaries."""
    if isinstance(values, Tensor):
        yield values
    elif isinstance(values, (tuple, list)):
        yield from _of_each(values)
    elif isinstance(values, dict):
        yield from _of_each(values.values())


def _of_each(values: Iterable[Any]) -> Iterator[Tensor]:
    for value in values:
        yield from tensors_in(value)
