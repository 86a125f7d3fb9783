"""A raw text as the numbers of its tokens and back, from nothing but what is in `Facts.encoding`.

Needs no table, no torch, and of Hugging Face's `tokenizers` only what joins subwords.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from engine.datasets.text.options import End, Form, Kind
from engine.problems import Problem, ProblemError

Ids = npt.NDArray[np.int32]

FORMAT = 1
LONGEST = 65_536
"""Tokens of a text at most, as in the options: a file may not ask for all of the memory."""
PADDING, UNKNOWN = "", "\N{REPLACEMENT CHARACTER}"
"""The texts of the tokens that stand for no token and for one that is not in the vocabulary."""

WORD = re.compile(r"\w+(?:['\u2019]\w+)*|[^\w\s]")
"""A word or a mark; the spaces between are left out."""
PIECE = r" ?\w+| ?[^\w\s]+|\s"
"""All of a text: words and marks with the space before them, other spaces by themselves."""


@dataclass(frozen=True)
class TextEncoder:
    """How texts become numbers. `texts` are those of the tokens by number.

    `padded` tells texts to classify (0 is padding, 1 an unknown token) from those to go on with
    (0 is an unknown token, and every other space and mark is kept, so that texts can be put
    together again). `merges` are the pairs that are joined into subwords, the first first.
    """

    kind: Kind
    texts: tuple[str, ...]
    length: int
    padded: bool = True
    truncate: End = "end"
    lowercase: bool = False
    normalise: Form = "NFC"
    merges: tuple[tuple[str, str], ...] = ()

    @property
    def vocabulary(self) -> int:
        """How many different numbers there are."""
        return len(self.texts)

    @property
    def unknown(self) -> int:
        """The number of a token that is not in the vocabulary."""
        return 1 if self.padded else 0

    def clean(self, text: str) -> str:
        """The text as its tokens are looked for: normalised, in lower case if so wished."""
        text = cleaned(text, self.normalise, self.lowercase)
        return text.strip() if self.padded else text

    def ids(self, text: str) -> Ids:
        """All tokens of one text (M,): neither cut nor padded."""
        text = self.clean(text)
        if self.kind == "character":
            return self._characters(text)
        if self.kind == "subword":
            found = self._subwords.encode(text, add_special_tokens=False).ids
            return np.array(found, np.int32)
        numbers, unknown = self._numbers, self.unknown
        pieces = words_of(text, self.padded)
        return np.array([numbers.get(piece, unknown) for piece in pieces], np.int32)

    def encode(self, texts: Sequence[str]) -> Ids:
        """Texts as a network takes them (N, length): cut at one end, filled with 0 on the right."""
        found = np.zeros((len(texts), self.length), np.int32)
        for row, text in zip(found, texts, strict=True):
            ids = self.cut(self.ids(text))
            row[: len(ids)] = ids
        return found

    def cut(self, ids: Ids) -> Ids:
        """The first `length` tokens, or the last where the start is cut off."""
        return ids[: self.length] if self.truncate == "end" else ids[-self.length :]

    def tokens(self, ids: Sequence[int] | npt.NDArray[Any]) -> tuple[str, ...]:
        """The text of each token, padding left out."""
        first = 1 if self.padded else 0
        return tuple(self.texts[number] for number in map(int, ids) if number >= first)

    def decode(self, ids: Sequence[int] | npt.NDArray[Any]) -> str:
        """The tokens as one text; of words to classify the spaces are guessed."""
        spaced = self.kind == "word" and self.padded
        return (" " if spaced else "").join(self.tokens(ids))

    # --- Lookups ---------------------------------------------------------------------------------

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {text: number for number, text in enumerate(self.texts) if text != PADDING}

    @cached_property
    def _points(self) -> tuple[npt.NDArray[np.uint32], Ids]:
        """The code points of the characters in order, and the number of each."""
        pairs = sorted((ord(text), number) for text, number in self._numbers.items())
        return (np.array([point for point, _ in pairs], np.uint32),
                np.array([number for _, number in pairs], np.int32))  # fmt: skip

    def _characters(self, text: str) -> Ids:
        points, numbers = self._points
        wanted = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        places = np.minimum(np.searchsorted(points, wanted), len(points) - 1)
        found = np.where(points[places] == wanted, numbers[places], self.unknown)
        return found.astype(np.int32)

    @cached_property
    def _subwords(self) -> Any:
        return subword_tokenizer(self._numbers, self.merges)

    # --- As JSON ---------------------------------------------------------------------------------

    def as_json(self) -> str:
        """All of it, to be kept beside a model."""
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> TextEncoder:
        """Read back. Raises ValueError when it is no encoding of texts."""
        try:
            about = json.loads(text)
            if not isinstance(about, dict) or about.pop("format", None) != FORMAT:
                raise ValueError("the format is unknown")
            if about.get("kind") == "pretrained":
                return _pretrained(about)
            texts = tuple(map(str, about.pop("texts")))
            merges = tuple((str(left), str(right)) for left, right in about.pop("merges"))
            encoder = cls(texts=texts, merges=merges, **about)
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"It is not an encoding of texts: {error}") from None
        encoder._check()
        return encoder

    def _check(self) -> None:
        named = ((self.kind, Kind), (self.truncate, End), (self.normalise, Form))
        good = all(value in get_args(choices) for value, choices in named)
        good = good and type(self.length) is int and 1 <= self.length <= LONGEST
        good = good and len(self.texts) > self.unknown and len(set(self.texts)) == len(self.texts)
        if good and self.kind == "character":
            good = all(len(one) == 1 for one in self.texts if one != PADDING)
        if not good:
            raise ValueError("The encoding of texts contradicts itself")


def _pretrained(about: dict[str, Any]) -> TextEncoder:
    """That of a pretrained network, which is told apart by its kind."""
    from engine.datasets.text.pretrained import PretrainedEncoder

    return PretrainedEncoder.from_about(about)


def cleaned(text: str, normalise: Form, lowercase: bool) -> str:
    """A text normalised and in lower case, as wished."""
    if normalise != "none":
        text = unicodedata.normalize(normalise, text)
    return text.lower() if lowercase else text


def words_of(text: str, padded: bool) -> list[str]:
    """The words and marks of a cleaned text; unless `padded`, with all that is between them."""
    return WORD.findall(text) if padded else re.findall(PIECE, text)


def subword_tokenizer(numbers: dict[str, int], merges: Sequence[tuple[str, str]]) -> Any:
    """A byte pair encoding of the package `tokenizers`. Raises ProblemError when it is missing,
    ValueError when the merges do not fit the vocabulary."""
    tokenizers = tokenizers_package()
    try:
        model = tokenizers.models.BPE(
            vocab=numbers, merges=list(merges), unk_token=UNKNOWN, fuse_unk=False
        )
    except Exception as error:  # the package raises bare exceptions
        raise ValueError(f"The subwords do not fit together: {error}") from None
    tokenizer = tokenizers.Tokenizer(model)
    pattern = tokenizers.Regex(PIECE)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Split(pattern, "isolated")
    return tokenizer


def tokenizers_package() -> Any:
    """The package `tokenizers`; ProblemError with how to install it when it is missing."""
    try:
        import tokenizers
        import tokenizers.models
        import tokenizers.pre_tokenizers
        import tokenizers.trainers
    except ImportError:
        sentence = "Subwords take the package tokenizers, which is not installed"
        hint = 'pip install "trainboard[text]", or set dataset.tokens to word or character'
        raise ProblemError(Problem("dataset.tokens", sentence, hint)) from None
    return tokenizers
