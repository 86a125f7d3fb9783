"""The graph that autograd builds of the loss: the computational graph that textbooks draw.

Built on the meta device: which operations there are does not depend on numbers, and none is drawn.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from engine.architectures.shapes import meta_network, meta_samples
from engine.facts import Facts
from engine.model.forward import code_of
from engine.model.freezing import set_frozen
from engine.model.graph import Code, Graph, Node, NodeKind, Weight
from engine.model.recording import tensors_in
from engine.problems import Problem, ProblemError

if TYPE_CHECKING:
    from engine.recipe import Recipe

MOST = 400
"""Operations up to which the graph is drawn: about what can be read on a screen by scrolling."""
MADE_BY = "Walked along autograd's own records, from the loss back to what it depends on."
_NOTE = "Penalties on weights and what augmentation does are not part of it."
_SIGNS = {
    "Add": "+", "Sub": "−", "Mul": "×", "Div": "÷", "Neg": "−", "Addmm": "matrix product + bias",
    "Mm": "matrix product", "Bmm": "matrix product", "T": "transpose", "NllLoss": "NLL loss",
    "NllLoss2D": "NLL loss", "LogSoftmax": "log-softmax", "MseLoss": "MSE loss",
    "MaxPool2DWithIndices": "max pool", "NativeBatchNorm": "batch norm",
    "NativeLayerNorm": "layer norm", "NativeGroupNorm": "group norm", "NativeDropout": "dropout",
}  # fmt: skip


def loss_graph(recipe: Recipe) -> Graph:
    """What autograd goes back through after one small batch, in the order of the forward pass.

    Raises ProblemError when it is too large to be read, or the network needs numbers.
    """
    facts = recipe.dataset.facts()
    network = meta_network(recipe, facts)
    set_frozen(recipe, network)
    owners: dict[Any, str] = {}
    for path, part in network.named_modules():
        part.register_forward_hook(_owning(path, owners))
    try:
        inputs, loss = _loss(recipe, facts, network)
    except (RuntimeError, TypeError, ValueError, NotImplementedError) as error:
        raise ProblemError(_no_graph(error)) from None
    functions = _backwards(loss)
    if len(functions) > MOST:
        sentence = f"The graph of this loss has {len(functions):,} operations"
        hint = f"up to {MOST} can be read: fewer layers, or shorter sequences, make it smaller"
        raise ProblemError(Problem("architecture", sentence, hint))
    return _Reading(network, inputs, functions, owners).graph()


def _loss(recipe: Recipe, facts: Facts, network: nn.Module) -> tuple[Tensor, Tensor]:
    from engine.training.metrics import aligned

    inputs = meta_samples(facts)
    if inputs.is_floating_point():
        inputs.requires_grad_()
    with torch.device("meta"), torch.enable_grad():
        counts = torch.ones(len(facts.targets)) if facts.task != "regression" else None
        criterion = recipe.loss.build(facts, counts)
        outputs, targets = aligned(network(inputs), _targets(facts, len(inputs)), facts)
        return inputs, criterion(outputs, targets)


def _targets(facts: Facts, count: int) -> Tensor:
    if facts.task == "classes":
        return torch.zeros(count, dtype=torch.int64)
    if facts.task == "tokens":
        return torch.zeros(count, *facts.shape, dtype=torch.int64)
    return torch.zeros(count, len(facts.targets))


def _no_graph(error: Exception) -> Problem:
    (reason, *_) = str(error).strip().splitlines() or [type(error).__name__]
    sentence = "The graph of the loss cannot be had without the data's numbers"
    return Problem("architecture", sentence, reason[:200])


def _owning(path: str, owners: dict[Any, str]) -> Any:
    """A hook that notes which module each new operation belongs to: the innermost one."""

    def own(_part: nn.Module, _inputs: Any, output: Any) -> None:
        for tensor in tensors_in(output):
            waiting = [tensor.grad_fn]
            while waiting:
                function = waiting.pop()
                if function is None or function in owners or hasattr(function, "variable"):
                    continue
                owners[function] = path
                waiting += [before for before, _ in function.next_functions]

    return own


def _backwards(loss: Tensor) -> list[Any]:
    """Every operation that the loss depends on, each before all that depend on it."""
    order: list[Any] = []
    seen: set[Any] = set()
    waiting: list[tuple[Any, bool]] = [(loss.grad_fn, False)]
    while waiting:
        function, done = waiting.pop()
        if done:
            order.append(function)
        elif function is not None and function not in seen:
            seen.add(function)
            waiting.append((function, True))
            waiting += [(before, False) for before, _ in reversed(function.next_functions)]
    return order


class _Reading:
    """Turns autograd's functions into nodes, in the order of the forward pass."""

    def __init__(
        self, network: nn.Module, inputs: Tensor, functions: list[Any], owners: dict[Any, str]
    ) -> None:
        self._names = {id(p): name for name, p in network.named_parameters()}
        self._modules = dict(network.named_modules())
        self._code: dict[str, Code] = {}
        self._inputs = inputs
        self._owners = owners
        self._keys = {function: key for key, function in enumerate(functions)}

    def graph(self) -> Graph:
        """The loss is the last node, and the only output."""
        nodes = tuple(self._node(key, function) for function, key in self._keys.items())
        edges = {
            (self._keys[before], key)
            for function, key in self._keys.items()
            for before, _ in function.next_functions
            if before is not None
        }
        return Graph(nodes, tuple(sorted(edges)), code=self._code, made_by=MADE_BY, note=_NOTE)

    def _node(self, key: int, function: Any) -> Node:
        variable = getattr(function, "variable", None)
        if variable is not None:
            return self._leaf(key, variable)
        metadata = getattr(function, "_input_metadata", ())
        shapes = tuple(tuple(int(size) for size in entry.shape) for entry in metadata)
        last = key == len(self._keys) - 1
        kind: NodeKind = "output" if last else "function"
        label = f"loss: {_label(function)}" if last else _label(function)
        path = self._owners.get(function, "loss")
        module = self._modules.get(path)
        code = code_of(module, self._code) if module is not None else ""
        return Node(key, label, kind, path, shapes_out=shapes, code=code, detail=function.name())

    def _leaf(self, key: int, variable: Tensor) -> Node:
        shape = tuple(variable.shape)
        if variable is self._inputs:
            return Node(key, "input", "input", shapes_out=(shape,))
        name = self._names.get(id(variable), "tensor")
        weight = (Weight(name, shape, True),)
        return Node(key, name, "parameter", name.rpartition(".")[0], shapes_out=(shape,),
                    weights=weight)  # fmt: skip


def _label(function: Any) -> str:
    """`AddmmBackward0` as `matrix product + bias`, `ReluBackward0` as `relu`."""
    name = re.sub(r"Backward\d*$", "", str(function.name()).removesuffix(">"))
    name = name.rpartition("::")[2]
    words = re.sub(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9]D)(?=[A-Z])", " ", name).lower()
    return _SIGNS.get(name, words)
