"""The dataset component: people's own pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from engine import paths
from engine.datasets.base import Progress, SelfSplit, Splits, silent
from engine.datasets.image_folder import problems
from engine.datasets.image_folder.given import PicturesPath, TablePath
from engine.datasets.image_folder.labels import Wanted
from engine.datasets.image_folder.notes import Note
from engine.datasets.image_folder.samples import found
from engine.datasets.image_folder.survey import SURVEYS, Ask, Survey
from engine.datasets.resampling import Interpolation, resampled
from engine.facts import Facts
from engine.problems import ProblemError
from engine.schema import FOUND, Component, option, register

if TYPE_CHECKING:
    from engine.datasets.image_folder.assemble import Making
    from engine.datasets.image_folder.cache import Decoded
    from engine.datasets.image_folder.streaming import Checked


def _to_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Pictures(Component):
    """Where pictures are and what is made of them: a base, so that these options come first."""

    path: PicturesPath = option(
        "",
        "A folder of pictures for each class, or train, val and test folders of such, or "
        "pictures with a table of labels; or sample:textures.",
    )
    size: int | None = option(
        None,
        "Side of the square that every picture becomes; the largest side there is, at most 64, "
        "unless given.",
        ge=4, le=1024, unit="pixels", typical=64, empty=FOUND,
    )  # fmt: skip
    resize: Literal["crop", "pad", "stretch"] = option(
        "crop", "Make pictures square by cutting off the ends, by a black border, or by distortion."
    )
    zoom: float | None = option(
        None,
        "How many times as long a picture's sides are made before the middle is cut out: above 1"
        " its edges are left out, as many pretrained networks are used to.",
        ge=1, le=4, advanced=True, typical=1.1429, empty="1",
    )  # fmt: skip
    interpolation: Interpolation = option(
        "auto",
        "How pictures are brought to their size; auto is what the network's weights are used to, or"
        " bilinear.",
        advanced=True,
    )
    color: Literal["auto", "rgb", "grey"] = option(
        "auto", "Colours or grey levels; auto is grey when the pictures are.", advanced=True
    )
    labels: TablePath = option(
        "",
        "Table (CSV) with a row for each picture; found by itself if it is the only one beside "
        "pictures without class folders.",
        advanced=True,
        empty=FOUND,
    )
    file_column: str = option(
        "",
        "Column of the table with the file names; found by itself if empty.",
        advanced=True,
        empty=FOUND,
    )
    label_columns: Annotated[tuple[str, ...], BeforeValidator(_to_tuple)] = option(
        (),
        "Columns of the table with the labels; found by themselves if empty.",
        advanced=True,
        empty=FOUND,
    )
    separator: str = option(
        "|", "Stands between several labels of one picture in the table.", advanced=True
    )
    task: Literal["auto", "classes", "multilabel", "regression"] = option(
        "auto",
        "What the table's labels are: one class, any number of labels, or numbers to predict.",
        advanced=True,
    )
    unreadable: Literal["skip", "error"] = option(
        "skip", "What becomes of pictures that cannot be read; skip is for up to 5 % of them.",
        advanced=True,
    )  # fmt: skip
    storage: Literal["auto", "memory", "disk", "stream"] = option(
        "auto",
        "Where decoded pictures are while training: auto takes the memory if there is room, then "
        "the disk; stream decodes them anew in every epoch.",
        advanced=True,
    )


@register
class ImageFolder(SelfSplit, Pictures):
    """Your own pictures, by class in folders or with a table of labels."""

    title: ClassVar[str] = "Image folder"
    name: Literal["image_folder"] = "image_folder"

    def facts(self) -> Facts:
        """What listing the folder and reading the heads of a few pictures tells."""
        return self._facts(self.survey(), self._place()[1])

    def build(self, data_dir: Path, progress: Progress = silent) -> Splits:
        """Decode every picture once, into a cache below `data_dir`; divide; fit the statistics."""
        from engine.datasets.image_folder.assemble import assemble

        progress("Looking through the pictures", None)
        survey, licence = self.survey(exact=True), self._place()[1]
        facts = self._facts(survey, licence)
        return assemble(survey, facts, self.making(facts, data_dir), progress)

    def survey(self, exact: bool = False) -> Survey:
        """The folder as it is, `exact` for as it is at this very moment. Raises ProblemError."""
        wanted = Wanted(self.task, self.file_column, self.label_columns, self.separator)
        ask = Ask(self._place()[0], self.labels.strip(), wanted, strict=self.unreadable == "error")
        return SURVEYS.get(ask, exact)

    def making(self, facts: Facts, data_dir: Path) -> Making:
        """What is made of the pictures."""
        from engine.datasets.image_folder.assemble import Making
        from engine.datasets.image_folder.decoding import Spec
        from engine.datasets.image_folder.parts import Shares

        channels, size, _ = facts.shape
        shares = Shares(self.val_fraction, self.test_fraction, self.split_seed, self.subset)
        caches = data_dir / "cache" / "images"
        how = resampled(self.interpolation)
        spec = Spec(channels, size, self.resize, zoom=self.zoom or 1.0, interpolation=how)
        return Making(spec, shares, self.unreadable, self.storage, caches)

    def _place(self) -> tuple[Path, str]:
        """The folder, and the licence of pictures that come with the program."""
        if not self.path:
            raise ProblemError(problems.not_chosen())
        return found(self.path)

    def _facts(self, survey: Survey, licence: str) -> Facts:
        layout, looks = survey.layout, survey.looks
        channels = {"rgb": 3, "grey": 1}.get(self.color, looks.channels)
        size = self.size or looks.size
        return Facts(
            "image", (channels, size, size), layout.task, layout.names, len(layout.files),
            licence=licence, official_test=layout.count("test"),
        )  # fmt: skip


def image_notes(
    dataset: ImageFolder, data_dir: Path | None = None, progress: Progress = silent
) -> tuple[Note, ...]:
    """Every file that is not used as it is, with the reason; pictures are decoded for that unless
    their cache is below `data_dir` already. Raises ProblemError as `build` does."""
    from engine.datasets.image_folder.assemble import notes_of, ordered, read

    survey = dataset.survey(exact=True)
    making = dataset.making(dataset.facts(), data_dir or paths.data_dir())
    return notes_of(survey, read(ordered(survey, making, progress), making, progress))


def pictures_found(
    dataset: ImageFolder, data_dir: Path, progress: Progress = silent
) -> tuple[Survey, Decoded | Checked]:
    """The folder at this moment and its decoded pictures, from their cache below `data_dir` if they
    are there. Raises ProblemError."""
    from engine.datasets.image_folder.assemble import ordered, read

    survey, making = dataset.survey(exact=True), dataset.making(dataset.facts(), data_dir)
    return survey, read(ordered(survey, making, progress), making, progress)


def files_of_parts(dataset: ImageFolder, data_dir: Path) -> tuple[Path, dict[str, list[str]]]:
    """The folder, and the file of each sample of each part, in order. Raises ProblemError."""
    from engine.datasets.image_folder.assemble import divided

    survey, found = pictures_found(dataset, data_dir)
    layout, shares = survey.layout, dataset.making(dataset.facts(), data_dir).shares
    parts = divided(layout, found, shares)
    return layout.root, {
        name: [layout.files[index] for index in indices.tolist()] for name, indices in parts.items()
    }
