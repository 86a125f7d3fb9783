"""What a dataset is, in a few lines for its head and in a list of details."""

from __future__ import annotations

from collections.abc import Iterable

from engine.views import DataView, Sample, TextView
from engine.wording import counted
from gui import texts

SPLITS = {"train": "train", "val": "validation", "test": "test"}
"""What people call the splits."""

_FEW = 4
"""Channels or columns whose mean and deviation are told one by one in the head."""
_MANY = 12
"""So many of them in the details."""
_SHORT = 12
"""Letters of a fingerprint at a glance; enough to tell datasets apart."""
UNKNOWN_WORD = "unknown"
"""What stands for a token that the vocabulary lacks."""
Detail = tuple[str, str]


def sizes_line(view: DataView) -> str:
    """`train 1,298, validation 229, test 270`."""
    return ", ".join(f"{SPLITS.get(k, k)} {texts.whole(n)}" for k, n in view.sizes.items())


def values_line(view: DataView) -> str:
    """`1×8×8 uint8, values 0 to 16, as the network sees them −0.8121 to 1.845`."""
    said = []
    if view.shapes:
        shape = next(iter(view.shapes.values()))[1:]
        said.append(f"each {dimensions(shape)} {view.dtype}".strip())
    said += [f"values {span(view.raw_range)}"] if view.raw_range else []
    if view.network_range and view.network_range != view.raw_range:
        said.append(f"as the network sees them {span(view.network_range)}")
    return ", ".join(said)


def normalisation_line(view: DataView) -> str:
    """How inputs are normalised, with the numbers where they are few."""
    sentence = view.normalisation or "Normalised by the training split"
    pairs = pairs_of(view, _FEW) if len(view.mean) <= _FEW and _has_statistics(view) else ""
    return f"{sentence}: {pairs}" if pairs else sentence


def _has_statistics(view: DataView) -> bool:
    return bool(view.mean) and view.facts.kind != "text"


def pairs_of(view: DataView, most: int) -> str:
    """`4.88 ± 6.02, …`."""
    both = list(zip(view.mean, view.std, strict=True))
    said = [f"{texts.significant(m)} ± {texts.significant(s)}" for m, s in both[:most]]
    more = f" and {texts.whole(len(both) - most)} more" if len(both) > most else ""
    return ", ".join(said) + more


def span(values: tuple[float, float]) -> str:
    """`−0.8121 to 1.845`."""
    low, high = (value_of(value).replace("-", "−", 1) for value in values)
    return f"{low} to {high}"


def value_of(number: float) -> str:
    """Four figures at most, none of them an empty zero: `0.3838`, `446`, `12.5`, `18,400`."""
    if 1000 <= abs(number) < 1e7:
        return texts.whole(number)
    return texts.decimal(float(f"{number:.4g}"))


def dimensions(shape: Iterable[int]) -> str:
    """`1×8×8`; of a single number `1`."""
    return "×".join(texts.whole(size) for size in shape) or "1"


def short(fingerprint: str) -> str:
    """The first letters of a fingerprint."""
    return fingerprint[:_SHORT]


# --- Details -------------------------------------------------------------------------------------


def details(view: DataView, fingerprint: str) -> tuple[Detail, ...]:
    """Everything else that is known, as names and values; what is not known is left out."""
    found = [
        *_shapes("Inputs", view.shapes, view.dtype),
        *_shapes("Targets", view.target_shapes, view.target_dtype),
        ("Values", span(view.raw_range) if view.raw_range else ""),
        ("To the network", span(view.network_range) if view.network_range else ""),
        ("Normalisation", view.normalisation),
        ("Mean ± deviation", pairs_of(view, _MANY) if _has_statistics(view) else ""),
        ("Licence", view.facts.licence),
        ("Fingerprint", _in_two(fingerprint)),
        ("While loading", "\n".join(view.notes)),
    ]
    return tuple((name, value) for name, value in found if value)


def _in_two(fingerprint: str) -> str:
    half = len(fingerprint) // 2
    return "\n".join(part for part in (fingerprint[:half], fingerprint[half:]) if part)


def _shapes(name: str, shapes: dict[str, tuple[int, ...]] | None, dtype: str) -> list[Detail]:
    if not shapes:
        return []
    said = [f"{SPLITS.get(part, part)} {dimensions(shape)}" for part, shape in shapes.items()]
    return [(name, f"{dtype}: {', '.join(said)}" if dtype else ", ".join(said))]


# --- Texts ---------------------------------------------------------------------------------------


def text_numbers(view: TextView) -> tuple[Detail, ...]:
    """A text dataset in figures; how long texts are only where they are not all of one length."""
    lengths = (
        ("Half of the texts have", f"{counted(view.median, 'token')} or more"),
        ("Longest", counted(view.longest, "token")),
        ("Cut off", f"{texts.percent(view.truncated)} of the training texts"),
    )
    return (
        ("Vocabulary", f"{texts.whole(view.vocabulary)} tokens"),
        ("The network sees", counted(view.length, "token")),
        *(lengths if lengths_vary(view) else ()),
        ("Unknown", f"{texts.percent(view.unknown)} of the tokens to validate and test on"),
    )


def lengths_vary(view: TextView) -> bool:
    """Whether there is anything to tell of lengths."""
    edges = view.lengths.edges
    return len(edges) > 1 and edges[-1] > edges[0]


def tokens_words(sample: Sample, length: int) -> str:
    """How much of a text the network sees: `38 tokens, 25 padding`, `63 of 112 tokens`."""
    count = len(sample.tokens)
    whole = sample.in_file.tokens if sample.in_file is not None else 0
    if whole > count:
        return f"{texts.whole(count)} of {texts.whole(whole)} tokens"
    padding = f", {texts.whole(length - count)} padding" if length > count else ""
    return f"{counted(count, 'token')}{padding}"
