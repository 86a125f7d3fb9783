"""The training section of a recipe: how long, how much at once, and on what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from engine.facts import Facts
from engine.problems import Problem
from engine.schema import Section, option

Balance = Literal["none", "weighted", "oversample"]
Precision = Literal["32", "tf32", "bf16-mixed", "16-mixed"]
LoggerName = Literal["tensorboard", "csv", "mlflow", "wandb"]


def _precision(value: Any) -> Any:
    """`precision: 32` is a number in YAML; it means the choice "32"."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _to_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _one_or_more(value: Any) -> Any:
    """`loggers: csv` means a list of one."""
    return (value,) if isinstance(value, str) else _to_tuple(value)


def _device(value: str) -> str:
    kind, _, index = value.partition(":")
    if value in ("auto", "cpu", "mps", "cuda") or (kind == "cuda" and index.isdigit()):
        return value
    raise PydanticCustomError(
        "device", "unknown device '{value}'", {"value": value, "hint": "auto, cpu, cuda:0 or mps"}
    )


class Training(Section):
    """How long to train, how many samples at once, and on what."""

    epochs: int = option(
        10, "Passes over the training data; the schedule ends with them.", ge=1, le=1_000_000,
        unit="epochs", live=True,
    )  # fmt: skip
    steps: int | None = option(
        None, "Optimizer steps to train for; when given, it decides instead of epochs.", ge=1,
        unit="steps", typical=1000, live=True,
    )  # fmt: skip
    batch_size: int = option(64, "Samples in one batch.", ge=1, le=1_000_000, unit="samples")
    seed: int = option(0, "Seed of weights, shuffle, dropout and augmentation.", ge=0, le=2**32 - 1)
    validate_every: float = option(
        1.0, "Epochs between validations; a part of an epoch is allowed.", gt=0, unit="epochs",
        advanced=True,
    )  # fmt: skip
    validate_every_steps: int | None = option(
        None, "Steps between validations; when given, it decides instead of epochs.", ge=1,
        unit="steps", advanced=True, typical=100,
    )  # fmt: skip
    balance: Balance = option(
        "none",
        "Against rare classes: weighted draws every class as often, with replacement; oversample"
        " takes every sample and repeats those of the rarer classes.",
        advanced=True,
    )
    accumulate: int = option(
        1, "Batches whose gradients are added up before one step.", ge=1, le=10_000,
        unit="batches", advanced=True,
    )  # fmt: skip
    device: Annotated[str, AfterValidator(_device)] = option(
        "auto", "Where to compute: auto, cpu, cuda:0 (any number) or mps."
    )
    precision: Annotated[
        Precision, BeforeValidator(_precision, json_schema_input_type=Literal[32] | Precision)
    ] = option("32", "Number format; mixed ones need a device that has them.", advanced=True)
    threads: int | None = option(
        None, "CPU threads; when empty, chosen from the model's work per step.", ge=1, le=1024,
        unit="threads", advanced=True, typical=1,
    )  # fmt: skip
    workers: int = option(
        0, "Processes that prepare batches; 0 prepares them in the training thread.", ge=0, le=64,
        unit="processes", advanced=True,
    )  # fmt: skip
    freeze: Annotated[tuple[str, ...], BeforeValidator(_to_tuple)] = option(
        (), "Layers whose weights stay as they are, by name; a name means all below it.",
        advanced=True, live=True,
    )  # fmt: skip
    deterministic: bool = option(
        False, "On a GPU, use only operations that give the same bits each time; slower, and a few"
        " layers have none. The CPU always does.", advanced=True,
    )  # fmt: skip
    checkpoint_every_steps: int | None = option(
        None, "Steps between kept checkpoints, besides the last and the best.", ge=1,
        unit="steps", advanced=True, typical=100,
    )  # fmt: skip
    checkpoint_every_minutes: float | None = option(
        None, "Minutes between kept checkpoints.", gt=0, unit="minutes", advanced=True, typical=10,
    )  # fmt: skip
    keep_checkpoints: int = option(
        5, "How many of those are kept; older ones are deleted.", ge=1, le=100_000, advanced=True,
        unit="files",
    )  # fmt: skip
    checkpoint_space: float | None = option(
        None, "Delete older ones also when they take more than this.", gt=0, unit="MB",
        advanced=True, typical=500,
    )  # fmt: skip
    when_not_saved: Literal["go_on", "pause"] = option(
        "go_on", "What the training does when its folder cannot be written.", advanced=True
    )
    loggers: Annotated[
        tuple[LoggerName, ...],
        BeforeValidator(_one_or_more, json_schema_input_type=LoggerName | list[LoggerName]),
    ] = option(
        (), "Other programs that get the curves, too: tensorboard, csv, mlflow, wandb; their files"
        " are in the run folder.", advanced=True,
    )  # fmt: skip

    compile: Literal["off", "default", "reduce-overhead"] = option(
        "off", "Let torch.compile make code of the network; takes up to minutes at the start.",
        advanced=True,
    )  # fmt: skip
    memory_format: Literal["auto", "contiguous", "channels_last"] = option(
        "auto", "How images lie in memory; channels_last suits convolutions, and gives other last"
        " bits. auto is that for a CNN on the CPU, else contiguous.", advanced=True,
    )  # fmt: skip
    checkpoint_activations: bool = option(
        False, "Keep less for the gradient and compute it again: less memory, more time, the same"
        " gradients.", advanced=True,
    )  # fmt: skip

    def check(self, facts: Facts) -> Iterator[Problem]:
        """Classes to balance where a sample has not exactly one; a network that is compiled and
        computes again."""
        if self.balance != "none" and facts.task != "classes":
            sentence = "There are no classes to balance: not every sample has exactly one"
            yield Problem("training.balance", sentence, "set it to none")
        if self.compile != "off" and self.checkpoint_activations:
            sentence = "A compiled network decides itself what it keeps for the gradient"
            hint = "switch one of training.compile and training.checkpoint_activations off"
            yield Problem("training.checkpoint_activations", sentence, hint)
