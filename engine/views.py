"""What the window shows of data and model before training: plain values, no torch, no Qt."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.facts import Facts

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

# --- One sample ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Token:
    """One token of a text: its own letters, its number, and whether the vocabulary has it. One that
    is `special` is no part of the text: a pretrained network wants it there."""

    text: str
    number: int
    known: bool = True
    special: bool = False


@dataclass(frozen=True, eq=False)
class Window:
    """One sample of a series. `values` (window, channels) and `target` (horizon, targets), in the
    data's own units; of windows that have a class `target` is (0, 0).

    `start` is the row of the whole series at which it begins; its target follows right after it.
    `times` are the time stamps of its rows, then of its target's, empty where there are none.
    """

    start: int
    values: Floats
    target: Floats
    times: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Received:
    """One sample as the network receives it, an augmented copy for instance: what belongs to the
    dataset's kind is filled in. `values` (window, channels) are those of a series."""

    image: Pixels | None = None
    row: tuple[float, ...] = ()
    tokens: tuple[Token, ...] = ()
    values: Floats | None = None


@dataclass(frozen=True, eq=False)
class InFile:
    """One sample as it is in its file.

    `name` is the file, relative to the folder that was chosen. Of a picture `image` is (H, W) or
    (H, W, 3), at most 256 pixels a side, and `size` the width and height in the file; of a table
    `cells` are the columns and what stands in them, "" for a gap; of a text it is `text`, of so
    many `tokens` before any is cut off (0: not known).
    """

    name: str = ""
    image: Pixels | None = None
    size: tuple[int, int] = (0, 0)
    cells: tuple[tuple[str, str], ...] = ()
    text: str = ""
    tokens: int = 0


@dataclass(frozen=True, eq=False)
class Sample:
    """One training sample: `image` (H, W) or (H, W, 3) uint8, `row` of raw table values, `tokens`
    of a text, or the `window` of a series.

    `image` is what the network receives, brought back from the normalised numbers to bytes;
    `normalised` is a row as the network receives it. `index` is the sample's place in the training
    split; `augmented` are copies as the first epochs see them; `in_file` is where it came from,
    None where it is not known.
    """

    label: str
    image: Pixels | None = None
    row: tuple[float, ...] = ()
    index: int = -1
    normalised: tuple[float, ...] = ()
    tokens: tuple[Token, ...] = ()
    window: Window | None = None
    augmented: tuple[Received, ...] = ()
    in_file: InFile | None = None


# --- The whole data ------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many values lie where: `counts` (bins,) between `edges` (bins + 1,)."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ColumnView:
    """One column of a table, or one channel of a series, over all rows.

    `kind` is number, category, date, text, identifier, constant, ignored or target. Numbers have
    `low` to `high` and a histogram of 20 bins; categories have their most frequent values.
    `count` is of the rows that have a value, `gaps` of those that have none.
    """

    name: str
    kind: str
    count: int
    gaps: int
    distinct: int
    low: float | None = None
    mean: float | None = None
    median: float | None = None
    high: float | None = None
    deviation: float | None = None
    histogram: Histogram | None = None
    frequent: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, eq=False)
class TextView:
    """A text dataset in numbers. `lengths` counts the tokens of the training texts before any is
    cut off, `mean`, `median` and `longest` are of them; the network sees up to `length`. `unknown`
    is the part of the tokens of validation and test that the vocabulary lacks, `truncated` the part
    of the training texts that lose tokens.
    """

    length: int
    vocabulary: int
    lengths: Histogram
    mean: float
    median: float
    longest: int
    unknown: float = 0.0
    truncated: float = 0.0
    frequent: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, eq=False)
class SeriesLine:
    """One channel of the whole series, thinned to at most 2,000 points that keep every spike:
    `values` at `rows`, both (points,)."""

    name: str
    rows: npt.NDArray[np.int64]
    values: Floats
    target: bool = False


@dataclass(frozen=True)
class SeriesPart:
    """The rows of one split, from `start` up to but without `stop`, with their time stamps."""

    name: str
    start: int
    stop: int
    first: str = ""
    last: str = ""


@dataclass(frozen=True, eq=False)
class SeriesView:
    """A whole series of `rows` time steps. `times` (rows,) are seconds since 1970, empty where the
    series has no time stamps; `window` and `horizon` are in steps, `parts` in the order of time."""

    rows: int
    window: int
    horizon: int
    lines: tuple[SeriesLine, ...]
    parts: tuple[SeriesPart, ...]
    times: npt.NDArray[np.float64]


@dataclass(frozen=True)
class DataView:
    """Real samples of the training split, and counts of all splits.

    `counts[split][class]` are samples by class (empty for regression); `sizes[split]` all
    samples; `mean` and `std` the normalisation in use, one number a channel or column, and
    `normalisation` the same in a sentence.

    `shapes[split]` is that of the inputs, `target_shapes[split]` of the targets, `dtype` and
    `target_dtype` their number types as stored. `raw_range` are the smallest and the largest input
    before preprocessing, `network_range` after it, from at most 2,000 training samples.
    `fingerprint` is the SHA-256 of the content, "" where it was not asked for; `notes` is what was
    left out or assumed while loading; `augmentation` whether a training changes its samples, with
    the first epoch of which the copies were drawn; `words` are, by feature, those of a table whose
    features are codes of categories, counted from 0.
    """

    facts: Facts
    samples: tuple[Sample, ...]
    sizes: dict[str, int]
    counts: dict[str, tuple[int, ...]]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    normalisation: str = ""
    shapes: dict[str, tuple[int, ...]] | None = None
    target_shapes: dict[str, tuple[int, ...]] | None = None
    dtype: str = ""
    target_dtype: str = ""
    raw_range: tuple[float, float] | None = None
    network_range: tuple[float, float] | None = None
    columns: tuple[ColumnView, ...] = ()
    text: TextView | None = None
    series: SeriesView | None = None
    fingerprint: str = ""
    notes: tuple[str, ...] = ()
    augmentation: bool = False
    first_epoch: int = 0
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)


# --- The model -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layer:
    """One row of the model summary. `activation_bytes` and `flops` are for one sample, float32.

    `frozen` is how many of the parameters do not learn, `tuned` whether it is the architecture's
    own tuning that freezes them, in the first epoch. `own` are the full names of the parameters
    of a layer that has layers in it, too; empty of any other. `receptive` is how many places of
    the sample one value depends on, along each of `ModelView.axes`, were the sample large enough
    (`ModelView.seen` says how many there are); empty where that is not defined.
    """

    name: str
    type: str
    output_shape: tuple[int, ...]
    parameters: int
    activation_bytes: int
    flops: int = 0
    frozen: int = 0
    tuned: bool = False
    receptive: tuple[int, ...] = ()
    own: tuple[str, ...] = ()

    @property
    def trainable(self) -> int:
        """How many of the parameters learn."""
        return self.parameters - self.frozen


@dataclass(frozen=True)
class ModelView:
    """The network layer by layer, built on the meta device: shapes without numbers.

    `training_bytes` estimates weights, gradients, optimizer state and activations of one batch;
    `free_bytes` is what `memory` (RAM, or a device) has free for it, None where that is unknown.
    `axes` are the sample's own (height and width, or steps), `places` their lengths and
    `receptive` what one output can depend on of them. `note` says what could not be found out;
    `begins` how a file of weights fits, "" where there is none.
    """

    layers: tuple[Layer, ...]
    parameters: int
    weight_bytes: int
    training_bytes: int
    flops: int
    frozen: int = 0
    free_bytes: int | None = None
    memory: str = "RAM"
    axes: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    receptive: tuple[int, ...] = ()
    note: str = ""
    begins: str = ""

    @property
    def fits(self) -> bool:
        """Whether training should find the memory that it needs."""
        return self.free_bytes is None or self.training_bytes <= self.free_bytes

    @property
    def trainable(self) -> int:
        """How many parameters learn."""
        return self.parameters - self.frozen

    @property
    def context(self) -> int | None:
        """Of a text or a series, on how many steps one output can depend; else None."""
        along = bool(self.receptive) and self.axes in (("tokens",), ("steps",))
        return min(self.receptive[0], self.places[0]) if along else None

    def seen(self, receptive: tuple[int, ...]) -> tuple[int, ...]:
        """A receptive field as far as the sample has places."""
        return tuple(map(min, receptive, self.places))

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        rows = [
            {**asdict(row), "trainable": row.trainable, "seen": self.seen(row.receptive)}
            for row in self.layers
        ]
        return {
            **asdict(self),
            "layers": rows,
            "seen": self.seen(self.receptive),
            "trainable": self.trainable,
            "fits": self.fits,
            "context": self.context,
        }
