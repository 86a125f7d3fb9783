"""The graph of a network's forward pass, from a recorded one."""

from __future__ import annotations

import inspect
import os.path
from dataclasses import replace
from typing import TYPE_CHECKING

from torch import Tensor, nn

from engine.model.graph import ROOT, Code, Graph, Group, Node, Weight
from engine.model.passing import passed
from engine.model.recording import Recorder, Step
from engine.model.repeats import gather_repeats
from engine.problems import Problem, ProblemError

if TYPE_CHECKING:
    from engine.recipe import Recipe

RECORDED = "Recorded from one pass on the meta device, as an FX graph has it: layers, functions."
SIGNS = {
    "add": "+", "sub": "−", "mul": "×", "div": "÷", "matmul": "@", "getitem": "[ ]",
    "__setitem__": "[ ] =", "neg": "−", "pow": "^",
}  # fmt: skip
"""What is written for operators."""


def forward_graph(recipe: Recipe) -> Graph:
    """What happens to a batch on its way through the recipe's network.

    Of a network that reads numbers, as much as is known before training. Raises ProblemError when
    a layer cannot take what it gets, or nothing at all is known.
    """
    found = passed(recipe, recipe.dataset.facts(), record=True)
    if found.recorder is None:
        raise ProblemError(Problem("architecture", found.note, "train it for an epoch"))
    return graph_of(found.recorder, found.network, found.note)


def graph_of(recorder: Recorder, network: nn.Module, note: str = "") -> Graph:
    """A recorder's steps and calls as plain values, patterns that repeat gathered."""
    code: dict[str, Code] = {}
    groups = {
        index: Group(index, type(call.module).__name__, call.path, call.call,
                     code=code_of(call.module, code))
        for index, call in enumerate(recorder.calls)
    }  # fmt: skip
    outermost = {index for index, group in groups.items() if group.group == ROOT and not group.path}
    modules = dict(network.named_modules())
    named = {**dict(network.named_parameters()), **dict(network.named_buffers())}
    nodes = [
        _node(key, step, modules.get(step.path), named, code)
        for key, step in enumerate(recorder.steps)
    ]
    edges = {
        (source, key)
        for key, step in enumerate(recorder.steps)
        for source in step.sources
        if source is not None
    }
    graph = Graph(tuple(nodes), tuple(sorted(edges)), groups, code, RECORDED, note)
    return gather_repeats(_without(graph, outermost))


def _without(graph: Graph, gone: set[int]) -> Graph:
    """The graph without a group round everything: what is in it stands by itself."""

    def up(group: int) -> int:
        return ROOT if group in gone else group

    nodes = tuple(replace(node, group=up(node.group)) for node in graph.nodes)
    groups = {
        key: replace(group, group=up(group.group))
        for key, group in graph.groups.items()
        if key not in gone
    }
    return replace(graph, nodes=nodes, groups=groups)


def _node(
    key: int,
    step: Step,
    module: nn.Module | None,
    named: dict[str, Tensor],
    code: dict[str, Code],
) -> Node:
    return Node(
        key=key,
        label=SIGNS.get(step.label, step.label),
        kind=step.kind,
        path=step.path,
        group=step.call,
        shapes_in=step.shapes(step.inputs),
        shapes_out=step.shapes(step.outputs),
        weights=_weights(step, named),
        code=code_of(module, code) if module is not None and step.kind != "input" else "",
        detail=_detail(step),
    )


def _weights(step: Step, named: dict[str, Tensor]) -> tuple[Weight, ...]:
    if step.module is None:
        pairs = [(name, named[name]) for name in dict.fromkeys(step.weights)]
    else:
        pairs = [*step.module.named_parameters(), *step.module.named_buffers()]
    return tuple(Weight(name, tuple(w.shape), bool(w.requires_grad)) for name, w in pairs)


def _detail(step: Step) -> str:
    """A layer's own words for its options; the plain arguments of a function."""
    if step.module is not None:
        return step.module.extra_repr()
    plain = [arg for arg in step.args if _plain(arg)]
    named = [f"{name}={value!r}" for name, value in step.kwargs.items() if _plain(value)]
    return ", ".join([*(repr(arg) for arg in plain), *named])


def _plain(value: object) -> bool:
    if isinstance(value, (tuple, list)):
        return all(_plain(part) for part in value)
    return isinstance(value, (int, float, str, slice))


def code_of(module: nn.Module, found: dict[str, Code]) -> str:
    """The key of a module's forward, its source read once for each type."""
    cls = type(module)
    key = f"{cls.__module__}.{cls.__qualname__}"
    if key not in found:
        try:
            lines, first = inspect.getsourcelines(cls.forward)
            place = f"{os.path.basename(inspect.getsourcefile(cls.forward) or '')}:{first}"
            found[key] = Code(inspect.cleandoc("\n" + "".join(lines)), place)
        except (OSError, TypeError):
            found[key] = Code("", "")
    return key
