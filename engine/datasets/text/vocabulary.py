"""Which tokens there are: counted, or joined into subwords, on the training texts alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.datasets.text.encoding import (
    PADDING,
    PIECE,
    UNKNOWN,
    cleaned,
    tokenizers_package,
    words_of,
)
from engine.datasets.text.options import Form, Kind

USUAL: dict[Kind, int] = {"character": 1_000, "word": 10_000, "subword": 4_000}
"""The most tokens unless another size is wished for."""
_ALPHABET = 1_000
"""Characters that subwords are made of, at most."""


@dataclass(frozen=True)
class Wish:
    """What tokens are wished for: the kind, at most how many (None: as usual), and how often one
    has to occur in the training texts."""

    kind: Kind
    size: int | None = None
    minimum: int = 1
    padded: bool = True
    lowercase: bool = False
    normalise: Form = "NFC"

    @property
    def most(self) -> int:
        """The size of the vocabulary at most."""
        return self.size or USUAL[self.kind]

    @property
    def special(self) -> tuple[str, ...]:
        """The tokens that are always there."""
        return (PADDING, UNKNOWN) if self.padded else (UNKNOWN,)


@dataclass(frozen=True)
class Vocabulary:
    """The texts of the tokens by number, and the pairs that are joined to make subwords."""

    texts: tuple[str, ...]
    merges: tuple[tuple[str, str], ...] = ()


def vocabulary_of(texts: Iterable[str], wish: Wish) -> Vocabulary:
    """The most frequent tokens, the most frequent first; of equally frequent ones the first by
    its text, so that the order of the texts does not matter. Raises ProblemError when subwords
    are wished for and the package is missing."""
    clean = (cleaned(text, wish.normalise, wish.lowercase) for text in texts)
    clean = (text.strip() for text in clean) if wish.padded else clean
    if wish.kind == "subword":
        return _subwords(list(clean), wish)
    counts: Counter[str] = Counter()
    for text in clean:
        counts.update(text if wish.kind == "character" else words_of(text, wish.padded))
    return Vocabulary((*wish.special, *_most(counts, wish.most - len(wish.special), wish.minimum)))


def _most(counts: Counter[str], size: int, minimum: int) -> list[str]:
    del counts[UNKNOWN]  # deleting what is not there is no error of a Counter
    enough = [(-count, text) for text, count in counts.items() if count >= minimum]
    return [text for _, text in sorted(enough)[:size]]


def _subwords(texts: Sequence[str], wish: Wish) -> Vocabulary:
    """Byte pair encoding (Sennrich, Haddow and Birch 2016), on characters.

    The alphabet is given to the trainer, because of equally rare characters it would keep any.
    """
    tokenizers = tokenizers_package()
    characters: Counter[str] = Counter()
    for text in texts:
        characters.update(text)
    room = min(_ALPHABET, max(1, wish.most - len(wish.special)))
    alphabet = _most(characters, room, wish.minimum)
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=wish.most - len(wish.special) + 1, min_frequency=max(2, wish.minimum),
        special_tokens=[UNKNOWN], initial_alphabet=alphabet, limit_alphabet=len(alphabet),
        show_progress=False,
    )  # fmt: skip
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token=UNKNOWN))
    pattern = tokenizers.Regex(PIECE)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Split(pattern, "isolated")
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    numbered = sorted((number, text) for text, number in model["vocab"].items())
    found = tuple(text for _, text in numbered if text != UNKNOWN)
    merges = tuple((str(left), str(right)) for left, right in model["merges"])
    return Vocabulary((*wish.special, *found), merges)
