"""A language model goes on with a text after each validation: what it has learned, to be read.

Nothing of it enters the training: the network only evaluates, and the numbers are drawn from a
generator of its own, which seed and step decide.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.datasets.base import Splits
from engine.datasets.preprocess import Preprocess
from engine.datasets.text.corpus import TextCorpus
from engine.datasets.text.encoding import TextEncoder
from engine.problems import Problem
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.runs.samples import WrittenSample, append_samples, cut_back
from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.course import Course
from engine.training.events import Generated, Notice
from engine.training.lightning import pl
from engine.training.metrics import evaluating
from engine.training.module import TrainingModule
from engine.training.validation import Validation

logger = logging.getLogger(__name__)

OPENING = 32
"""Tokens of the validation text that a sample goes on with when there is no prompt."""


@dataclass(frozen=True)
class Prompt:
    """What a sample begins with (`ids`, one at least), how many tokens follow, how daring."""

    ids: tuple[int, ...]
    tokens: int
    temperature: float
    window: int
    """The last tokens that the network sees for each new one."""


def random_for(seed: int, step: int) -> torch.Generator:
    """The generator of one sample; torch's own is left alone."""
    digest = hashlib.sha256(f"sample|{seed}|{step}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8]) >> 1)


def generate(
    network: nn.Module, preprocess: Preprocess, prompt: Prompt, random: torch.Generator
) -> list[int]:
    """The prompt and the tokens drawn after it, one by one (Graves 2013)."""
    device = preprocess.mean.device
    ids = list(prompt.ids)
    with torch.no_grad(), evaluating(network):
        for _ in range(prompt.tokens):
            seen = torch.tensor([ids[-prompt.window :]], device=device)
            logits: Tensor = network(preprocess(seen))[0, -1]
            scaled = logits.cpu().double() / prompt.temperature
            if not bool(scaled.isfinite().all()):
                break  # the training has diverged, and says so itself
            ids.append(int(torch.multinomial(scaled.softmax(-1), 1, generator=random)))
    return ids


class Generation(pl.Callback):
    """Comes after the validation and before the checkpoints: a checkpoint of a batch knows that
    its sample is written."""

    def __init__(
        self, course: Course, splits: Splits, folder: RunFolder, channel: Channel, clock: Clock,
        validation: Validation,
    ) -> None:  # fmt: skip
        self._course = course
        self._encoder = TextEncoder.from_json(splits.facts.encoding)
        self._prompt = prompt_of(course.recipe, self._encoder, splits.val.inputs[0])
        self._path = folder.samples_file
        self._channel = channel
        self._clock = clock
        self._validation = validation
        self._failed = False
        self._waiting: list[WrittenSample] = []

    def on_fit_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """A run that goes on forgets the samples after the moment that it goes on from."""
        done, again = self._channel.progress.done, self._validation.pending
        try:
            cut_back(self._path, lambda sample: sample.batch < done + (not again))
        except OSError as error:
            self._tell_failed(error)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """After the validation that a resumed run began with."""
        self._write_if_validated(trainer, pl_module)

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_args: object
    ) -> None:
        """After a validation."""
        self._write_if_validated(trainer, pl_module)

    def _write_if_validated(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        if not self._validation.validated:
            return
        assert isinstance(module, TrainingModule)
        started, step = self._clock.seconds, trainer.global_step
        random = random_for(self._course.recipe.training.seed, step)
        ids = generate(module.inference_network, module.preprocess, self._prompt, random)
        self._clock.validating += self._clock.seconds - started
        done = self._channel.progress.done
        epoch = done / self._course.plan.batches
        text, given = self._encoder.decode(ids), self._encoder.decode(self._prompt.ids)
        prompt = len(given) if text.startswith(given) else 0
        self._keep(WrittenSample(step, done, epoch, text, prompt))

    def _keep(self, sample: WrittenSample) -> None:
        """What cannot be written waits for the next time."""
        logger.info("Sample at step %d: %s", sample.step, in_one_line(sample.text))
        self._channel.tell(Generated(sample.epoch, sample.step, sample.text, sample.prompt))
        self._waiting.append(sample)
        try:
            append_samples(self._path, self._waiting)
        except OSError as error:
            self._tell_failed(error)
            return
        self._waiting.clear()
        self._failed = False

    def _tell_failed(self, error: OSError) -> None:
        """Once until they are written again: samples are no reason to pause a training."""
        if not self._failed:
            sentence = f"Samples cannot be written: {error.strerror or error}"
            hint = "the training goes on; free space or mend the folder: it is tried again"
            self._channel.tell(Notice(Problem("run", sentence, hint)))
        self._failed = True


def in_one_line(text: str) -> str:
    """A text for the log: the ends of lines are marked, what does not print is escaped."""
    return "".join("↵" if char == "\n" else _plain(char) for char in text)


def _plain(char: str) -> str:
    return char if char.isprintable() else repr(char)[1:-1]


def prompt_of(recipe: Recipe, encoder: TextEncoder, opening: Tensor) -> Prompt:
    """What the recipe's samples begin with: its prompt, or the opening (length,) of the validation
    text."""
    dataset = recipe.dataset
    assert isinstance(dataset, TextCorpus)
    ids = encoder.ids(dataset.prompt).tolist() or opening[:OPENING].tolist()
    return Prompt(tuple(ids), dataset.sample_length, dataset.temperature, encoder.length)


def writes_samples(recipe: Recipe) -> bool:
    """Whether the recipe trains a language model that is to write."""
    return isinstance(recipe.dataset, TextCorpus) and recipe.dataset.sample_length > 0
