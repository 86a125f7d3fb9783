"""Checks of texts: cut off, full of unknown tokens, the same in two splits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from engine.datasets.base import Dataset, Splits
from engine.datasets.preview.texts import lengths_of, measured, unknown_share
from engine.datasets.text import TextFile
from engine.inspection.duplicates import Keys, Name, findings_of
from engine.inspection.finding import Finding, Severity

if TYPE_CHECKING:
    from engine.recipe import Recipe

MOSTLY = 0.5
MANY_UNKNOWN, MOST_UNKNOWN = 0.1, 0.25
MOST_PADDING = 0.9
COVERED = 0.95
"""The part of the training texts that the proposed length lets through whole."""
LONGEST = 1_024
"""Tokens that are proposed at most: longer texts are slow to learn from."""


def text_findings(splits: Splits, recipe: Recipe) -> Iterator[Finding]:
    """What can be wrong with texts, to classify or to go on with."""
    dataset = recipe.dataset
    yield from _unknown(splits)
    if isinstance(dataset, TextFile):
        yield from _truncated(dataset)
        yield from _padding(splits)
        for finding in findings_of(_text_keys(dataset), splits, "text", _text_name(dataset)):
            yield _mended(finding, dataset)


def _truncated(dataset: TextFile) -> Iterator[Finding]:
    prepared = dataset._prepared()
    length = prepared.encoder.length
    lengths = np.array([len(prepared.ids[row]) for row in prepared.indices["train"].tolist()])
    share = float((lengths > length).mean())
    if share <= 0.05:
        return
    wanted = min(LONGEST, int(np.quantile(lengths, COVERED, method="higher")))
    sentence = f"{share:.0%} of the training texts are longer than {length:,} tokens and cut off"
    lost = 1 - np.minimum(lengths, length).sum() / lengths.sum()
    evidence = (
        f"half of the texts have {int(np.median(lengths)):,} tokens or more, the longest "
        f"{int(lengths.max()):,}",
        f"{lost:.0%} of all tokens are never seen",
    )
    severity: Severity = "warning" if share > MOSTLY else "info"
    mend = (("dataset.length", wanted),) if wanted > length else ()
    hint = f"a length of {wanted:,} takes in more of them, and takes longer" if mend else ""
    yield Finding("truncated", severity, sentence, hint, evidence, mend)


def _padding(splits: Splits) -> Iterator[Finding]:
    ids = measured(splits.train)
    lengths = lengths_of(ids, splits.facts)
    padding = 1 - float(lengths.mean()) / ids.shape[1] if len(lengths) else 0.0
    if padding > MOST_PADDING:
        wanted = int(np.quantile(lengths, COVERED, method="higher"))
        sentence = f"{padding:.0%} of what the network reads is padding"
        hint = f"a length of {wanted:,} is enough for {COVERED:.0%} of the texts, and much faster"
        yield Finding("padding", "info", sentence, hint, (), (("dataset.length", max(1, wanted)),))


def _unknown(splits: Splits) -> Iterator[Finding]:
    share = unknown_share(splits)
    if share > MANY_UNKNOWN:
        sentence = f"{share:.0%} of the tokens to validate and test on are not in the vocabulary"
        hint = "take subwords or characters as tokens, or a larger vocabulary"
        evidence = (f"the vocabulary has {splits.facts.vocabulary:,} tokens",)
        mend = (("dataset.tokens", "character"),)
        severity: Severity = "warning" if share > MOST_UNKNOWN else "info"
        yield Finding("unknown_tokens", severity, sentence, hint, evidence, mend)


# --- Texts twice ---------------------------------------------------------------------------------


def _text_keys(dataset: TextFile) -> Keys:
    """The texts themselves, whole."""
    prepared = dataset._prepared()
    return {
        part: {place: prepared.texts[row].encode() for place, row in enumerate(rows.tolist())}
        for part, rows in prepared.indices.items()
    }


def _text_name(dataset: TextFile) -> Name:
    prepared = dataset._prepared()

    def name(part: str, place: int) -> str:
        text = " ".join(prepared.texts[int(prepared.indices[part][place])].split())
        return repr(text if len(text) <= 60 else f"{text[:60]}…")

    return name


def _mended(finding: Finding, dataset: Dataset) -> Finding:
    """Texts that come again can be left out by an option."""
    from dataclasses import replace

    if getattr(dataset, "duplicates", "drop") == "drop":
        return finding
    hint = "dataset.duplicates=drop keeps one of each"
    return replace(finding, hint=hint, mend=(("dataset.duplicates", "drop"),))
