"""The encoders of Hugging Face's transformers as a component, where the package is installed.

Nothing here imports transformers, or reads more of a folder than its JSON, until a network is
made.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from engine.architectures.transfer import BACKBONE, PUBLISHED, Transfer, WeightsPath
from engine.facts import Facts, Task
from engine.facts import Kind as InputKind
from engine.hub import Pretrained
from engine.problems import Problem, ProblemError
from engine.schema import AsTuple, Component, option, register

if TYPE_CHECKING:
    from torch import nn

    from engine.architectures.weights.matching import Matched
    from engine.datasets.base import Progress, Splits

INSTALL = "pip install 'trainboard[text]'"


class Named(Component):
    """Which network: a base, so that this option comes first."""

    model: Pretrained = option(
        "",
        "The encoder: a folder with config.json, tokenizer.json and model.safetensors, or a name"
        " (organisation/name) that is in Hugging Face's cache.",
    )


@register
class Encoder(Transfer, Named):
    """Any text encoder of Hugging Face's transformers (BERT, MiniLM, ...), an extra package.

    Texts are cut into its own tokens. It drops nothing itself; the recipe's dropout stands before
    the new last layer. No code from the folder is run: a network that needs its own is refused.
    """

    title: ClassVar[str] = "Pretrained text encoder"
    inputs: ClassVar[tuple[InputKind, ...]] = ("text",)
    tasks: ClassVar[tuple[Task, ...]] = ("classes",)
    shaped_by: ClassVar[str] = "model"
    suggested: ClassVar[bool] = False
    name: Literal["encoder"] = "encoder"

    weights: WeightsPath = option(
        PUBLISHED,
        "Weights to begin with: published for those beside config.json, none if empty, or a file"
        " (.bin, .pth or .safetensors).",
        empty="none",
    )
    pooling: Literal["mean", "cls"] = option(
        "mean", "What stands for a text: the mean of its tokens' vectors, or the first token's."
    )
    lora: int | None = option(
        None,
        "Rank of small matrices that learn beside the encoder's own, which stay as they are (LoRA);"
        " none: its own learn.",
        ge=1, le=4_096, typical=8, unit="ranks",
    )  # fmt: skip
    lora_alpha: float = option(
        16.0, "With LoRA: what they add is scaled by this over the rank.", gt=0, le=65_536,
        advanced=True,
    )  # fmt: skip
    lora_targets: AsTuple[str] = option(
        (),
        "With LoRA: the layers beside which they learn, by the ends of their names; query, key and"
        " value of the attention if empty.",
        advanced=True,
    )

    def check(self, recipe: Any) -> Iterator[Problem]:
        """Packages, texts that are not cut by its tokenizer, and LoRA that would learn nothing."""
        yield from super().check(recipe)
        yield from self._packages()
        if not self.model:
            hint = "give a folder with config.json, tokenizer.json and model.safetensors"
            yield Problem("architecture.model", "Choose a pretrained encoder", hint)
        elif self.fits(recipe.dataset.facts()):
            yield from self._other_tokens(recipe.dataset)
        if self.lora is not None:
            yield from self._idle_lora()

    def _packages(self) -> Iterator[Problem]:
        needed = ("transformers", "tokenizers", *(("peft",) if self.lora is not None else ()))
        for package in needed:
            if find_spec(package) is None:
                yield Problem("architecture", f"{package} is not installed", INSTALL)

    def _other_tokens(self, dataset: Any) -> Iterator[Problem]:
        cut_by = getattr(dataset, "tokenizer", None)
        if cut_by is None:
            sentence = f"{dataset.name} does not cut texts into the tokens of a pretrained encoder"
            yield Problem("architecture", sentence, "choose dataset text")
        elif cut_by != self.model:
            sentence = "The texts are not cut into the tokens of this encoder"
            hint = f"set it to {self.model}, or leave it empty"
            yield Problem("dataset.tokenizer", sentence, hint)

    def _idle_lora(self) -> Iterator[Problem]:
        if self.tune == "head":
            sentence = "With tune=head nothing in the encoder learns, LoRA neither"
            yield Problem("architecture.lora", sentence, "set architecture.tune to all")
        if self.init != "default":
            sentence = "LoRA's matrices begin so that they change nothing"
            yield Problem("architecture.init", sentence, "set it to default")

    # --- The network -----------------------------------------------------------------------------

    def dataset_defaults(self) -> dict[str, Any]:
        """Texts are cut by its tokenizer."""
        return {"tokenizer": self.model} if self.model else {}

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """A `Headed` network. Raises ProblemError: no package, no such folder, no encoder."""
        missing = list(self._packages())
        if missing:
            raise ProblemError(missing)
        from engine.architectures.encoder.building import network

        return network(self, facts, outputs, dropout)

    def plain(self) -> Self:
        """The same without LoRA."""
        return self.model_copy(update={"lora": None})

    def deployed(self) -> Self:
        """LoRA's matrices are added to the encoder's own when a model is exported."""
        return self.plain()

    def blocks_of(self, backbone: nn.Module) -> list[tuple[str, ...]]:
        """The embeddings, and then each layer of the encoder."""
        from engine.architectures.encoder.layers import blocks_of

        return blocks_of(backbone)

    def frozen(self, network: nn.Module, epoch: int) -> tuple[str, ...]:
        """What `tune` says; with LoRA, all in the encoder but its matrices, too."""
        names = super().frozen(network, epoch)
        if self.lora is None or names == (BACKBONE,):
            return names
        from engine.architectures.encoder.adapters import is_adapters

        own = (name for name, _ in network.named_parameters() if name.startswith(f"{BACKBONE}."))
        return (*names, *(name for name in own if not is_adapters(name)))

    # --- Its weights -----------------------------------------------------------------------------

    def matched(self, recipe: Any, facts: Facts, progress: Progress) -> Matched | None:
        """Those of the folder, or of a file that is given."""
        from engine.architectures.encoder.weights import weights_of

        return weights_of(self, facts, recipe.loss.outputs(facts), progress)

    def prepared(self, splits: Splits) -> Splits:
        """Tokens are numbers of words, which are not normalised."""
        return splits
