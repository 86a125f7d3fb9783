"""A training whose recipe names a network of the hub: it is fetched, and its size said before."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli import fetching
from engine.datasets.base import Progress
from engine.hub import NotFetched
from engine.hubdownload import Offered
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from tests.engine.cli.conftest import Run

HERE = Recipe.parse({"version": 1, "dataset": "digits", "architecture": "mlp"})


class Hub:
    """A hub that has what it is asked for; `there` are the names that were fetched."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.there: list[str] = []
        monkeypatch.setattr(fetching, "offered", self.offered)
        monkeypatch.setattr(fetching, "bring", self.bring)

    def offered(self, problem: NotFetched) -> Offered:
        return Offered(problem.name, "a" * 40, (), 90_900_000, "mit")

    def bring(self, problem: NotFetched, what: Offered, progress: Progress) -> None:
        progress("Downloading", 0.5)
        self.there.append(what.name)

    def read(self, *names: str) -> Recipe:
        """What a recipe with these networks gives."""
        for name in names:
            if name not in self.there:
                raise ProblemError(NotFetched("architecture.model", f"no {name}", "", name))
        return HERE


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    return Hub(monkeypatch)


def test_every_network_is_fetched_once_and_announced(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetching.with_networks(lambda: hub.read("some/one", "another")) is HERE
    assert hub.there == ["some/one", "another"]
    said = capsys.readouterr()
    assert said.out == ""
    assert "some/one: a download of 91 MB, licence: mit" in said.err
    fetching.with_networks(lambda: hub.read("some/one"))
    assert hub.there == ["some/one", "another"]


def test_other_problems_and_what_is_still_not_there_are_told(hub: Hub) -> None:
    def wrong() -> Recipe:
        raise ProblemError(Problem("dataset.path", "not there"))

    with pytest.raises(ProblemError):
        fetching.with_networks(wrong)
    assert not hub.there
    with pytest.raises(ProblemError, match="no never"):
        fetching.with_networks(lambda: hub.read(*[hub.there.clear() or "never"]))  # type: ignore[func-returns-value]


def test_only_train_fetches(
    hub: Hub, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    wanted = ("spam_text", "dataset.path=sample:python_topics", "architecture=encoder",
              "architecture.model=some/one")  # fmt: skip
    looked = run("show", *wanted)
    assert (looked.status, hub.there) == (2, [])
    assert "hf download some/one" in looked.err
    assert run("train", *wanted).status == 2  # what the hub brought is nowhere
    assert hub.there == ["some/one"]
