"""Texts as the tokens of a pretrained network, by the tokenizer.json that belongs to it.

Needs the package `tokenizers` and neither transformers nor torch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from engine import hub
from engine.datasets.text.encoding import (
    FORMAT,
    LONGEST,
    PADDING,
    Ids,
    TextEncoder,
    tokenizers_package,
)
from engine.datasets.text.options import Choices, End
from engine.problems import Problem, ProblemError

OPTION = "dataset.tokenizer"
KIND: Any = "pretrained"
"""In the place of a kind of tokens that the options of texts have."""


@dataclass(frozen=True)
class PretrainedEncoder(TextEncoder):
    """How texts become the numbers that a pretrained network knows.

    `tokenizer` is the text of tokenizer.json and `config` that of config.json ("" if there is
    none), so that a model can be used without the folder that it came from. Numbers are those of
    the tokenizer plus one: 0 is padding here as everywhere. The tokens that the network wants
    around a text ([CLS], [SEP]) are part of it, and stay when it is cut off.
    """

    tokenizer: str = ""
    config: str = ""

    @classmethod
    def of(
        cls, tokenizer: str, config: str, length: int, truncate: End = "end",
        lowercase: bool = False,
    ) -> PretrainedEncoder:  # fmt: skip
        """Raises ValueError when it is no tokenizer, and ProblemError without the package."""
        return cls(KIND, _texts(tokenizer), length, True, truncate, lowercase, "none",
                   tokenizer=tokenizer, config=config)  # fmt: skip

    @cached_property
    def unknown(self) -> int:
        """The number of a token that is not in the vocabulary; -1 where all texts can be told."""
        found: int | None = _unknown(self.tokenizer, _tokenizer(self.tokenizer))
        return -1 if found is None else found + 1

    @cached_property
    def special(self) -> frozenset[int]:
        """The numbers of tokens that are no part of a text ([CLS], [SEP])."""
        added = _tokenizer(self.tokenizer).get_added_tokens_decoder()
        own = frozenset(number + 1 for number, token in added.items() if token.special)
        return own - {self.unknown}

    @cached_property
    def around(self) -> tuple[int, int]:
        """How many tokens the network wants before and behind every text."""
        special = _tokenizer(self.tokenizer).encode("a").special_tokens_mask
        own = [place for place, each in enumerate(special) if not each]
        return (own[0], len(special) - 1 - own[-1]) if own else (len(special), 0)

    def ids(self, text: str) -> Ids:
        """All tokens of one text (M,) and those around it: neither cut nor padded."""
        return np.array(_tokenizer(self.tokenizer).encode(self.clean(text)).ids, np.int32) + 1

    def cut(self, ids: Ids) -> Ids:
        """At most `length` tokens: of the text itself the first, or the last."""
        if len(ids) <= self.length:
            return ids
        before, behind = self.around
        kept = self.length - before - behind
        text = ids[before : len(ids) - behind]
        text = text[:kept] if self.truncate == "end" else text[len(text) - kept :]
        return np.concatenate([ids[:before], text, ids[len(ids) - behind :]])

    def decode(self, ids: Sequence[int] | npt.NDArray[Any]) -> str:
        """The text, as far as the tokens tell it, without those around it."""
        numbers = [int(number) - 1 for number in ids if int(number) > 0]
        return str(_tokenizer(self.tokenizer).decode(numbers))

    # --- As JSON ---------------------------------------------------------------------------------

    def as_json(self) -> str:
        """All of it, to be kept beside a model."""
        return self._json

    @cached_property
    def _json(self) -> str:
        about = {
            "format": FORMAT, "kind": KIND, "length": self.length, "truncate": self.truncate,
            "lowercase": self.lowercase, "tokenizer": self.tokenizer, "config": self.config,
        }  # fmt: skip
        return json.dumps(about, ensure_ascii=False)

    @classmethod
    def from_about(cls, about: dict[str, Any]) -> PretrainedEncoder:
        """From what `as_json` wrote, read. Raises ValueError."""
        given = {key: about.get(key) for key in ("tokenizer", "config", "truncate")}
        good = all(isinstance(value, str) for value in given.values())
        length, lowercase = about.get("length"), about.get("lowercase")
        good = good and given["truncate"] in get_args(End) and type(lowercase) is bool
        if not good or type(length) is not int or not 1 <= length <= LONGEST:
            raise ValueError("The encoding of texts contradicts itself")
        found = cls.of(length=length, lowercase=bool(lowercase), **given)  # type: ignore[arg-type]
        if length <= sum(found.around):
            raise ValueError("The encoding of texts contradicts itself: its length is too small")
        return found


def pretrained_encoder(choices: Choices) -> tuple[PretrainedEncoder, int]:
    """The encoder of the tokenizer that is wished for, of the longest length that the network
    reads, and that length. Raises ProblemError at the option to be changed."""
    if choices.vocabulary is not None:
        sentence = "The vocabulary is that of the pretrained network's tokenizer"
        raise ProblemError(Problem("dataset.vocabulary", sentence, "leave it empty"))
    folder = hub.folder_of(choices.tokenizer, OPTION)
    hint = "AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER) of transformers writes it"
    text = hub.text_of(folder / hub.TOKENIZER, OPTION, hint)
    config = hub.config_of(folder, OPTION) if (folder / hub.CONFIG).is_file() else {}
    limits = _limits(folder)
    longest = min(hub.longest_of(config, limits) or LONGEST, LONGEST)
    try:
        found = PretrainedEncoder.of(
            text, json.dumps(config) if config else "", longest, choices.truncate,
            choices.lowercase,
        )  # fmt: skip
    except ValueError as error:
        raise ProblemError(Problem(OPTION, f"{folder / hub.TOKENIZER}: {error}")) from None
    _check_length(choices.length, longest, sum(found.around) + 1)
    return (replace(found, length=choices.length) if choices.length else found), longest


def _limits(folder: Any) -> dict[str, Any]:
    file = folder / hub.LIMITS
    return hub.mapping(hub.text_of(file, OPTION, ""), str(file), OPTION) if file.is_file() else {}


def _check_length(length: int | None, longest: int, shortest: int) -> None:
    if length is not None and not shortest <= length <= longest:
        sentence = (
            f"The pretrained network reads {shortest:,} to {longest:,} tokens, not {length:,}"
        )
        hint = f"set it to {min(max(length, shortest), longest)}, or leave it empty"
        raise ProblemError(Problem("dataset.length", sentence, hint))


@lru_cache(maxsize=4)
def _tokenizer(text: str) -> Any:
    """The tokenizer, which neither cuts nor pads. Raises ValueError."""
    package = tokenizers_package()
    try:
        found = package.Tokenizer.from_str(text)
    except Exception as error:  # the package raises bare exceptions
        raise ValueError(f"It is no tokenizer: {str(error).splitlines()[0]}") from None
    found.no_truncation()
    found.no_padding()
    return found


@lru_cache(maxsize=4)
def _texts(tokenizer: str) -> tuple[str, ...]:
    """The texts of the tokens by our numbers: one more than the tokenizer's. Raises ValueError."""
    known: dict[str, int] = _tokenizer(tokenizer).get_vocab(with_added_tokens=True)
    if not known:
        raise ValueError("The tokenizer knows no tokens")
    texts = [PADDING] * (max(known.values()) + 2)
    for text, number in known.items():
        texts[number + 1] = text
    return tuple(texts)


def _unknown(text: str, tokenizer: Any) -> int | None:
    """The tokenizer's own number for what it does not know."""
    model = json.loads(text).get("model") or {}
    if type(model.get("unk_id")) is int:
        return int(model["unk_id"])
    token = model.get("unk_token")
    found: int | None = tokenizer.token_to_id(token) if isinstance(token, str) else None
    return found
