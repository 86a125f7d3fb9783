"""The recipe: the complete, validated description of one training. Reading it needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field, ValidationError, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from engine import components as components  # fills the registry before the unions are built
from engine import yamlfile
from engine.architectures.base import Architecture
from engine.datasets.base import Dataset
from engine.explain import explain
from engine.filling import filled_in
from engine.losses.base import Loss
from engine.optimizers.base import OptimizerComponent
from engine.problems import Problem, ProblemError
from engine.regularization import Regularization
from engine.schema import COMPONENTS, OneOf, Section
from engine.training.options import Training

_WHOLE = {"whole": True}
SECTIONS = ("dataset", "architecture", "loss", "optimizer", "regularization", "training")


def _default_loss(data: dict[str, Any]) -> Loss:
    """The usual loss of the dataset's task."""
    dataset = data.get("dataset")
    try:
        task = dataset.facts().task if isinstance(dataset, Dataset) else "classes"
    except ProblemError:  # the dataset's facts cannot be had, which `conflicts` says
        task = "classes"
    name = {"regression": "mse", "multilabel": "bce_with_logits"}.get(task, "cross_entropy")
    return cast(Loss, COMPONENTS.get("loss", name).model_validate({}))


def _default_optimizer() -> OptimizerComponent:
    return cast(OptimizerComponent, COMPONENTS.get("optimizer", "adamw").model_validate({}))


class Recipe(Section):
    """Dataset, architecture, loss, optimizer, regularization and training, validated together."""

    version: Literal[1] = Field(description="Version of the recipe format.")
    name: str = Field("untitled", description="What this recipe is called.", max_length=200)
    notes: str = Field("", description="Anything worth remembering about it.")
    dataset: Annotated[Dataset, OneOf("dataset")] = Field(description="What to learn from.")
    architecture: Annotated[Architecture, OneOf("architecture")] = Field(description="The network.")
    loss: Annotated[Loss, OneOf("loss")] = Field(
        default_factory=_default_loss, description="What is made small."
    )
    optimizer: Annotated[OptimizerComponent, OneOf("optimizer")] = Field(
        default_factory=_default_optimizer, description="How the weights are changed."
    )
    regularization: Regularization = Field(
        Regularization(), description="Measures against overfitting and instability."
    )
    training: Training = Field(Training(), description="How long, how much at once, on what.")

    @model_validator(mode="before")
    @classmethod
    def _filled_in(cls, data: Any, info: ValidationInfo) -> Any:
        """Options of the dataset that the architecture wishes for and nobody has given."""
        return data if info.context == _WHOLE else filled_in(data)

    @model_validator(mode="after")
    def _choices_fit_together(self) -> Self:
        problems = self.conflicts()
        if problems:
            raise PydanticCustomError("conflict", "choices conflict", {"problems": problems})
        return self

    def conflicts(self) -> list[Problem]:
        """Problems between choices that are each valid by themselves."""
        try:
            parts = (self.dataset, self.architecture, self.loss, self.optimizer)
            found = [problem for part in parts for problem in part.check(self)]
            facts = self.dataset.facts()
            found += [*self.regularization.check(facts), *self.training.check(facts)]
            return found
        except ProblemError as error:  # the dataset's facts could not be had
            return list(error.problems)

    # --- From and to the outside -------------------------------------------------------------

    @classmethod
    def parse(cls, data: Any, *, whole: bool = False) -> Recipe:
        """A recipe from plain data; ProblemError lists everything that is wrong with it.

        `whole` data was written by a recipe: what it does not say came later, and means the
        default. In other data, the architecture fills in what nobody gave.
        """
        if not isinstance(data, Mapping):
            hint = "start it with 'version: 1', 'dataset:' and 'architecture:'"
            raise ProblemError(Problem("recipe", "A recipe is a set of named sections", hint))
        try:
            context = _WHOLE if whole else None
            return cls.model_validate(components.names_to_mappings(data), context=context)
        except ValidationError as error:
            raise ProblemError(explain(error, cls)) from None

    @classmethod
    def problems(cls, data: Any) -> list[Problem]:
        """Everything that is wrong with plain data; empty when `parse` would accept it."""
        try:
            cls.parse(data)
        except ProblemError as error:
            return list(error.problems)
        return []

    @classmethod
    def from_yaml(cls, text: str) -> Recipe:
        """A recipe from YAML text; ProblemError names line and column of a syntax error."""
        return cls.parse(yamlfile.parse(text))

    @classmethod
    def load(cls, path: str | Path, *, whole: bool = False) -> Recipe:
        """A recipe from a YAML file; ProblemError when it cannot be read or is not valid."""
        return cls.parse(yamlfile.load(Path(path)), whole=whole)

    def as_data(self) -> dict[str, Any]:
        """The whole recipe as plain JSON types, every default written out."""
        return self.model_dump(mode="json")

    def to_yaml(self, comment: str = "") -> str:
        """YAML that `from_yaml` reads back to an equal recipe; `comment` opens the file."""
        return yamlfile.dump(self.as_data(), comment)
