"""The dataset component `text_corpus`: text to go on with, a token after the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from engine.datasets.base import Dataset, Progress, SelfSplit, Splits, silent
from engine.datasets.table.memory import MEMORY
from engine.datasets.table.options import Encoding
from engine.datasets.text.notes import Note, lines
from engine.datasets.text.options import Form, Kind
from engine.datasets.text.samples import PYTHON_LICENCE, python_text, unknown
from engine.datasets.text.source import PATH, Place, look
from engine.datasets.userpath import SAMPLE, DataPath
from engine.facts import Facts
from engine.problems import Problem, ProblemError
from engine.schema import Component, option, register

if TYPE_CHECKING:
    from engine.datasets.text.corpustokens import Corpus, Cutting
    from engine.datasets.text.statistics import CorpusStatistics

SUFFIXES = frozenset([".txt", ".text", ".md", ".rst", ".py"])
"""Of the files that are taken from a folder."""
SAMPLES = ("python",)


class CorpusOptions(Component):
    """The options of a corpus: a base, so that they come before those of the split."""

    path: DataPath = option(
        "", "A text file, or a folder of .txt, .md, .rst and .py files; or sample:python."
    )
    tokens: Kind = option(
        "character", "What the text is cut into; subwords are parts of words that occur often."
    )
    vocabulary: int | None = option(
        None,
        "Most tokens that are told apart, the rarest left out; 10,000 words, 4,000 subwords or "
        "1,000 characters unless given.",
        ge=4, le=1_000_000, unit="tokens", typical=2_000,
    )  # fmt: skip
    length: int = option(
        128, "Tokens that are read at once: how far back a network can look.", ge=2, le=65_536,
        unit="tokens",
    )  # fmt: skip
    stride: int | None = option(
        None,
        "Tokens from the start of one window to that of the next; the length unless given.",
        ge=1, unit="tokens", typical=64, advanced=True, empty="the length",
    )  # fmt: skip
    lowercase: bool = option(False, "Take capital letters for small ones.", advanced=True)
    normalise: Form = option(
        "NFC",
        "Unicode normalisation: NFC puts letters and accents together, NFKC also makes full-width "
        "and other variants alike.",
        advanced=True,
    )
    minimum_count: int = option(
        1, "How often a token has to occur in the training text.", ge=1, advanced=True
    )
    encoding: Encoding = option("auto", "The characters of the files.", advanced=True)
    sample_length: int = option(
        200,
        "Tokens that the network writes after each validation; 0 for no samples.",
        ge=0, le=10_000, unit="tokens",
    )  # fmt: skip
    prompt: str = option(
        "",
        "What the samples go on with; left empty, the start of the validation text.",
        empty="validation text",
    )
    temperature: float = option(
        0.8, "How daring samples are: the logits are divided by it.", gt=0, le=10
    )


@register
class TextCorpus(SelfSplit, CorpusOptions):
    """Text of your own to go on with: the network learns to tell the next token."""

    title: ClassVar[str] = "Text corpus"
    name: Literal["text_corpus"] = "text_corpus"

    split_seed: int = option(
        0, "Without effect: a text is divided by place, the last parts are for validation and "
        "test.", ge=0, advanced=True,
    )  # fmt: skip

    def facts(self) -> Facts:
        """Length and vocabulary; the files are read when they are new or changed.

        Raises ProblemError when there are none, or the text is too short.
        """
        corpus = self._corpus()
        licence = PYTHON_LICENCE if self.path.startswith(SAMPLE) else ""
        encoder = corpus.encoder
        return Facts(
            "text", (self.length,), "tokens", encoder.texts, sum(corpus.windows),
            licence=licence, encoding=encoder.as_json(), vocabulary=encoder.vocabulary,
        )  # fmt: skip

    def build(self, data_dir: Path, progress: Progress = silent) -> Splits:
        """Read, divide by place, and number the tokens by a vocabulary of the first part alone."""
        from engine.datasets.text.windows import splits_of

        progress("Reading the text", None)
        corpus, facts = self._corpus(), self.facts()
        return splits_of(corpus, self._cutting(), facts, lines(corpus.notes))

    def _cutting(self) -> Cutting:
        from engine.datasets.text.corpustokens import Cutting

        return Cutting(
            self.tokens, self.vocabulary, self.length, self.stride or self.length, self.lowercase,
            self.normalise, self.minimum_count, self.val_fraction, self.test_fraction, self.subset,
        )  # fmt: skip

    def _corpus(self) -> Corpus:
        from engine.datasets.text.corpustokens import corpus_of, read_corpus

        place = None if self.path.startswith(SAMPLE) else self._place()
        cutting = self._cutting()

        def make() -> Corpus:
            if place is None:
                return corpus_of(self._sample(), (), cutting)
            return corpus_of(*read_corpus(place, self.encoding), cutting)

        return MEMORY.get((self.path if place is None else place, self.encoding, cutting), make)

    def _place(self) -> Place:
        if not self.path:
            hint = "or the text that comes with the program: sample:python"
            raise ProblemError(Problem(PATH, "Choose a text file or a folder of them", hint))
        return look(Path(self.path), SUFFIXES)

    def _sample(self) -> str:
        name = self.path.removeprefix(SAMPLE)
        if name not in SAMPLES:
            raise ProblemError(unknown(name, SAMPLES))
        return python_text()


def corpus_notes(dataset: Dataset) -> tuple[Note, ...]:
    """What was assumed of a corpus; ProblemError when it cannot be read."""
    return dataset._corpus().notes if isinstance(dataset, TextCorpus) else ()


def corpus_statistics(dataset: Dataset) -> CorpusStatistics | None:
    """Vocabulary, sizes and frequent tokens; None for other datasets; ProblemError as above."""
    from engine.datasets.text.statistics import corpus_statistics_of

    return corpus_statistics_of(dataset._corpus()) if isinstance(dataset, TextCorpus) else None
