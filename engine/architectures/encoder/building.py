"""Encoders made by transformers from their config.json. Imports transformers."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

from engine import torchsetup as torchsetup  # isort: skip  torchvision must be mended first
import torch
from torch import nn
from transformers import AutoConfig, AutoModel
from transformers.utils import logging as transformers_log

from engine.architectures.encoder.adapters import with_adapters
from engine.architectures.encoder.layers import TextFeatures, TextNetwork
from engine.facts import Facts
from engine.hub import config_of, folder_of
from engine.problems import Problem, ProblemError

if TYPE_CHECKING:
    from engine.architectures.encoder.component import Encoder

OPTION = "architecture.model"
_REFUSED = (
    "auto_map", "custom_pipelines", "quantization_config", "compression_config", "dtype",
    "torch_dtype", "_name_or_path",
)  # fmt: skip
"""What names code, here or on the hub, or another way to keep numbers than float32."""

_REFUSALS = (ValueError, TypeError, KeyError, AttributeError, ImportError, NotImplementedError)
"""What transformers raises about settings that it cannot build."""


def network(options: Encoder, facts: Facts, outputs: int, dropout: float) -> TextNetwork:
    """The encoder, without its weights, and a head for so many outputs. Raises ProblemError."""
    _quieten()
    config = _settings(options, facts)
    model = _model(config)
    known = int(getattr(model.config, "vocab_size", 0))
    if facts.vocabulary - 1 > known:
        sentence = f"The encoder knows {known:,} tokens, the texts have {facts.vocabulary - 1:,}"
        raise ProblemError(Problem(OPTION, sentence, "give the encoder that belongs to the tokens"))
    width = int(model.config.hidden_size)
    padding = model.config.pad_token_id
    features = TextFeatures(model, padding if isinstance(padding, int) else 0, options.pooling)
    if options.lora is not None:
        with_adapters(model, options.lora, options.lora_alpha, options.lora_targets)
    return TextNetwork(features, width, outputs, dropout, options.head_norm)


def _settings(options: Encoder, facts: Facts) -> dict[str, Any]:
    """What config.json said: a model that was exported brings it along with its tokens."""
    try:
        about = json.loads(facts.encoding) if facts.encoding else {}
        kept = json.loads(about.get("config") or "{}")
    except (ValueError, TypeError, AttributeError) as error:
        sentence = f"The encoder's settings are damaged: {error}"
        raise ProblemError(Problem(OPTION, sentence)) from None
    if isinstance(kept, dict) and kept:
        return kept
    if not options.model:
        raise ProblemError(Problem(OPTION, "Choose a pretrained encoder"))
    return config_of(folder_of(options.model, OPTION), OPTION)


def _model(settings: dict[str, Any]) -> Any:
    """The network that the settings describe, in float32, dropping nothing, without the part
    that some have for pairs of sentences. Raises ProblemError."""
    given = {key: value for key, value in settings.items() if not _refused(key)}
    kind = given.pop("model_type", None)
    if given.get("is_encoder_decoder") or kind in ("t5", "mt5"):
        raise ProblemError(Problem(OPTION, f"{kind} is an encoder with a decoder: it writes texts"))
    given |= {key: 0.0 for key, value in given.items() if _is_dropout(key, value)}
    try:
        config = AutoConfig.for_model(kind, **given)
        usual = config.to_dict().items()
        config.update({key: 0.0 for key, value in usual if _is_dropout(key, value)})
        model: Any = AutoModel.from_config(config, trust_remote_code=False)  # type: ignore[no-untyped-call]
        if model.main_input_name != "input_ids" or not hasattr(config, "hidden_size"):
            raise ValueError(f"a network of the kind {kind} reads no texts")
    except _REFUSALS as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        sentence = f"transformers cannot make this network: {reason}"
        hint = "give the folder of an encoder that transformers knows without code of its own"
        raise ProblemError(Problem(OPTION, sentence, hint)) from None
    if isinstance(getattr(model, "pooler", None), nn.Module):
        model.pooler = None
    return model


def _quieten() -> None:
    """Silence what transformers says of its own inner workings when a network is made or traced."""
    transformers_log.set_verbosity_error()  # type: ignore[no-untyped-call]
    tracer: type[Warning] = torch.jit.TracerWarning  # type: ignore[attr-defined]
    warnings.filterwarnings("ignore", category=tracer, module=r"transformers\.")
    warnings.filterwarnings("ignore", r"`is_gradient_checkpointing` is deprecated", FutureWarning)


def _refused(key: str) -> bool:
    """Implementations of the attention may be names of code on the hub."""
    return key in _REFUSED or "implementation" in key or "kernel" in key


def _is_dropout(key: str, value: Any) -> bool:
    named = key.endswith(("dropout", "dropout_prob", "layerdrop"))
    return named and type(value) in (int, float)
