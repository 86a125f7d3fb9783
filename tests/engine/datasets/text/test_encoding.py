"""Texts become numbers and numbers become texts, the same after the encoding was kept as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.datasets.text.encoding import TextEncoder
from engine.datasets.text.options import Kind
from engine.datasets.text.vocabulary import Wish, vocabulary_of
from engine.problems import ProblemError

TEXTS = ["The cat saw the dog.", "The dog saw a cat, didn't it?", "the cat!", "Über Äpfel"] * 3
KINDS: tuple[Kind, ...] = ("character", "word", "subword")


def encoder(kind: Kind = "word", padded: bool = True, length: int = 8, **wish: Any) -> TextEncoder:
    encoding = {key: wish[key] for key in ("lowercase", "normalise") if key in wish}
    found = vocabulary_of(TEXTS, Wish(kind, padded=padded, **wish))
    return TextEncoder(kind, found.texts, length, padded, merges=found.merges, **encoding)


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_survives_being_kept_as_json(kind: Kind, padded: bool) -> None:
    before = encoder(kind, padded)
    after = TextEncoder.from_json(before.as_json())
    assert after == before
    assert (after.encode(TEXTS) == before.encode(TEXTS)).all()


def test_padding_is_zero_and_unknown_is_one() -> None:
    found = encoder().encode(["the zebra", "", "the cat " * 9])
    assert found.dtype == np.int32
    assert found.shape == (3, 8)
    assert found[0, 1] == 1
    assert (found[0, 2:] == 0).all()
    assert (found[1] == 0).all()
    assert (found[2] > 1).all()


def test_tokens_leave_padding_out() -> None:
    words = encoder()
    assert words.tokens(words.encode(["the zebra didn't"])[0]) == ("the", "\ufffd", "didn't")
    assert words.decode(words.encode(["The cat!"])[0]) == "The cat !"
    assert encoder("character").decode(encoder("character").encode(["The cat!"])[0]) == "The cat!"


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_to_go_on_with_can_be_put_together_again(kind: Kind) -> None:
    text = "The cat saw  the dog.\n\n\tÜber the cat"
    found = encoder(kind, padded=False)
    known = "".join(part for part in found.tokens(found.ids(text)) if part != "\ufffd")
    assert len(known) >= len(text) - 5  # two line ends and a tab never stood in the texts
    again = found.decode(found.ids("The cat saw the dog."))
    assert again == "The cat saw the dog."


def test_the_end_that_is_cut_off() -> None:
    base = encoder("character", length=3)
    from_start = TextEncoder("character", base.texts, 3, truncate="start")
    assert base.decode(base.encode(["the dog"])[0]) == "the"
    assert from_start.decode(from_start.encode(["the dog"])[0]) == "dog"


def test_lower_case_and_normalisation_are_part_of_it() -> None:
    small = encoder(lowercase=True)
    assert (small.encode(["THE CAT"]) == small.encode(["the cat"])).all()
    composed, apart = "\u00dcber", "U\u0308ber"
    assert (encoder().encode([composed]) == encoder().encode([apart])).all()
    assert (encoder().encode([composed]) > 1)[0, 0]
    wide = encoder("character", normalise="NFKC")
    assert wide.decode(wide.encode(["\uff54\uff48\uff45"])[0]) == "the"


def test_the_vocabulary_is_the_most_frequent_in_an_order_of_its_own() -> None:
    forward, backward = (vocabulary_of(texts, Wish("word", 6)) for texts in (TEXTS, TEXTS[::-1]))
    assert forward == backward
    assert len(forward.texts) == 6
    assert forward.texts[:3] == ("", "\ufffd", "cat")
    rare = vocabulary_of([*TEXTS, "once"], Wish("word", minimum=2)).texts
    assert "once" not in rare
    assert "once" in vocabulary_of([*TEXTS, "once"], Wish("word")).texts


def test_subwords_are_of_the_size_that_is_wished_for() -> None:
    texts = [f"walking talking stalking walker talker number{n}" for n in range(40)]
    found = vocabulary_of(texts, Wish("subword", 60))
    assert len(found.texts) <= 60
    assert len(found.merges) > 5
    assert " talking" in vocabulary_of(texts, Wish("subword", 300)).texts


def test_subwords_are_the_same_in_every_process() -> None:
    code = (
        "from engine.datasets.text.vocabulary import Wish, vocabulary_of\n"
        "texts = [f'ab{n} cd{n % 7} éß{n % 3} walking talker' for n in range(300)]\n"
        "print(ascii(vocabulary_of(texts, Wish('subword', 90))))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout for seed in "01"
    }  # fmt: skip
    assert len(answers) == 1


def test_subwords_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ProblemError) as caught:
        vocabulary_of(TEXTS, Wish("subword"))
    (found,) = caught.value.problems
    assert found.path == "dataset.tokens"
    assert 'pip install "trainboard[text]"' in found.hint


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_any_text_can_be_encoded(text: str) -> None:
    for kind in KINDS:
        for padded in (True, False):
            found = ENCODERS[kind, padded].encode([text])
            assert ((found >= 0) & (found < ENCODERS[kind, padded].vocabulary)).all()


ENCODERS = {(kind, padded): encoder(kind, padded) for kind in KINDS for padded in (True, False)}


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99}, {"kind": "stone"}, {"length": 0}, {"length": 10**9},
        {"length": "many"}, {"texts": []},
        {"texts": ["", "\ufffd", "a", "a"]}, {"extra": 1}, {"truncate": "middle"},
        {"merges": [["a"]]}, {"texts": None}, {"normalise": "NFX"},
    ],
)  # fmt: skip
def test_what_is_no_encoding_is_refused(change: dict[str, Any]) -> None:
    about = json.loads(encoder().as_json()) | change
    with pytest.raises(ValueError, match="ncoding"):
        TextEncoder.from_json(json.dumps(about))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "[" * 100_000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  json's own message
        TextEncoder.from_json(text)


def test_characters_of_an_encoding_are_single() -> None:
    about = json.loads(encoder("character").as_json()) | {"texts": ["", "\ufffd", "ab"]}
    with pytest.raises(ValueError, match="contradicts itself"):
        TextEncoder.from_json(json.dumps(about))


def test_merges_that_do_not_fit_are_refused() -> None:
    broken = TextEncoder("subword", ("", "\ufffd", "a"), 4, merges=(("x", "y"),))
    with pytest.raises(ValueError, match="do not fit"):
        broken.encode(["a"])
