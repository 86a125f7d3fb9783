"""The dataset component `text`: texts to classify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from engine.datasets.base import Dataset, Progress, SelfSplit, Splits, silent
from engine.datasets.table.memory import MEMORY
from engine.datasets.table.options import Delimiter, Encoding, Header
from engine.datasets.text.notes import Note, lines
from engine.datasets.text.options import (
    Choices,
    Duplicates,
    End,
    Form,
    Kind,
    Reading,
    Unreadable,
    group,
)
from engine.datasets.text.samples import SAMPLES, sample_of
from engine.datasets.text.source import PATH, Place, look
from engine.datasets.userpath import SAMPLE, DataPath
from engine.facts import Facts
from engine.hub import Pretrained, Stamps, folder_of, stamps_of
from engine.problems import Problem, ProblemError
from engine.schema import FOUND, Component, option, register

if TYPE_CHECKING:
    from engine.datasets.text.prepare import Prepared
    from engine.datasets.text.raw import RawTexts
    from engine.datasets.text.statistics import TextStatistics


class TextOptions(Component):
    """The options of texts: a base, so that they come before those of the split."""

    path: DataPath = option(
        "",
        "A table with a column of texts (CSV, TSV), or a folder with a file for each class (one "
        "text a line) or a folder of .txt files for each; or sample:names, sample:python_topics.",
    )
    text_column: str = option(
        "",
        "The column of a table with the texts; left empty, the one with the longest.",
        empty=FOUND,
    )
    label_column: str = option(
        "",
        "The column with the classes; left empty, one called label or class, or of few values.",
        empty=FOUND,
    )
    tokens: Kind = option(
        "word", "What a text is cut into; subwords are parts of words that occur often."
    )
    vocabulary: int | None = option(
        None,
        "Most tokens that are told apart, the rarest left out; 10,000 words, 4,000 subwords or "
        "1,000 characters unless given.",
        ge=4, le=1_000_000, unit="tokens", typical=10_000,
    )  # fmt: skip
    length: int | None = option(
        None,
        "Tokens that are read of a text; enough for 99 % of the training texts, at most 512, "
        "unless given.",
        ge=1, le=65_536, unit="tokens", typical=64, empty=FOUND,
    )  # fmt: skip
    lowercase: bool = option(False, "Take capital letters for small ones.")
    duplicates: Duplicates = option(
        "drop",
        "What becomes of texts that are there already; drop also leaves out those that stand in "
        "several classes, and none is in two splits.",
    )
    truncate: End = option(
        "end", "The end at which a text that is too long is cut off.", advanced=True
    )
    normalise: Form = option(
        "NFC",
        "Unicode normalisation: NFC puts letters and accents together, NFKC also makes full-width "
        "and other variants alike.",
        advanced=True,
    )
    minimum_count: int = option(
        2, "How often a token has to occur in the training texts.", ge=1, advanced=True
    )
    unreadable: Unreadable = option(
        "skip",
        "What becomes of broken rows and unreadable files; skip is for up to 5 % of them.",
        advanced=True,
    )
    header: Header = option("auto", "Whether the first row names the columns.", advanced=True)
    delimiter: Delimiter = option("auto", "What stands between columns.", advanced=True)
    encoding: Encoding = option("auto", "The characters of the files.", advanced=True)
    tokenizer: Pretrained = option(
        "",
        "Cut texts into the tokens of a pretrained network, by the tokenizer.json in its folder (or"
        " its name in Hugging Face's cache); the architecture encoder fills in its own.",
        empty="own vocabulary", advanced=True,
    )  # fmt: skip


@register
class TextFile(SelfSplit, TextOptions):
    """Your own texts with classes: a table with a text column, or files and folders by class."""

    title: ClassVar[str] = "Texts"
    names_columns: ClassVar[frozenset[str]] = frozenset(["text_column", "label_column"])
    name: Literal["text"] = "text"

    def facts(self) -> Facts:
        """Length, vocabulary and classes; the files are read when they are new or changed.

        Raises ProblemError when there are none, or nothing can be learned from them.
        """
        prepared = self._prepared()
        return Facts(
            "text", (prepared.encoder.length,), "classes", prepared.names, self._used(prepared),
            licence=prepared.licence, official_test=prepared.given_test,
            encoding=prepared.encoder.as_json(), vocabulary=prepared.encoder.vocabulary,
        )  # fmt: skip

    def build(self, data_dir: Path, progress: Progress = silent) -> Splits:
        """Read, split, and number the tokens by a vocabulary of the training texts alone."""
        from engine.datasets.text.tensors import splits_of

        progress("Reading the texts", None)
        prepared, facts = self._prepared(), self.facts()
        return splits_of(prepared, facts, lines(prepared.notes))

    def column_names(self) -> tuple[str, ...]:
        """Those of a table, in order; () of a folder and of what comes with the program."""
        from engine.datasets.text.rows import names_of

        if self.path.startswith(SAMPLE) or (place := self._place()).folder:
            return ()
        reading = group(Reading, self)
        return MEMORY.get((place, "columns", reading), lambda: names_of(place, reading))

    # --- Steps, each remembered ----------------------------------------------------------------

    @staticmethod
    def _used(prepared: Prepared) -> int:
        return sum(map(len, prepared.indices.values()))

    def _prepared(self) -> Prepared:
        from engine.datasets.text.prepare import prepare

        place = None if self.path.startswith(SAMPLE) else self._place()
        key = self.path if place is None else place
        reading, choices = group(Reading, self), group(Choices, self)

        def raw() -> RawTexts:
            return MEMORY.get((key, "texts", reading), lambda: self._read(place, reading))

        known = key, reading, choices, self._tokenizer_as_it_is()
        return MEMORY.get(known, lambda: prepare(raw(), choices))

    def _tokenizer_as_it_is(self) -> Stamps:
        return stamps_of(folder_of(self.tokenizer, "dataset.tokenizer")) if self.tokenizer else ()

    def _place(self) -> Place:
        if not self.path:
            names = ", ".join(f"{SAMPLE}{name}" for name in SAMPLES)
            hint = f"or texts that come with the program: {names}"
            raise ProblemError(Problem(PATH, "Choose a table or a folder of texts", hint))
        return look(Path(self.path))

    def _read(self, place: Place | None, reading: Reading) -> RawTexts:
        from dataclasses import replace

        from engine.datasets.text.raw import read_folder
        from engine.datasets.text.rows import read_table

        if place is None:
            sample = sample_of(self.path)
            return replace(sample.read(), licence=sample.licence)
        return read_folder(place, reading) if place.folder else read_table(place, reading)


def text_notes(dataset: Dataset) -> tuple[Note, ...]:
    """What was assumed of texts and what is left out; ProblemError when they cannot be read."""
    return dataset._prepared().notes if isinstance(dataset, TextFile) else ()


def text_statistics(dataset: Dataset) -> TextStatistics | None:
    """Vocabulary, lengths and counts; None for other datasets; ProblemError as above."""
    from engine.datasets.text.statistics import statistics_of

    return statistics_of(dataset._prepared()) if isinstance(dataset, TextFile) else None
