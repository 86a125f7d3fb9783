"""Normalisation: by channel or column, finite whatever the data, undone for regressions."""

from __future__ import annotations

import torch

from engine.datasets.preprocess import Preprocess, Tokens, fit, rebuilt
from engine.facts import Facts


def test_images_get_one_mean_and_deviation_a_channel():
    images = torch.randint(0, 256, (50, 3, 6, 5), dtype=torch.uint8)
    normalised = fit(images)(images)
    assert normalised.shape == images.shape
    torch.testing.assert_close(normalised.mean((0, 2, 3)), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(
        normalised.var((0, 2, 3), correction=0), torch.ones(3), atol=1e-4, rtol=0
    )


def test_counting_pixels_gives_what_adding_them_up_gives():
    images = torch.randint(0, 200, (40, 2, 9, 9), dtype=torch.uint8)
    counted, added = fit(images), fit(images.float())
    torch.testing.assert_close(counted.mean, added.mean)
    torch.testing.assert_close(counted.std, added.std)


def test_tables_get_one_mean_and_deviation_a_column():
    rows = torch.randn(300, 4) * torch.tensor([1.0, 100.0, 0.1, 5.0]) + 7
    normalised = fit(rows)(rows)
    torch.testing.assert_close(normalised.mean(0), torch.zeros(4), atol=1e-4, rtol=0)
    torch.testing.assert_close(normalised.var(0, correction=0), torch.ones(4), atol=1e-3, rtol=0)


def test_what_never_varies_stays_finite():
    images = torch.zeros(5, 1, 4, 4, dtype=torch.uint8)
    images[:, :, 1] = 0
    assert torch.equal(fit(images)(images), torch.zeros(5, 1, 4, 4))
    rows = torch.full((6, 2), 3.0)
    assert torch.equal(fit(rows)(rows), torch.zeros(6, 2))


def test_targets_of_a_regression_are_scaled_and_predictions_scaled_back():
    rows, targets = torch.randn(100, 2), torch.randn(100, 1) * 30 + 150
    preprocess = fit(rows, targets)
    scaled = preprocess.scale_targets(targets)
    assert abs(float(scaled.mean())) < 1e-4
    torch.testing.assert_close(preprocess.unscale(scaled), targets)


def test_class_numbers_and_logits_are_left_alone():
    preprocess = fit(torch.randn(10, 2))
    classes, logits = torch.arange(10), torch.randn(10, 3)
    assert preprocess.scale_targets(classes) is classes
    assert preprocess.unscale(logits) is logits


def test_tokens_stay_the_numbers_that_they_are():
    tokens = torch.tensor([[3, 0], [70_000, 1]], dtype=torch.int32)
    assert torch.equal(Tokens()(tokens), tokens.long())
    assert Tokens()(tokens.float()).dtype == torch.int64


def test_preprocessing_is_rebuilt_from_its_buffers_by_the_kind_of_samples():
    text = Facts("text", (2,), "classes", ("a", "b"), 5, vocabulary=9)
    assert isinstance(rebuilt(text, dict(Tokens().named_buffers())), Tokens)
    rows = fit(torch.randn(9, 3), torch.randn(9, 1))
    again = rebuilt(Facts("table", (3,), "regression", ("y",), 9), dict(rows.named_buffers()))
    assert type(again) is Preprocess
    assert torch.equal(again.unscale(torch.ones(2, 1)), rows.unscale(torch.ones(2, 1)))
