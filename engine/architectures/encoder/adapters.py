"""LoRA: small matrices that learn beside those of an encoder (Hu and others 2021), through peft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

from engine.problems import Problem, ProblemError, suggest

OPTION = "architecture.lora_targets"
BESIDE = ".base_layer"
"""Stands in the names of parameters whose layer has matrices of LoRA beside it."""
_ATTENTION = frozenset(
    ["query", "key", "value", "q_lin", "k_lin", "v_lin", "q_proj", "k_proj", "v_proj",
     "query_proj", "key_proj", "value_proj", "q", "k", "v", "Wqkv", "qkv", "in_proj"]
)  # fmt: skip
"""What transformers calls the layers that make query, key and value."""


def with_adapters(model: nn.Module, rank: int, alpha: float, targets: Sequence[str]) -> None:
    """Put matrices beside layers of the encoder; they change nothing yet. Raises ProblemError.

    Of the two, A is drawn from torch's generator and B is zero.
    """
    from engine import torchsetup as torchsetup  # isort: skip  peft imports torchvision
    from peft import LoraConfig, inject_adapter_in_model

    names = _targets(model, targets)
    config = LoraConfig(r=rank, lora_alpha=alpha, target_modules=names, lora_dropout=0.0)  # type: ignore[arg-type]
    inject_adapter_in_model(config, model)


def _targets(model: nn.Module, targets: Sequence[str]) -> list[str]:
    """The full names of the layers that are meant."""
    linear = [name for name, part in model.named_modules() if isinstance(part, nn.Linear)]
    found: list[str] = []
    for target in targets or sorted(_ATTENTION):
        meant = [name for name in linear if name == target or name.endswith(f".{target}")]
        if targets and not meant:
            known = sorted({name.rpartition(".")[2] for name in linear})
            sentence = f"There is no linear layer {target!r} in this encoder"
            raise ProblemError(Problem(OPTION, sentence, suggest(target, known)))
        found += meant
    if not found:
        known = sorted({name.rpartition(".")[2] for name in linear})
        sentence = "The layers of this encoder's attention are not known"
        raise ProblemError(Problem(OPTION, sentence, f"name some: {', '.join(known)}"))
    return sorted(set(found), key=linear.index)


def is_adapters(parameter: str) -> bool:
    """Whether a parameter of this name belongs to LoRA."""
    return ".lora_" in parameter


def plain_name(parameter: str) -> str:
    """The name that a parameter of the encoder has without LoRA."""
    return parameter.replace(BESIDE, "")


def merge(network: nn.Module) -> None:
    """Add what LoRA has learned to the encoder's own matrices, and take its own away."""
    beside: list[tuple[str, Any]] = [
        (name, part) for name, part in network.named_modules() if hasattr(part, "lora_A")
    ]
    for name, part in beside:
        part.merge()
        network.set_submodule(name, part.get_base_layer())
