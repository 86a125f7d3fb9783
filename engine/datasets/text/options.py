"""The options of texts in groups, each of which is all that one step depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.datasets.optiongroups import group as group
from engine.datasets.table.options import Delimiter, Encoding, Header

Kind = Literal["character", "word", "subword"]
End = Literal["end", "start"]
Form = Literal["none", "NFC", "NFKC"]
Unreadable = Literal["skip", "error"]
Duplicates = Literal["drop", "keep"]


@dataclass(frozen=True)
class Reading:
    """How files are to be read, and which columns of a table hold text and label."""

    encoding: Encoding = "auto"
    delimiter: Delimiter = "auto"
    header: Header = "auto"
    text_column: str = ""
    label_column: str = ""
    unreadable: Unreadable = "skip"


@dataclass(frozen=True)
class Choices:
    """How texts are divided and become tokens."""

    tokens: Kind
    vocabulary: int | None
    length: int | None
    truncate: End
    lowercase: bool
    normalise: Form
    minimum_count: int
    duplicates: Duplicates
    test_fraction: float
    val_fraction: float
    split_seed: int
    subset: int | None
    tokenizer: str = ""
