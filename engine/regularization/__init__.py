"""The regularization section: several measures at once, each with one home."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from engine import augmentation as augmentation  # known before the list of them is built
from engine.augmentation.base import Augmentation
from engine.augmentation.reading import GENTLE, steps
from engine.facts import Facts
from engine.problems import Problem
from engine.schema import ListOf, PositiveInt, Section, option

_Decay = Annotated[float, Field(ge=0, lt=1)]


class EarlyStopping(Section):
    """Stop when a validation metric has not improved for a while."""

    metric: Literal[
        "auto", "loss", "accuracy", "top5_accuracy", "f1", "mae", "rmse", "r2", "perplexity",
        "bits_per_character", "mae_vs_naive", "mae_vs_seasonal_naive",
    ] = option("auto", "Validation metric to watch; auto is the loss.")  # fmt: skip
    patience: int = option(
        5, "Validations without improvement before stopping.", ge=1, unit="validations", live=True
    )
    min_delta: float = option(
        0.0, "Smallest change that counts as improvement.", ge=0, advanced=True
    )


def _early_stopping_shorthand(value: Any) -> Any:
    """`early_stopping: 5` means a patience of 5, `true` the defaults, `false` none."""
    if isinstance(value, bool):
        return {} if value else None
    return {"patience": value} if isinstance(value, int) else value


def _ema_shorthand(value: Any) -> Any:
    if isinstance(value, bool):
        return 0.999 if value else None
    return value


class Regularization(Section):
    """Measures against overfitting and instability; they combine freely."""

    dropout: float = option(
        0.0, "Part of the activations dropped while training.", ge=0, lt=1, live=True
    )
    weight_decay: float = option(
        0.0,
        "L2: pulls every weight towards zero, whatever the optimizer.",
        ge=0,
        le=10,
        scale="log",
        live=True,
    )
    exempt: bool = option(
        False, "Leave biases and normalization weights out of the weight decay.", advanced=True
    )
    l1: float = option(
        0.0, "L1: penalty on the absolute weights, which makes many of them zero.", ge=0, le=10,
        scale="log", live=True,
    )  # fmt: skip
    clip_norm: float | None = option(
        None, "Scale the gradient down to at most this norm.", gt=0, le=1e6, typical=1.0, live=True
    )
    clip_value: float | None = option(
        None, "Cut every gradient element to at most this size.", gt=0, le=1e6, advanced=True,
        typical=0.5, live=True,
    )  # fmt: skip
    max_norm: float | None = option(
        None, "After each step, shrink each unit's incoming weights to at most this norm.", gt=0,
        le=1e6, advanced=True, typical=3.0,
    )  # fmt: skip
    early_stopping: Annotated[
        EarlyStopping | None,
        BeforeValidator(
            _early_stopping_shorthand,
            json_schema_input_type=EarlyStopping | PositiveInt | bool | None,
        ),
    ] = option(None, "Stop when a validation metric has not improved for a while.")
    ema: Annotated[
        float | None, BeforeValidator(_ema_shorthand, json_schema_input_type=_Decay | bool | None)
    ] = option(
        None,
        "Decay of an exponential moving average of the weights, used to validate and export.",
        ge=0,
        lt=1,
        typical=0.999,
    )
    augmentation: Annotated[
        tuple[Augmentation, ...],
        ListOf("augmentation", steps, (dict[str, bool | float], bool, type(None))),
    ] = option(
        (),
        "Change training samples at random, in this order, so that the network sees more than there"
        " is.",
        typical=list(GENTLE),
    )
    mixup: float | None = option(
        None,
        "Learn from mixtures of two samples and their targets; the mixing weight follows"
        " Beta(alpha, alpha) (Zhang et al. 2018).",
        gt=0,
        le=10,
        typical=0.2,
    )
    cutmix: float | None = option(
        None,
        "Paste a rectangle of another image and learn both classes by their areas, which follow"
        " Beta(alpha, alpha) (Yun et al. 2019); with mixup, one of the two for each batch.",
        gt=0,
        le=10,
        typical=1.0,
    )

    def check(self, facts: Facts) -> Iterator[Problem]:
        """A metric to watch that is not measured for the dataset's task; changes and mixtures that
        do not suit its samples."""
        early = self.early_stopping
        if early is not None and early.metric not in ("auto", *facts.metrics):
            sentence = f"{early.metric} is not measured for this dataset"
            hint = f"choose auto, {', '.join(facts.metrics)}"
            yield Problem("regularization.early_stopping.metric", sentence, hint)
        for place, each in enumerate(self.augmentation):
            yield from each.check_at(f"regularization.augmentation.{place}", facts)
        yield from self._not_mixed(facts)

    def _not_mixed(self, facts: Facts) -> Iterator[Problem]:
        """Numbers of tokens and of categories have no mean; a pasted rectangle needs images, and
        classes to share."""
        if self.mixup is not None and facts.kind == "text":
            sentence = "Texts cannot be mixed: there is nothing between two tokens"
            yield Problem("regularization.mixup", sentence, "set it to null; token_dropout helps")
        if self.mixup is not None and facts.cardinalities:
            sentence = "Rows with codes of categories cannot be mixed: codes are no amounts"
            hint = "set it to null, or set dataset.categories_as to one_hot"
            yield Problem("regularization.mixup", sentence, hint)
        classes = facts.task in ("classes", "multilabel")
        if self.cutmix is not None and not (facts.kind == "image" and classes):
            sentence = "CutMix pastes parts of images that have classes"
            mixable = facts.kind != "text" and not facts.cardinalities
            hint = "set it to null, or try mixup" if mixable else "set it to null"
            yield Problem("regularization.cutmix", sentence, hint)
