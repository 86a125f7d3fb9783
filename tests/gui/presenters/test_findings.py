from __future__ import annotations

import pytest

from engine.inspection import Finding
from gui.presenters import findings as say


def found(*severities: str) -> list[Finding]:
    return [Finding(f"f{i}", severity, "Something") for i, severity in enumerate(severities)]


@pytest.mark.parametrize(
    ("severities", "words", "worst"),
    [
        ((), "Looks good", "good"),
        (("info",), "Looks good, 1 thing to know", "good"),
        (("warning", "info", "info"), "1 warning, 2 things to know", "warning"),
        (("error", "error", "warning"), "2 errors, 1 warning", "error"),
    ],
)
def test_the_summary(severities: tuple[str, ...], words: str, worst: str) -> None:
    assert say.summary(found(*severities)) == words
    assert say.worst(found(*severities)) == worst


@pytest.mark.parametrize(
    ("sentence", "spoken"),
    [
        ("dataset.gaps says how", "gaps of the dataset says how"),
        ("set dataset.gaps=indicator so that", "set “gaps: indicator” so that"),
        ("a long text is for dataset=text", "a long text is for “dataset: Texts”"),
        ("x=1 is no option", "x=1 is no option"),
    ],
)
def test_options_are_called_as_in_the_form(sentence: str, spoken: str) -> None:
    assert say.spoken(sentence) == spoken


@pytest.mark.parametrize(
    ("mend", "words"),
    [
        ((("dataset.ignore", ("old", "id")),), "Ignore column “id”"),
        ((("dataset.ignore", ("old", "a", "b", "c")),), "Ignore 3 columns"),
        ((("dataset.length", 128),), "Set length to 128"),
        ((("dataset.subset", None),), "Use all samples"),
        ((("loss.class_weights", "balanced"),), "Weigh the classes"),
        ((("dataset.size", 8), ("dataset.resize", "pad")), "Mend"),
    ],
)
def test_what_the_button_says(mend: tuple, words: str) -> None:
    finding = Finding("code", "info", "Something", mend=mend)
    assert say.mend_words(finding, lambda path: ["old"]) == words


def test_values_are_plain_data() -> None:
    finding = Finding("code", "info", "Something", mend=(("dataset.ignore", ("a", "b")),))
    assert say.mend_values(finding) == {"dataset.ignore": ["a", "b"]}
