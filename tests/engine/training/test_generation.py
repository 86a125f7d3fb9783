"""A language model writes after each validation, and its training does not notice."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.cli.watch import sample_lines
from engine.datasets.preprocess import Tokens
from engine.runs.folder import RunFolder
from engine.runs.samples import WrittenSample, append_samples, cut_back, read_samples
from engine.training import commands as c
from engine.training.channel import Channel
from engine.training.events import Evaluated, Event, Generated, Notice
from engine.training.generation import Prompt, generate, in_one_line, random_for
from tests.engine.training.helpers import Run, small, train

TEXT = "".join(f"Line {number} says that {number * 7} is more.\n" for number in range(120))


@pytest.fixture
def data(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "text.txt").write_text(TEXT)
    return {"name": "text_corpus", "path": str(tmp_path / "text.txt"), "length": 16,
            "sample_length": 20}  # fmt: skip


def recipe(data: dict[str, Any], **training: Any) -> Any:
    return small(
        dataset=data, architecture={"name": "rnn", "hidden": [8], "embedding": 8},
        training={"epochs": 3, "batch_size": 32, **training},
    )  # fmt: skip


def samples(run: Run) -> list[WrittenSample]:
    assert run.result is not None
    return read_samples(RunFolder(run.result.run).samples_file)  # type: ignore[arg-type]


def test_a_sample_after_each_validation(data: dict[str, Any], tmp_path: Path) -> None:
    run = train(recipe(data), tmp_path / "runs")
    assert run.ended.problem is None
    validated = [e.step for e in run.events if isinstance(e, Evaluated)]
    told = [e for e in run.events if isinstance(e, Generated)]
    assert [e.step for e in told] == validated == [sample.step for sample in samples(run)]
    assert [e.text for e in told] == [sample.text for sample in samples(run)]
    assert len(told) == 3
    assert [sample.epoch for sample in samples(run)] == [1.0, 2.0, 3.0]
    assert all(len(e.text) == 16 + 20 for e in told)  # the opening is a window here
    assert [e.prompt for e in told] == [sample.prompt for sample in samples(run)] == [16] * 3
    assert len({e.text for e in told}) == 3
    assert run.result is not None
    assert "Sample at step" in RunFolder(run.result.run).log_file.read_text()  # type: ignore[arg-type]


def test_the_prompt_is_gone_on_with(data: dict[str, Any], tmp_path: Path) -> None:
    run = train(recipe({**data, "prompt": "Line 7"}, epochs=1), tmp_path / "runs")
    (sample,) = samples(run)
    assert sample.text.startswith("Line 7")
    assert len(sample.text) == 6 + 20
    assert sample.prompt == 6


@pytest.mark.parametrize("regularization", [{"dropout": 0.3}, {"dropout": 0.3, "ema": 0.9}])
def test_weights_are_the_same_with_and_without(
    regularization: dict[str, Any], data: dict[str, Any], tmp_path: Path
) -> None:
    found = []
    for length in (0, 20):
        wanted = recipe({**data, "sample_length": length}).as_data()
        wanted["regularization"] |= regularization
        run = train(type(recipe(data)).parse(wanted), tmp_path / "runs")
        assert run.result is not None
        found.append((run.result.weights_sha256, run.result.metrics))
        assert bool(samples(run)) == bool(length)
    assert found[0] == found[1]


def test_other_datasets_write_nothing(tmp_path: Path) -> None:
    run = train(small(training={"epochs": 1}), tmp_path / "runs")
    assert run.result is not None
    assert not RunFolder(run.result.run).samples_file.exists()  # type: ignore[arg-type]


def test_the_same_seed_writes_the_same(data: dict[str, Any], tmp_path: Path) -> None:
    first, second = (train(recipe(data), tmp_path / "runs") for _ in range(2))
    assert samples(first) == samples(second)
    assert samples(train(recipe(data, seed=1), tmp_path / "runs")) != samples(first)


def test_a_run_that_goes_on_loses_no_sample_and_has_none_twice(
    data: dict[str, Any], tmp_path: Path
) -> None:
    """Stopped at any moment, inside a validation too, and killed without its end being saved."""
    wanted = recipe(data, validate_every_steps=3, checkpoint_every_steps=2)
    whole = samples(train(wanted, tmp_path / "runs"))
    chosen = random.Random(0)
    for moment in sorted(chosen.sample(range(6, 40), 6)):
        seen = [0]

        def stop(event: Event, channel: Channel, moment: int = moment,
                 seen: list[int] = seen) -> None:  # fmt: skip
            seen[0] += 1
            if seen[0] == moment:
                channel.post(c.Stop(save=moment % 2 == 0))

        run = train(wanted, tmp_path / "runs", stop)
        assert run.result is not None
        if run.result.status == "finished":
            continue
        resumed = train(wanted, tmp_path / "runs", folder=RunFolder(run.result.run))  # type: ignore[arg-type]
        assert resumed.result is not None
        assert resumed.result.status == "finished"
        assert samples(resumed) == whole, moment


def test_samples_after_an_earlier_checkpoint_are_written_again(
    data: dict[str, Any], tmp_path: Path
) -> None:
    """What was written after the checkpoint of a process that was killed is cut off."""
    wanted = recipe(data)
    run = train(wanted, tmp_path / "runs",
                lambda event, channel: channel.post(c.Stop(save=True))
                if isinstance(event, Generated) and event.step >= 4 else None)  # fmt: skip
    assert run.result is not None
    folder = RunFolder(run.result.run)  # type: ignore[arg-type]
    append_samples(folder.samples_file, [WrittenSample(99, 99, 9.0, "of a later moment")])
    resumed = train(wanted, tmp_path / "runs", folder=folder)
    assert samples(resumed) == samples(train(wanted, tmp_path / "runs"))


def test_a_file_that_cannot_be_written_is_told_once(
    data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    failing = [True]
    monkeypatch.setattr(
        "engine.training.generation.append_samples",
        lambda path, lines: full() if failing[0] else append_samples(path, lines),
    )

    def mend(event: Event, _channel: Channel) -> None:
        failing[0] = failing[0] and not (isinstance(event, Evaluated) and event.epoch == 3)

    run = train(recipe(data), tmp_path / "runs", mend)
    assert run.ended.problem is None
    told = [e.problem.sentence for e in run.events if isinstance(e, Notice)]
    assert told == ["Samples cannot be written: No space left on device"]
    assert len(samples(run)) == 3


# --- Drawing -------------------------------------------------------------------------------------


class Certain(nn.Module):
    """Says that the next token is the last one plus one, with dropout that would disturb it."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.widest = 0

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        self.widest = max(self.widest, ids.shape[1])
        assert not self.training
        assert ids.dtype == torch.int64
        follows = (ids + 1) % self.vocabulary
        return nn.functional.one_hot(follows, self.vocabulary).float() * 100


def test_only_the_last_tokens_are_looked_at_and_the_mode_is_put_back() -> None:
    network = Certain(7).train()
    before = torch.random.get_rng_state()
    found = generate(network, Tokens(), Prompt((0, 1, 2), 10, 1.0, 4), random_for(0, 0))
    assert found == [number % 7 for number in range(13)]
    assert network.widest == 4
    assert network.training
    assert torch.equal(before, torch.random.get_rng_state())


def test_a_high_temperature_is_more_daring() -> None:
    network = Certain(7)
    cold, hot = (generate(network, Tokens(), Prompt((0,), 200, temperature, 4), random_for(0, 0))
                 for temperature in (1.0, 100.0))  # fmt: skip
    assert cold == [number % 7 for number in range(201)]
    assert cold != hot


def test_nothing_but_its_own_generator_decides_what_is_drawn() -> None:
    found = []
    for seed in (1, 2):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            prompt = Prompt((0,), 50, 100.0, 4)
            found.append(generate(Certain(7), Tokens(), prompt, random_for(0, 0)))
    assert found[0] == found[1]


def test_the_generator_is_decided_by_seed_and_step() -> None:
    drawn = {(s, t): torch.rand(1, generator=random_for(s, t)).item() for s in (0, 1)
             for t in (0, 1)}  # fmt: skip
    assert len(set(drawn.values())) == 4
    assert drawn[1, 1] == torch.rand(1, generator=random_for(1, 1)).item()


def test_a_network_that_diverged_writes_no_more() -> None:
    class Lost(nn.Module):
        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            return torch.full((*ids.shape, 5), float("nan"))

    assert generate(Lost(), Tokens(), Prompt((1, 2), 9, 1.0, 4), random_for(0, 0)) == [1, 2]


def test_what_is_shown_in_a_terminal_moves_no_cursor() -> None:
    shown = sample_lines(Generated(1.0, 7, "one\n\x1b[2Jtwo\r\ttäglich"))
    assert shown == "Sample at step 7:\n  one\n   [2Jtwo  täglich"


def test_a_sample_is_one_line_of_the_log() -> None:
    assert in_one_line('"Wer da?"\nSie: täglich\x1b[2J') == '"Wer da?"↵Sie: täglich\\x1b[2J'


# --- The file ------------------------------------------------------------------------------------


def test_the_file_is_read_back_and_cut_back(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    written = [WrittenSample(n, n, n / 4, f"zeile {n}\n„ä“ \x00") for n in range(4)]
    assert read_samples(path) == []
    cut_back(path, lambda sample: False)
    append_samples(path, written[:2])
    append_samples(path, written[2:])
    assert read_samples(path) == written
    with path.open("ab") as file:
        file.write(b'{"step": 5, "ba')
    assert read_samples(path) == written
    cut_back(path, lambda sample: sample.batch < 3)
    assert read_samples(path) == written[:3]
    assert path.read_bytes().count(b"\n") == 3


@pytest.mark.parametrize("line", ["", "[]", "null", '{"step": 1}', '{"step": "x"}', "[" * 9999])
def test_a_line_that_is_no_sample_is_left_out(line: str, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_text(f"{line}\n")
    assert read_samples(path) == []
