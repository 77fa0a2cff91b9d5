"""One name, one look, one sound, one meaning."""

from dataclasses import replace

import pytest

from neuronwise.mathematics.symbols import KINDS, SYMBOLS, check_one_to_one, letter


def test_no_two_symbols_share_a_look_or_a_sound() -> None:
    check_one_to_one(SYMBOLS.values())


@pytest.mark.parametrize("way", ["plain", "spoken", "latex", "typst"])
def test_a_shared_look_or_sound_is_refused(way: str) -> None:
    w = SYMBOLS["w"]
    other = replace(letter("omega", "plain", "a frequency", look="ω", latex=r"\omega"), **{way: getattr(w, way)})

    with pytest.raises(ValueError, match=rf"'w' and 'omega' both look like 'w' \({way}\)"):
        check_one_to_one([*SYMBOLS.values(), other])


def test_signs_that_unicode_takes_for_one_are_one() -> None:
    with pytest.raises(ValueError, match=r"'w' and 'other' both look like 'w' \(plain\)"):
        check_one_to_one([SYMBOLS["w"], letter("other", "plain", "a number", look="𝑤", spoken="other")])


def test_every_symbol_has_a_meaning_and_a_known_hue() -> None:
    assert [s.name for s in SYMBOLS.values() if not s.meaning or s.kind not in KINDS] == []
