"""Pictures with planted defects: each is found, and a clean folder has none."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageEnhance

from tests.engine.inspection.made import codes, divided, found, inspected, pattern, pictures, save


def test_a_clean_folder_has_no_findings(tmp_path: Path) -> None:
    inspection = inspected("image_folder", divided(tmp_path / "clean"), tmp_path)
    assert codes(inspection) == set()
    assert inspection.sizes == {"train": 40, "val": 12, "test": 12}
    assert inspection.counts["train"] == (20, 20)
    assert len(inspection.fingerprint) == 64


def test_a_picture_in_train_and_test_is_leakage(tmp_path: Path) -> None:
    root = divided(tmp_path / "leak")
    save(pattern(3), root / "test" / "cat" / "again.png")
    finding = found(inspected("image_folder", root, tmp_path), "leakage")
    assert finding.severity == "error"  # one of thirteen
    assert finding.evidence == ("test/cat/again.png (test) is train/cat/3.png (train)",)


def test_a_picture_that_was_brightened_and_saved_again_is_a_near_duplicate(tmp_path: Path) -> None:
    root = divided(tmp_path / "near")
    brighter = ImageEnhance.Brightness(pattern(1005)).enhance(1.08)
    save(brighter, root / "val" / "dog" / "brighter.jpg")
    inspection = inspected("image_folder", root, tmp_path)
    finding = found(inspection, "near_duplicates")
    assert finding.evidence[0] == "val/dog/brighter.jpg (val) is like train/dog/1005.png"
    assert "leakage" not in codes(inspection)


def test_the_same_picture_of_two_classes_contradicts_itself(tmp_path: Path) -> None:
    root = divided(tmp_path / "two")
    save(pattern(3), root / "train" / "dog" / "cat.png")
    inspection = inspected("image_folder", root, tmp_path)
    finding = found(inspection, "contradicting_labels")
    assert "'dog'" in finding.evidence[0]
    assert "'cat'" in finding.evidence[0]
    assert found(inspection, "duplicates").severity == "info"


def test_unreadable_files_are_listed(tmp_path: Path) -> None:
    root = divided(tmp_path / "broken")
    (root / "train" / "cat" / "broken.png").write_bytes(b"no picture")
    finding = found(inspected("image_folder", root, tmp_path), "unreadable")
    assert finding.severity == "warning"
    assert len(finding.evidence) == 1
    assert finding.evidence[0].startswith("train/cat/broken.png: ")


def test_too_many_unreadable_files_are_an_error_and_still_listed(tmp_path: Path) -> None:
    root = divided(tmp_path / "broken")
    for number in range(8):
        (root / "train" / "cat" / f"broken{number}.png").write_bytes(b"no picture")
    inspection = inspected("image_folder", root, tmp_path)
    assert inspection.view is None
    assert found(inspection, "not_usable").severity == "error"
    assert len(found(inspection, "unreadable").evidence) == 8


def test_sizes_shapes_and_colours_that_are_mixed(tmp_path: Path) -> None:
    root = divided(tmp_path / "mixed")
    for seed in range(300, 340):
        image = pattern(seed, (60, 24)).convert("L" if seed % 2 else "RGB")
        save(image, root / "train" / "cat" / f"{seed}.png")
    inspection = inspected("image_folder", root, tmp_path, size=32)
    assert "60 x 24: 40" in found(inspection, "mixed_sizes").evidence
    assert dict(found(inspection, "cut_off").mend) == {"dataset.resize": "pad"}
    assert dict(found(inspection, "enlarged").mend) == {"dataset.size": 24}
    assert dict(found(inspection, "mixed_colors").mend) == {"dataset.color": "grey"}
    padded = inspected("image_folder", root, tmp_path, size=24, resize="pad")
    assert not {"cut_off", "enlarged"} & codes(padded)


def test_a_class_that_is_not_in_val(tmp_path: Path) -> None:
    root = divided(tmp_path / "absent")
    pictures(root, "train", "owl", range(5000, 5020))
    pictures(root, "test", "owl", range(5100, 5106))
    finding = found(inspected("image_folder", root, tmp_path), "absent_classes")
    assert "validation" in finding.sentence
    assert finding.evidence == ("owl",)


def test_a_class_in_val_that_train_lacks_is_told_although_nothing_can_be_loaded(
    tmp_path: Path,
) -> None:
    root = divided(tmp_path / "wrong")
    pictures(root, "val", "Cat ", range(5000, 5003))
    inspection = inspected("image_folder", root, tmp_path)
    finding = found(inspection, "not_usable")
    assert finding.severity == "error"
    assert "Cat" in finding.sentence
    assert inspection.facts is None
    assert inspection.as_json()["facts"] is None


def test_names_of_classes_that_mean_the_same(tmp_path: Path) -> None:
    root = tmp_path / "names"
    for place, name in enumerate(("Rose", "rose ", "tulip")):
        pictures(root, "", name, range(1000 * place, 1000 * place + 20))
    finding = found(inspected("image_folder", root, tmp_path), "similar_names")
    assert finding.evidence == ("'Rose' and 'rose '",)


def test_flat_pictures_are_not_near_duplicates(tmp_path: Path) -> None:
    root = divided(tmp_path / "flat")
    save(Image.new("RGB", (24, 24), (100, 0, 0)), root / "train" / "cat" / "flat.png")
    save(Image.new("RGB", (24, 24), (0, 0, 200)), root / "test" / "cat" / "flat.png")
    assert codes(inspected("image_folder", root, tmp_path)) == set()


def test_real_photographs_have_no_copies(shared_data: Path, tmp_path: Path) -> None:
    inspection = inspected("image_folder", shared_data / "vision" / "flowers5", tmp_path)
    assert codes(inspection) == {"mixed_sizes", "cut_off"}
