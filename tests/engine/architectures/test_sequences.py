"""Architectures for texts and series: what they answer, and what padding and later tokens do."""

from __future__ import annotations

import math
from itertools import product
from typing import Any, get_args

import pytest
import torch
from torch import nn

from engine.architectures.base import Norm
from engine.architectures.layers import set_dropout
from engine.architectures.pooling import Pooling
from engine.architectures.tokens import Ngrams
from tests.engine.architectures.sequences import (
    CASES,
    CHANNELS,
    FACTS,
    HORIZON,
    LENGTH,
    VOCABULARY,
    WINDOW,
    names_for,
    network,
    samples,
)  # fmt: skip

POOLINGS = get_args(Pooling)


def learns(model: nn.Module, wanted: str) -> None:
    """Answers of the right shape for several samples and for one; a gradient everywhere."""
    facts = FACTS[wanted]
    places = (LENGTH,) if wanted == "tokens" else ()
    answers = model(samples(wanted))
    assert answers.shape == (4, *places, len(facts.targets))
    (answers * torch.randn(answers.shape)).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
    model.eval()
    assert model(samples(wanted, 1)).shape == (1, *places, len(facts.targets))


@pytest.mark.parametrize(("wanted", "name"), CASES)
def test_every_sample_is_mapped_to_answers(wanted, name):
    learns(network(name, wanted, 0.1), wanted)


def test_what_fits_what():
    assert names_for("text") == ["rnn", "bag", "text_cnn", "transformer", "tcn"]
    assert names_for("tokens") == ["rnn", "gpt", "tcn"]
    assert names_for("series") == ["mlp", "rnn", "transformer", "tcn", "linear"]
    assert set(names_for("forecast")) == {*names_for("series"), "nlinear", "dlinear", "nbeats"}


OPTIONS: list[tuple[str, str, dict[str, Any]]] = [
    *(("rnn", wanted, {"cell": cell, "bidirectional": both, "hidden": [8, 6]})
      for wanted, cell, both in product(["text", "series"], ["rnn", "lstm", "gru"], [False, True])),
    *(("rnn", "text", {"pooling": pooling, "bidirectional": True}) for pooling in POOLINGS),
    *(("rnn", "series", {"pooling": pooling, "bidirectional": True}) for pooling in POOLINGS),
    *(("rnn", "text", {"norm": norm, "bidirectional": True})
      for norm in get_args(Norm) if norm != "batch"),
    ("rnn", "tokens", {"tie_weights": True, "embedding": 8, "hidden": [16, 8]}),
    ("tcn", "tokens", {"tie_weights": True, "embedding": 8, "channels": [16, 8]}),
    *(("tcn", wanted, {"pooling": pooling, "channels": [8, 4], "norm": "none", "kernel": 2})
      for wanted, pooling in product(["text", "series"], POOLINGS)),
    ("bag", "text", {"pooling": "max", "hidden": [], "ngrams": 3, "buckets": 7}),
    ("text_cnn", "text", {"widths": [1, 2, 40], "channels": 3}),
    *(("transformer", wanted, {"pooling": "cls", "patch": 3, "width": 6, "heads": 3})
      for wanted in ("text", "series")),
    ("gpt", "tokens", {"tie_weights": False, "layers": 1, "width": 6, "heads": 2}),
    *((name, "forecast", {"shared": shared, "channels": channels}) for name, shared, channels
      in product(["nlinear", "dlinear"], [False, True], ["own", "all"])),
    *(("nbeats", "forecast", {"form": form, "since_last": since, "channels": channels})
      for form, since, channels
      in product(["generic", "interpretable"], [False, True], ["own", "all"])),
    ("nbeats", "forecast", {"form": "interpretable", "degree": 1, "harmonics": 1, "layers": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wanted", "options"), OPTIONS, ids=str)
def test_every_option(name, wanted, options):
    learns(network(name, wanted, 0.1, **options), wanted)


@pytest.mark.parametrize(("wanted", "name"), CASES)
def test_dropout_is_always_there_and_can_be_changed(wanted, name):
    model, inputs = network(name, wanted), samples(wanted)
    state = torch.get_rng_state()
    assert torch.equal(model(inputs), model(inputs))
    assert torch.equal(state, torch.get_rng_state())
    set_dropout(model, 0.4)
    assert not torch.equal(model(inputs), model(inputs))


# --- Padding -------------------------------------------------------------------------------------

TEXTS = [(name, options) for name, wanted, options in OPTIONS if wanted == "text"]
TEXTS += [(name, {}) for name in names_for("text")]


@pytest.mark.parametrize(("name", "options"), TEXTS, ids=str)
def test_more_padding_changes_nothing(name, options):
    model, ids = network(name, "text", **options).eval(), samples("text")
    expected = model(ids)
    for shorter in (ids[:2, :4], ids[:1, :1]):  # these texts end there
        assert torch.allclose(model(shorter), expected[: len(shorter)], atol=1e-6)
    for text, answer in zip(ids, expected, strict=True):
        alone = text[text != 0][None]
        assert torch.allclose(model(alone)[0], answer, atol=1e-6)


@pytest.mark.parametrize(("name", "options"), TEXTS, ids=str)
def test_every_token_counts_and_padding_does_not(name, options):
    """By the gradient of the answer with regard to the vectors of the tokens."""
    model = network(name, "text", **options).eval()
    if name == "tcn":
        return  # looks no further back than its blocks reach
    ids = samples("text")
    kept: list[torch.Tensor] = []
    (vectors,) = [part for part in model.modules() if isinstance(part, nn.Embedding)]

    def keep(_part, _inputs, output):
        kept.append(output.detach().requires_grad_())
        return kept[-1]

    vectors.register_forward_hook(keep)
    model(ids).square().sum().backward()
    moved = kept[0].grad.abs().sum(2)[:, :LENGTH] > 0
    assert not moved[:, 1:][ids[:, 1:] == 0].any() or name == "text_cnn"  # zeros stand there
    if options.get("pooling") != "max" and name != "text_cnn":  # those forget some on purpose
        assert moved[ids != 0].all()


@pytest.mark.parametrize(("name", "options"), TEXTS, ids=str)
def test_an_empty_text_has_an_answer(name, options):
    model = network(name, "text", **options)
    answers = model(torch.zeros(2, LENGTH, dtype=torch.int64))
    assert torch.isfinite(answers).all()
    answers.sum().backward()
    for parameter in model.parameters():
        assert parameter.grad is None or torch.isfinite(parameter.grad).all()


def test_both_directions_read_as_packed_sequences_do():
    from engine.architectures.recurrent import BothWays
    from engine.architectures.tokens import real_places

    ids = samples("text")
    lengths = (ids != 0).sum(1)
    ours = BothWays("gru", 3, 5, "none")
    theirs = nn.GRU(3, 5, batch_first=True, bidirectional=True)
    state = dict(ours.cell.state_dict())
    state |= {f"{name}_reverse": t for name, t in ours.backward_cell.state_dict().items()}
    theirs.load_state_dict(state)
    steps = torch.randn(*ids.shape, 3)
    packed = nn.utils.rnn.pack_padded_sequence(
        steps, lengths, batch_first=True, enforce_sorted=False
    )
    expected, _ = nn.utils.rnn.pad_packed_sequence(
        theirs(packed)[0], batch_first=True, total_length=LENGTH
    )
    real = real_places(ids)
    assert torch.allclose(ours(steps, real)[real], expected[real], atol=1e-6)


def test_a_causal_convolution_is_a_dilated_one():
    from engine.architectures.convolutions import CausalConvolution

    ours, theirs = CausalConvolution(3, 4, 3, 2), nn.Conv1d(3, 4, 3, dilation=2)
    with torch.no_grad():
        theirs.weight.copy_(ours.weights.weight.view(4, 3, 3).transpose(1, 2))
        theirs.bias.copy_(ours.weights.bias)
    steps = torch.randn(2, 9, 3)
    expected = theirs(nn.functional.pad(steps.transpose(1, 2), (4, 0))).transpose(1, 2)
    assert torch.allclose(ours(steps), expected, atol=1e-6)


# --- Language models -----------------------------------------------------------------------------

MODELS = [(name, options) for name, wanted, options in OPTIONS if wanted == "tokens"]
MODELS += [(name, {}) for name in names_for("tokens")]


@pytest.mark.parametrize(("name", "options"), MODELS, ids=str)
def test_an_answer_depends_on_no_later_token(name, options):
    model, ids = network(name, "tokens", **options).eval(), samples("tokens")
    expected = model(ids)
    for place in range(LENGTH - 1):
        changed = ids.clone()
        changed[:, place + 1 :] = (ids[:, place + 1 :] + 1) % VOCABULARY
        answers = model(changed)
        assert torch.allclose(answers[:, : place + 1], expected[:, : place + 1], atol=1e-6)
        assert not torch.allclose(answers[:, place + 1], expected[:, place + 1], atol=1e-6)
    assert torch.allclose(model(ids[:, :5]), expected[:, :5], atol=1e-6)


@pytest.mark.parametrize(("name", "options"), MODELS, ids=str)
def test_the_first_token_of_the_vocabulary_is_no_padding(name, options):
    model = network(name, "tokens", **options)
    model(torch.zeros(1, LENGTH, dtype=torch.int64)).sum().backward()
    assert model[0].weight.grad[0].abs().sum() > 0


def test_tied_weights_are_one_tensor():
    tied = {"tie_weights": True, "embedding": 8}
    others = [("rnn", {**tied, "hidden": [8]}), ("tcn", {**tied, "channels": [8]})]
    for name, options in [("gpt", {}), *others]:
        model = network(name, "tokens", **options)
        assert model[0].weight is model[-1].weight
        assert sum(p.shape[0] == VOCABULARY and p.dim() == 2 for p in model.parameters()) == 1


def test_gpt_begins_near_even_odds():
    ids = samples("tokens")
    logits = network("gpt", "tokens", width=64, layers=8)(ids)
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), ids.roll(1, 1).flatten())
    assert float(loss.detach()) == pytest.approx(math.log(VOCABULARY), abs=0.2)


# --- N-grams -------------------------------------------------------------------------------------


def test_pairs_and_triples_are_numbered_by_their_tokens_alone():
    found = Ngrams(3, 100, 50)(torch.tensor([[7, 8, 9, 0], [5, 7, 8, 9]]))
    tokens, pairs, triples = found.split(4, dim=1)
    assert tokens.tolist() == [[7, 8, 9, 0], [5, 7, 8, 9]]
    assert pairs[0, :2].tolist() == pairs[1, 1:3].tolist()
    assert pairs[0, 2:].tolist() == [0, 0]
    assert triples[0, 0] == triples[1, 1] > 0
    assert triples[0, 1:].tolist() == [0, 0, 0]
    assert int(found.max()) < 150
    assert int(found[:, 4:][found[:, 4:] > 0].min()) >= 100


# --- Forecasts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nlinear", "dlinear"])
def test_targets_are_forecast_from_their_own_past(name):
    windows = samples("forecast").requires_grad_()
    for channels in ("own", "all"):
        ahead = network(name, "forecast", channels=channels)(windows).view(4, HORIZON, 2)
        (reached,) = torch.autograd.grad(ahead[:, :, 1].square().sum(), windows)
        touched = (reached.abs().sum((0, 1)) > 0).tolist()
        assert touched == [False, channels == "all", True]


@pytest.mark.parametrize("name", ["nlinear", "dlinear"])
def test_shared_weights_tell_both_targets_alike(name):
    windows = samples("forecast")
    windows[:, :, 2] = windows[:, :, 0]
    ahead = network(name, "forecast")(windows).view(4, HORIZON, 2)
    assert torch.allclose(ahead[:, :, 0], ahead[:, :, 1], atol=1e-6)
    ahead = network(name, "forecast", shared=False)(windows).view(4, HORIZON, 2)
    assert not torch.allclose(ahead[:, :, 0], ahead[:, :, 1], atol=1e-6)


def test_nlinear_follows_the_level():
    model, windows = network("nlinear", "forecast"), samples("forecast")
    assert torch.allclose(model(windows + 100), model(windows) + 100, atol=1e-4)


def test_the_moving_average_is_that_of_the_longer_window():
    from engine.architectures.forecasting import MovingAverage

    for steps in (2, 3, 25):
        line = torch.full((1, WINDOW, CHANNELS), 3.0)
        assert torch.allclose(MovingAverage(steps)(line), line)
    window = torch.tensor([1.0, 2.0, 6.0]).view(1, 3, 1)
    assert MovingAverage(3)(window).flatten().tolist() == pytest.approx([4 / 3, 3, 14 / 3])
