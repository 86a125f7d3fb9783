"""The weights beside an encoder's config.json, put under the names of this program's network."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from engine.architectures.encoder.adapters import is_adapters, plain_name
from engine.architectures.encoder.layers import MODEL
from engine.architectures.transfer import BACKBONE, PUBLISHED
from engine.architectures.weights.glance import PATH
from engine.architectures.weights.matching import Matched, match
from engine.architectures.weights.reading import Tensors, read_tensors
from engine.architectures.weights.report import Named, WeightsReport
from engine.hub import folder_of, mapping, text_of
from engine.problems import Problem, ProblemError

if TYPE_CHECKING:
    from engine.architectures.encoder.component import Encoder
    from engine.datasets.base import Progress
    from engine.facts import Facts

_FILES = ("model.safetensors", "pytorch_model.bin")
_OLD = {".gamma": ".weight", ".beta": ".bias"}
"""How the first files of BERT name the weights of a normalization."""
_COUNTED = (".position_ids", ".token_type_ids")
"""Numbers from 0 on, which older files keep although they are computed."""
_OTHER_HEADS = ("pooler.", "cls.", "lm_head.", "classifier.", "pre_classifier.", "qa_outputs.",
                "vocab_", "discriminator_predictions.", "predictions.", "score.", "dense.",
                "out_proj.")  # fmt: skip


def weights_of(options: Encoder, facts: Facts, outputs: int, progress: Progress) -> Matched:
    """What the network begins with. Raises ProblemError."""
    files = _files(options)
    progress(f"Reading {files[0].name}", None)
    with torch.device("meta"):
        network = options.plain().build(facts, outputs, 0.0)
        own = network if options.lora is None else options.build(facts, outputs, 0.0)
    found = _renamed(_read(files), network)
    matched = match(found, network, _source(options, files))
    names = {plain_name(name): name for name in own.state_dict() if not is_adapters(name)}
    return Matched(
        {names[name]: tensor for name, tensor in matched.tensors.items()},
        _without_heads(matched.report), _sha256(files),
    )  # fmt: skip


def _source(options: Encoder, files: list[Path]) -> str:
    name = Path(options.model).name
    return f"{name}/{files[0].name}" if options.weights == PUBLISHED else files[0].name


# --- Files ----------------------------------------------------------------------------------------


def _files(options: Encoder) -> list[Path]:
    """One file, or the parts that an index names. Raises ProblemError."""
    if options.weights != PUBLISHED:
        return [Path(options.weights)]
    folder = folder_of(options.model, "architecture.model")
    for name in _FILES:
        if (folder / name).is_file():
            return [folder / name]
        index = folder / f"{name}.index.json"
        if index.is_file():
            return _parts(index)
    sentence = f"{folder} has no {' or '.join(_FILES)}"
    hint = "give the path of a file, or leave it empty to begin without weights"
    raise ProblemError(Problem(PATH, sentence, hint))


def _parts(index: Path) -> list[Path]:
    places = mapping(text_of(index, PATH, ""), str(index), PATH).get("weight_map")
    names = sorted({str(each) for each in places.values()}) if isinstance(places, dict) else []
    if not names or any(Path(name).name != name for name in names):
        raise ProblemError(Problem(PATH, f"{index} does not name the files with the weights"))
    return [index.parent / name for name in names]


def _read(files: list[Path]) -> Tensors:
    parts = [read_tensors(file) for file in files]
    together = {name: tensor for part in parts for name, tensor in part.by_name.items()}
    return Tensors(together, tuple(note for part in parts for note in part.notes))


def _sha256(files: list[Path]) -> str:
    """Of one file its own, of several that of theirs in order."""
    found = []
    for each in files:
        with each.open("rb") as file:
            found.append(hashlib.file_digest(file, "sha256").hexdigest())
    return found[0] if len(found) == 1 else hashlib.sha256("".join(found).encode()).hexdigest()


# --- Names ----------------------------------------------------------------------------------------


def _renamed(found: Tensors, network: nn.Module) -> Tensors:
    """Under the names below `backbone`; what the encoder does not know keeps its own."""
    model = network.get_submodule(f"{BACKBONE}.{MODEL}")
    known = set(model.state_dict())
    notes = list(found.notes)
    given: dict[str, Tensor] = {}
    for name, tensor in found.by_name.items():
        if name.endswith(_COUNTED):
            notes.append(f"{name} is not read: it only counts")
        else:
            given[_today(name)] = tensor
    prefix = _prefix(given, known, str(getattr(model, "base_model_prefix", "")))
    if prefix:
        notes.append(f"the names are taken without {prefix!r} before them")
    renamed = {
        f"{MODEL}.{name.removeprefix(prefix)}" if name.removeprefix(prefix) in known else name: t
        for name, t in given.items()
    }
    return Tensors(renamed, tuple(notes))


def _today(name: str) -> str:
    for old, new in _OLD.items():
        if name.endswith(f"LayerNorm{old}"):
            return name.removesuffix(old) + new
    return name


def _prefix(given: dict[str, Tensor], known: set[str], usual: str) -> str:
    """What stands before the encoder's names in a file that was saved with a head."""
    candidates = ["", *([f"{usual}."] if usual else [])]
    return max(candidates, key=lambda p: sum(n.removeprefix(p) in known for n in given
                                             if n.startswith(p)))  # fmt: skip


def _without_heads(report: WeightsReport) -> WeightsReport:
    """The head is new, so it is not missing; those that the file has for other tasks are named
    as not used."""
    missing = tuple(each for each in report.missing if not each[0].startswith("head."))
    new = len(report.missing) - len(missing)

    def other(each: Named) -> bool:
        return each[0].startswith(_OTHER_HEADS) or ".pooler." in each[0]

    return replace(
        report, missing=missing, wanted=report.wanted - new,
        unexpected=tuple(each for each in report.unexpected if not other(each)),
        replaced=(*report.replaced, *filter(other, report.unexpected)),
    )  # fmt: skip
