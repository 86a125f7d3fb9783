from __future__ import annotations

from dataclasses import replace

from gui.presenters import datafacts as say
from tests.gui.data_views import IMAGES, SHA, TABLE, TEXTS


def test_values_before_and_after_preprocessing() -> None:
    assert say.values_line(IMAGES) == (
        "each 1×2×2 uint8, values 0 to 255, as the network sees them −0.8121 to 1.845"
    )
    unchanged = replace(IMAGES, network_range=IMAGES.raw_range)
    assert say.values_line(unchanged) == "each 1×2×2 uint8, values 0 to 255"


def test_the_statistics_are_told_while_they_are_few() -> None:
    assert say.normalisation_line(IMAGES).endswith(": 4.88 ± 6.02")
    many = replace(TABLE, mean=(0.0,) * 20, std=(1.0,) * 20, normalisation="Each column is scaled")
    assert say.normalisation_line(many) == "Each column is scaled"
    assert say.pairs_of(many, 2) == "0 ± 1.00, 0 ± 1.00 and 18 more"


def test_details_leave_out_what_is_not_known() -> None:
    names = [name for name, _ in say.details(TABLE, "")]
    assert names == ["Mean ± deviation"]
    details = dict(say.details(IMAGES, SHA))
    assert details["Inputs"] == "uint8: train 70×1×2×2, validation 15×1×2×2, test 15×1×2×2"
    assert details["Fingerprint"].replace("\n", "") == SHA


def test_how_much_of_a_text_is_seen() -> None:
    assert say.tokens_words(TEXTS.samples[0], 4) == "2 tokens, 2 padding"
    assert say.tokens_words(TEXTS.samples[1], 4) == "4 of 6 tokens"


def test_figures_of_texts_of_one_length_leave_lengths_out() -> None:
    assert TEXTS.text is not None
    assert len(say.text_numbers(TEXTS.text)) == 6
    same = replace(TEXTS.text, lengths=replace(TEXTS.text.lengths, edges=(4.0, 4.0), counts=(9,)))
    assert [name for name, _ in say.text_numbers(same)] == [
        "Vocabulary", "The network sees", "Unknown",
    ]  # fmt: skip


def test_four_figures_without_empty_zeros() -> None:
    assert [say.value_of(x) for x in (0.38384, 446.0, 18_400.2, -12.5, 0.0, 2e-5)] == [
        "0.3838", "446", "18,400", "-12.5", "0", "2e-5",
    ]  # fmt: skip
