"""What is frozen has to come from the file: layers that would stay random are refused."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn

from engine.architectures.transfer import BACKBONE, Transfer
from engine.architectures.weights.glance import PATH, Unbegun
from engine.architectures.weights.matching import Matched
from engine.architectures.weights.report import WeightsReport, shown_shape
from engine.problems import ProblemError

_NAMED = 3


def check_frozen(architecture: Transfer, network: nn.Module, found: Matched) -> None:
    """Raises ProblemError when layers that do not learn at first would begin at random.

    The kernels and matrices count; biases, norms and tables of positions begin with numbers that
    change nothing or little. Where all learns, whatever fits may be taken.
    """
    frozen = architecture.frozen(network, 0)
    if lacking := [name for name in _matrices(network, frozen) if name not in found.tensors]:
        report = found.report
        sentence = (
            f"With tune={architecture.tune} layers stay as they begin, and {report.source} has"
            f" {report.matched} of the {report.wanted} tensors of the backbone: "
            f"{_said(lacking, report)}"
        )
        raise ProblemError(Unbegun(PATH, sentence, _hint(report)))


def _matrices(network: nn.Module, frozen: tuple[str, ...]) -> Iterable[str]:
    for name, parameter in network.named_parameters():
        held = any(name == each or name.startswith(f"{each}.") for each in frozen)
        if held and name.endswith("weight") and parameter.dim() > 1:
            yield name


def _said(lacking: list[str], report: WeightsReport) -> str:
    """Some of them, those of another shape first."""
    shapes = {name: (given, own) for name, given, own in report.other_shapes}
    plain = [name.removeprefix(f"{BACKBONE}.") for name in lacking]
    plain.sort(key=lambda name: name not in shapes)
    told = [
        f"{name} is {shown_shape(shapes[name][0])} there and {shown_shape(shapes[name][1])} in the"
        " network"
        if name in shapes
        else f"{name} is missing"
        for name in plain[:_NAMED]
    ]
    more = f", and {len(plain) - _NAMED} more" if len(plain) > _NAMED else ""
    return f"{', '.join(told)}{more}"


def _hint(report: WeightsReport) -> str:
    advice = report.advice or "give a file that has them"
    return f"{advice}, or set architecture.tune to all: what is missing then learns, too"
