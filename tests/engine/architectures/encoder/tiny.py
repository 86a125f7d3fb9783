"""A folder with a tiny encoder as transformers saves one: made here, from nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import tokenizers
import torch
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors

from engine import torchsetup as torchsetup  # isort: skip  transformers imports torchvision

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
WORDS = ("sun", "beach", "sand", "heat", "ice", "snow", "frost", "wind", "the", "a", "of",
         "##s", "##y")  # fmt: skip
CONFIG: dict[str, Any] = {
    "model_type": "bert", "architectures": ["BertModel"], "vocab_size": len(SPECIAL + WORDS),
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24,
    "max_position_embeddings": 20, "type_vocab_size": 2, "pad_token_id": 0,
    "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1,
}  # fmt: skip


def tokenizer() -> tokenizers.Tokenizer:
    """WordPiece, as BERT has it, with [CLS] before and [SEP] behind a text."""
    numbers = {text: number for number, text in enumerate(SPECIAL + WORDS)}
    made = tokenizers.Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()  # type: ignore[assignment]
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()  # type: ignore[assignment]
    made.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))  # type: ignore[assignment]
    made.decoder = decoders.WordPiece()  # type: ignore[assignment]
    made.add_special_tokens(list(SPECIAL))
    return made


def tiny_folder(folder: Path, *, head: str = "", **config: Any) -> Path:
    """config.json, tokenizer.json and model.safetensors; `head` names the class of transformers
    that the weights are saved of, instead of the encoder alone."""
    import transformers
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    settings = {**CONFIG, **config}
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    made = tokenizer()
    made.enable_padding(length=128)  # as many are saved: to be ignored
    made.enable_truncation(9)
    made.save(str(folder / "tokenizer.json"))
    known = {key: value for key, value in settings.items() if key in CONFIG}
    cls = getattr(transformers, head or "BertModel")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        state = cls(transformers.BertConfig(**known)).state_dict()
    save_file({k: v.clone() for k, v in state.items()}, folder / "model.safetensors")
    return folder


def tiny_encoder(folder: Path) -> dict[str, Any]:
    """The same as the options of an architecture."""
    return {"model": str(tiny_folder(folder / "tiny"))}
