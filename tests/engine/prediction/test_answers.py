"""Outputs in words: classes by probability, labels, values, the next token."""

from __future__ import annotations

import pytest
import torch

from engine.facts import Facts
from engine.prediction import Answer, RawInputs, predict


def answer(facts: Facts, outputs: list[float]) -> Answer:
    (found,) = predict(
        lambda raw: torch.tensor([outputs]).expand(len(raw), -1), facts,
        RawInputs(("one",), torch.zeros(1, 2)),
    )  # fmt: skip
    return found


def test_classes_come_with_the_most_likely_first() -> None:
    facts = Facts("table", (2,), "classes", ("a", "b", "c"), 9)
    found = answer(facts, [0.0, 2.0, 1.0])
    assert found.label == "b"
    assert [name for name, _ in found.values] == ["b", "c", "a"]
    assert sum(share for _, share in found.values) == pytest.approx(1)


def test_a_single_logit_is_that_of_the_second_class() -> None:
    facts = Facts("table", (2,), "classes", ("no", "yes"), 9)
    assert answer(facts, [3.0]).label == "yes"
    assert answer(facts, [-3.0]).label == "no"


def test_labels_that_are_more_likely_than_not() -> None:
    facts = Facts("table", (2,), "multilabel", ("sea", "sun", "sand"), 9)
    assert answer(facts, [2.0, -1.0, 0.5]).label == "sea, sand"


def test_values_in_the_order_of_the_targets() -> None:
    facts = Facts("series", (2, 1), "regression", ("y +1", "y +2"), 9)
    assert answer(facts, [5.0, 4.0]).values == (("y +1", 5.0), ("y +2", 4.0))


def test_the_token_after_the_last_one_of_each_text() -> None:
    facts = Facts("text", (4,), "tokens", ("a", "b", "c", "d"), 9, vocabulary=4)

    def counts_up(raw: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.one_hot((raw.long() + 1) % 4, 4).float() * 9

    raw = RawInputs(("ab", "abc"), torch.tensor([[0, 1, 0, 0], [0, 1, 2, 0]]), (2, 3))
    assert [found.label for found in predict(counts_up, facts, raw)] == ["c", "d"]


def test_many_samples_go_in_batches() -> None:
    facts = Facts("table", (2,), "classes", ("a", "b"), 9)
    names = tuple(map(str, range(600)))
    sizes: list[int] = []

    def model(raw: torch.Tensor) -> torch.Tensor:
        sizes.append(len(raw))
        return raw

    found = predict(model, facts, RawInputs(names, torch.eye(2).repeat(300, 1)))
    assert [each.name for each in found] == list(names)
    assert [each.label for each in found[:3]] == ["a", "b", "a"]
    assert max(sizes) < 600


def test_forecasts_have_the_times_of_their_steps() -> None:
    facts = Facts("series", (2, 1), "regression", ("a +1", "b +1", "a +2", "b +2"), 9, horizon=2)
    raw = RawInputs(("one",), torch.zeros(1, 2), times=(("Monday", "Tuesday"),))
    (found,) = predict(lambda inputs: torch.tensor([[1.0, 2, 3, 4]]), facts, raw)
    assert found.times == ("Monday", "Tuesday")
    assert found.as_json() == {
        "name": "one", "label": "", "values": {"a +1": 1, "b +1": 2, "a +2": 3, "b +2": 4},
        "times": {"a +1": "Monday", "b +1": "Monday", "a +2": "Tuesday", "b +2": "Tuesday"},
    }  # fmt: skip


def test_other_answers_have_no_times() -> None:
    facts = Facts("table", (2,), "classes", ("a", "b"), 9)
    assert "times" not in answer(facts, [0.0, 1.0]).as_json()
