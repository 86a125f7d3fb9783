"""Safetensors: the weights by name, and the recipe that rebuilds the network around them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import ValidationError

from engine import yamlfile
from engine.exporters.base import Exporter
from engine.exporters.contents import Contents, read_facts
from engine.facts import Facts
from engine.problems import Problem, ProblemError
from engine.schema import COMPONENTS, Component, register

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.exporters.base import Runner
    from engine.exporters.deployed import Deployed


@register
class SafetensorsExporter(Exporter):
    """Weights and recipe in one file that holds no code; loads back into this program."""

    title: ClassVar[str] = "Safetensors"
    name: Literal["safetensors"] = "safetensors"
    suffix: ClassVar[str] = "safetensors"
    needs: ClassVar[tuple[str, ...]] = ("safetensors",)

    def write(self, model: Deployed, contents: Contents, example: Tensor, path: Path) -> None:
        """The sorted state of the model; the contents as the file's metadata."""
        from safetensors.torch import save

        # Clones, because tied weights share memory and the format refuses that.
        state = {name: tensor.contiguous().clone() for name, tensor in model.state_dict().items()}
        path.write_bytes(save(dict(sorted(state.items())), contents.as_strings()))

    def open(self, path: Path) -> Runner:
        """The network rebuilt from the recipe in the file."""
        return load(path)


def load(path: str | Path) -> Deployed:
    """The model of an exported file, in eval mode on the CPU.

    Raw inputs (N, *shape) go in, logits or values (N, T) come out. Nothing in the file is
    executed. Raises ProblemError when it cannot be read or does not belong together.
    """
    return load_with_facts(path)[0]


def load_with_facts(path: str | Path) -> tuple[Deployed, Facts]:
    """The same, and what is known of the data that it has learned from."""
    from engine.datasets.preprocess import rebuilt
    from engine.exporters.deployed import Deployed

    strings, tensors = _read(Path(path))
    facts = read_facts(strings)
    try:
        network = _build(strings, facts)
        own = {name.removeprefix("preprocess."): t for name, t in tensors.items()
               if name.startswith("preprocess.")}  # fmt: skip
        model = Deployed(rebuilt(facts, own), network)
        model.load_state_dict(tensors, assign=True)
    except (RuntimeError, TypeError) as error:
        reason = str(error).splitlines()[:2][-1].strip()  # the first one says only "Error(s)"
        sentence = f"The weights in {path} do not fit the recipe in it: {reason}"
        raise ProblemError(Problem("file", sentence, "export the run again")) from None
    return model.eval().requires_grad_(False), facts


def _read(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())  # not a mapping
            return file.metadata() or {}, {name: file.get_tensor(name) for name in names}
    except (OSError, SafetensorError) as error:
        sentence = f"The file {path} cannot be read: {error}"
        hint = "it must be a whole file written by a safetensors export"
        raise ProblemError(Problem("file", sentence, hint)) from None


def _build(strings: dict[str, str], facts: Facts) -> nn.Module:
    """The network that the recipe in the file describes, its weights still to come.

    Only what shapes the network is read, so the dataset need not be there.
    """
    import torch

    from engine.architectures.base import Architecture
    from engine.losses.base import Loss

    try:
        recipe = yamlfile.parse(strings["recipe"])
        architecture = _component("architecture", recipe)
        loss = _component("loss", recipe)
        assert isinstance(architecture, Architecture)
        architecture = architecture.deployed()
        assert isinstance(loss, Loss)
        dropout = float(recipe["regularization"]["dropout"])
        outputs = loss.outputs(facts)
        with torch.device("meta"):  # no time, no memory and no random numbers
            network = architecture.build(facts, outputs, dropout)
        if any(name not in network.state_dict() for name, _ in network.named_buffers()):
            return architecture.build(facts, outputs, dropout)  # has values that no file holds
        return network
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        sentence = f"The recipe in the file cannot be understood: {str(error).splitlines()[0]}"
        hint = "it may need a plug-in that is not installed, or a newer version of the program"
        raise ProblemError(Problem("file", sentence, hint)) from None


def _component(kind: str, recipe: dict[str, Any]) -> Component:
    return COMPONENTS.get(kind, recipe[kind]["name"]).model_validate(recipe[kind])
