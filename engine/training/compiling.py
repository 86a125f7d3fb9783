"""The network through torch.compile while it learns; measured and exported it is as it was."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn

logger = logging.getLogger(__name__)

Told = Callable[[float, str], None]
"""Gets the seconds of a compilation, and why there was none ("" if there was)."""

Begins = Callable[[], None]
"""Called before a compilation, which may take minutes."""

NO_COMPILER = "no working C++ compiler was found"

_CLASS = re.compile(r"^[A-Za-z_.]+(Error|Exception|Failed): ")

LIMIT = 1000
"""Compilations of one function before torch gives up and goes on without, and with other bits."""


def why_not(device: str) -> str:
    """Why nothing can be compiled for a device here, or "". Compiles a line to find out."""
    try:
        torch.compile(_trial, dynamic=False)(torch.ones(2, device=device))
    except Exception as error:  # torch tells of a missing compiler by a dozen classes
        logger.info("Nothing can be compiled here", exc_info=True)
        return _reason(error)
    return ""


def compile_in_place(
    network: nn.Module, mode: str, told: Told, begins: Begins = lambda: None
) -> None:
    """Let the network's calls in training mode go through torch.compile; no name of its state
    changes, and a copy of it is not compiled.

    Each shape of a batch is compiled by itself: were sizes left open after the second one, the bits
    of a batch would depend on the batches before it. Measuring is left as it is, so that an
    evaluation of a checkpoint gives what the training said.
    """
    torch.compiler.reset()  # what another training left counts towards the limit
    torch._dynamo.config.recompile_limit = LIMIT
    torch._dynamo.config.accumulated_recompile_limit = LIMIT
    network._compiled_call_impl = LearningCalls(network, mode, told, begins)


class LearningCalls:
    """The calls of a network that learns, compiled when a shape comes for the first time.

    A shape that cannot be compiled is computed as it is, and no other one: what a batch gives
    depends on its shape alone, not on those that this process has seen before, so that a resumed
    run has the same bits.
    """

    def __init__(self, network: nn.Module, mode: str, told: Told, begins: Begins) -> None:
        self._network = network
        self._plain: Callable[..., Any] = network._call_impl
        self._compiled = torch.compile(self._forward, dynamic=False, mode=mode)
        self._graphs = mode == "reduce-overhead"
        self._told, self._begins = told, begins
        self._seen: set[tuple[int, ...]] = set()
        self._failed: set[tuple[int, ...]] = set()

    def _forward(self, *inputs: Any, **named: Any) -> Any:
        """A function of ours: torch compiles no forward of its own, such as that of Sequential."""
        return self._plain(*inputs, **named)

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """What the network gives."""
        shape = _shape(inputs)
        if not self._network.training or shape in self._failed:
            return self._plain(*inputs, **named)
        if self._graphs and inputs[0].is_cuda:  # what the batch before gave is spent
            torch.compiler.cudagraph_mark_step_begin()  # type: ignore[no-untyped-call]
        if shape in self._seen:
            return self._compiled(*inputs, **named)
        logger.info("Compiling the network for a new shape of batches")
        self._begins()
        started = perf_counter()
        try:
            outputs = self._compiled(*inputs, **named)
        except torch._dynamo.exc.TorchDynamoException as error:
            logger.info("The network could not be compiled", exc_info=True)
            self._failed.add(shape)
            self._told(perf_counter() - started, _reason(error))
            return self._plain(*inputs, **named)
        self._seen.add(shape)
        self._told(perf_counter() - started, "")
        return outputs


def _shape(inputs: tuple[Any, ...]) -> tuple[int, ...]:
    return tuple(size for each in inputs if isinstance(each, Tensor) for size in each.shape)


def _reason(error: Exception) -> str:
    """The first line of what torch says that is a sentence, without the classes of errors and the
    places in torch around it."""
    if "InvalidCxxCompiler" in str(error):
        return NO_COMPILER
    lines = [line.strip() for line in str(error).splitlines()]
    said = [line for line in lines if line and not line.endswith("raised:")]
    return _CLASS.sub("", said[0])[:200] if said else type(error).__name__


def _trial(numbers: Tensor) -> Tensor:
    return numbers.sin() + 1
