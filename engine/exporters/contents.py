"""What travels in every exported file beside the weights: enough to use the model elsewhere."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from engine.facts import Facts
from engine.problems import Problem, ProblemError

if TYPE_CHECKING:
    from engine.datasets.preprocess import Preprocess
    from engine.recipe import Recipe

FORMAT = "trainboard"
FORMAT_VERSION = "1"


@dataclass(frozen=True)
class Contents:
    """The recipe, what is known of its data, and the normalization, as plain values.

    `recipe` is YAML; `normalization` holds the lists `mean`, `std` and, for a regression,
    `target_mean` and `target_std`.
    """

    name: str
    recipe: str
    facts: Facts
    normalization: dict[str, list[float]]

    @classmethod
    def of(cls, recipe: Recipe, facts: Facts, preprocess: Preprocess) -> Contents:
        """The contents for a model of this recipe."""
        buffers = {name: tensor.flatten().tolist() for name, tensor in preprocess.named_buffers()}
        if facts.kind == "text":
            buffers = {}  # token numbers are not normalised
        return cls(recipe.name, recipe.to_yaml(), facts, buffers)

    def as_strings(self) -> dict[str, str]:
        """Everything by name; lists and mappings as JSON. What the three file formats hold."""
        facts = self.facts
        regression = facts.task == "regression"
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "name": self.name,
            "recipe": self.recipe,
            "facts": json.dumps(asdict(facts)),
            "task": facts.task,
            "target_names" if regression else "class_names": json.dumps(facts.targets),
            "input_shape": json.dumps(facts.shape),
            "output": "values" if regression else "logits",
            "normalization": json.dumps(self.normalization),
        }


def read_facts(strings: dict[str, str]) -> Facts:
    """The facts of an exported file. Raises ProblemError when they are not readable."""
    if strings.get("format") != FORMAT or strings.get("format_version") != FORMAT_VERSION:
        version = strings.get("format_version", "none")
        sentence = f"The file was not written by this program (format version {version})"
        raise ProblemError(Problem("file", sentence, "a newer version may have written it"))
    try:
        data = dict(json.loads(strings["facts"]))
        lists = {key: tuple(value) for key, value in data.items() if isinstance(value, list)}
        return Facts(**{**data, **lists})
    except (KeyError, TypeError, ValueError) as error:
        raise ProblemError(Problem("file", f"The file's description is damaged: {error}")) from None
