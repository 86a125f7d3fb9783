"""A file's tensors compared with a network, name by name and shape by shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

import torch
from torch import Tensor, nn

from engine.architectures.heading import Headed
from engine.architectures.transfer import BACKBONE
from engine.architectures.weights.adapting import adapted
from engine.architectures.weights.glance import PATH
from engine.architectures.weights.guessing import whose
from engine.architectures.weights.reading import Tensors
from engine.architectures.weights.report import WeightsReport
from engine.problems import Problem, ProblemError

_PREFIXES = ("module.", "_orig_mod.", "state_dict.", "model.", "network.", "net.", "backbone.",
             "encoder.")  # fmt: skip
"""What programs put before the names: wrappers for several devices, compilation, Lightning."""
_OLD_DENSENET = re.compile(r"^(.*denselayer\d+\.(?:norm|conv))\.([12]\.)")
"""Names with a point that torch does not allow any more, in DenseNet's published weights."""


@dataclass(frozen=True)
class Matched:
    """The tensors to begin with, by the network's own names, and what is told of them."""

    tensors: dict[str, Tensor]
    report: WeightsReport
    sha256: str = ""

    @torch.no_grad()
    def put_into(self, network: nn.Module) -> None:
        """Write them over what the network has."""
        state = network.state_dict()
        for name, tensor in self.tensors.items():
            state[name].copy_(tensor)


def match(found: Tensors, network: nn.Module, source: str) -> Matched:
    """What of the tensors found belongs to the network, which may be on the meta device.

    Raises ProblemError when nothing does.
    """
    own = {_plain(name): name for name in network.state_dict()}
    shapes = {name: tuple(t.shape) for name, t in network.state_dict().items()}
    given, changed = _renamed(found.by_name, own)
    replaced = getattr(network, "replaced", "") if isinstance(network, Headed) else ""
    taken: dict[str, Tensor] = {}
    other_shapes, unexpected, dropped = [], [], []
    for name, tensor in given.items():
        if name in own:
            wanted = shapes[own[name]]
            fitting, how = adapted(name, tensor, wanted)
            if fitting is None:
                other_shapes.append((name, tuple(tensor.shape), wanted))
            else:
                taken[own[name]] = fitting
                changed += [how] if how else []
        elif replaced and name.startswith(f"{replaced}."):
            dropped.append((name, tuple(tensor.shape)))
        else:
            unexpected.append((name, tuple(tensor.shape)))
    heads = [name for name in own if name.startswith("head.")] if replaced else []
    missing = [(n, shapes[own[n]]) for n in own if n not in given and n not in heads]
    if heads and not dropped and not any(name in given for name in heads):
        missing += _of_the_original(network)
    wanted_count = len(own) - len(heads) + sum(own[name] in taken for name in heads)
    report = WeightsReport(
        source, len(taken), wanted_count, tuple(missing), tuple(unexpected), tuple(other_shapes),
        tuple(dropped), (*found.notes, *changed),
    )  # fmt: skip
    if report.foreign:
        report = replace(report, like=whose(found.by_name))
    _check_any(taken, found.by_name, report)
    return Matched(taken, report)


def _of_the_original(network: nn.Module) -> list[tuple[str, tuple[int, ...]]]:
    """The layer that the head stands in for, as the original has it; its shapes where known."""
    assert isinstance(network, Headed)
    shapes = network.replaced_shapes or {"weight": (), "bias": ()}
    return [(f"{network.replaced}.{part}", shape) for part, shape in shapes.items()]


def _plain(name: str) -> str:
    """A name of the network as the original has it."""
    return name.removeprefix(f"{BACKBONE}.")


def _renamed(
    given: Mapping[str, Tensor], own: Mapping[str, str]
) -> tuple[dict[str, Tensor], list[str]]:
    """The tensors with names that fit best: without up to two prefixes, and as torch writes them
    today."""
    names = {name: _OLD_DENSENET.sub(r"\1\2", name) for name in given}
    changed = []
    renewed = sum(old != new for old, new in names.items())
    if renewed:
        changed.append(f"{renewed} names are written in today's way")
    tried: dict[tuple[str, ...], dict[str, str]] = {(): names}
    tried |= {(p,): _without(names, p) for p in _PREFIXES}
    tried |= {(p, q): _without(tried[p,], q) for p, q in product(_PREFIXES, _PREFIXES)}
    best = max(tried, key=lambda prefixes: _hits(tried[prefixes], own))
    changed += [f"the names are taken without {prefix!r} before them" for prefix in best]
    return {new: given[old] for old, new in tried[best].items()}, changed


def _without(names: Mapping[str, str], prefix: str) -> dict[str, str]:
    """The names without a prefix; where two would become one, the one that had it counts."""
    new = {old: name.removeprefix(prefix) for old, name in names.items()}
    first = {new[old] for old, name in names.items() if name.startswith(prefix)}
    return {
        old: name if names[old].startswith(prefix) or name not in first else f"{name} (beside)"
        for old, name in new.items()
    }


def _hits(names: Mapping[str, str], own: Mapping[str, str]) -> int:
    return sum(name in own for name in names.values())


def _check_any(
    taken: Mapping[str, Tensor], given: Mapping[str, Tensor], report: WeightsReport
) -> None:
    """Raises ProblemError when no weight of the file belongs to the network."""
    if any(tensor.is_floating_point() and tensor.dim() for tensor in taken.values()):
        return
    first = next(iter(given), "nothing")
    sentence = f"None of the {len(given)} tensors of {report.source} belongs to this network"
    hint = report.advice if report.like else (
        f"is it of another architecture.model? The file begins with {first}"
    )  # fmt: skip
    raise ProblemError(Problem(PATH, sentence, hint))
