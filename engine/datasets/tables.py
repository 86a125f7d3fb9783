"""The small tables that come with scikit-learn: nothing to download."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from engine.datasets.base import Progress, SelfSplit, Splits, silent
from engine.facts import Facts
from engine.schema import register

UCI = "CC BY 4.0 (UCI)"


class Table(SelfSplit):
    """A table that scikit-learn brings along; `loader` is the function that reads it."""

    loader: ClassVar[str]

    def build(self, data_dir: Path, progress: Progress = silent) -> Splits:
        """Columns as float32 in their own units; targets are class numbers or measurements."""
        import torch
        from sklearn import datasets

        from engine.datasets.tensors import split_three_ways

        progress(f"Loading {self.title}", None)
        regression = self.facts().task == "regression"
        # The diabetes columns come standardised with the test rows in the statistics, unless
        # asked for raw; normalising is the training part's business.
        raw = {"scaled": False} if regression else {}
        bunch = getattr(datasets, self.loader)(**raw)
        inputs = torch.from_numpy(bunch.data).float()
        targets = torch.from_numpy(bunch.target)
        return split_three_ways(
            self, inputs, targets.float()[:, None] if regression else targets.long()
        )


@register
class Iris(Table):
    """150 irises of three species by four measures of their flowers (Fisher 1936)."""

    title: ClassVar[str] = "Iris"
    loader: ClassVar[str] = "load_iris"
    name: Literal["iris"] = "iris"

    def facts(self) -> Facts:
        """Four columns, three classes."""
        species = ("setosa", "versicolor", "virginica")
        columns = (
            "sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)",
        )  # fmt: skip
        return Facts("table", (4,), "classes", species, 150, columns, licence=UCI)


@register
class Wine(Table):
    """178 Italian wines of three growers by thirteen chemical measures (Forina 1986)."""

    title: ClassVar[str] = "Wine"
    loader: ClassVar[str] = "load_wine"
    name: Literal["wine"] = "wine"

    def facts(self) -> Facts:
        """Thirteen columns on very different scales, three classes."""
        columns = (
            "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols",
            "flavanoids", "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue",
            "od280/od315_of_diluted_wines", "proline",
        )  # fmt: skip
        growers = ("class_0", "class_1", "class_2")
        return Facts("table", (13,), "classes", growers, 178, columns, licence=UCI)


@register
class BreastCancer(Table):
    """569 tumours, malignant or benign, by thirty measures of their cells (Wolberg 1995)."""

    title: ClassVar[str] = "Breast cancer"
    loader: ClassVar[str] = "load_breast_cancer"
    name: Literal["breast_cancer"] = "breast_cancer"

    def facts(self) -> Facts:
        """Thirty columns, two classes: the task that binary losses are for."""
        measures = (
            "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity",
            "concave points", "symmetry", "fractal dimension",
        )  # fmt: skip
        columns = (
            *(f"mean {measure}" for measure in measures),
            *(f"{measure} error" for measure in measures),
            *(f"worst {measure}" for measure in measures),
        )
        classes = ("malignant", "benign")
        return Facts("table", (30,), "classes", classes, 569, columns, licence=UCI)


@register
class Diabetes(Table):
    """442 patients: how far the disease has gone a year later (Efron and others 2004)."""

    title: ClassVar[str] = "Diabetes"
    loader: ClassVar[str] = "load_diabetes"
    name: Literal["diabetes"] = "diabetes"

    def facts(self) -> Facts:
        """Ten columns, one number to predict, between 25 and 346."""
        columns = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
        targets = ("disease progression",)
        return Facts("table", (10,), "regression", targets, 442, columns, licence="none stated")
