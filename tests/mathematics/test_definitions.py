"""Who depends on whom; what is refused as a definition."""

import pytest

from neuronwise.mathematics.definitions import DefinitionError, Definitions
from neuronwise.mathematics.readers import read_plain


def definitions(**formulas: str) -> Definitions:
    return Definitions({text: read_plain(formula) for text, formula in formulas.items()})


SKIP = definitions(a="w*x", E="abs(t - a) + x")


def test_ancestors_reach_back_to_the_roots() -> None:
    assert SKIP.ancestors("E") == {"E", "t", "a", "w", "x"}
    assert SKIP.ancestors("w") == {"w"}


def test_a_formula_depends_on_what_hides_behind_its_names() -> None:
    assert SKIP.depends(read_plain("3*a"), "w")
    assert not SKIP.depends(read_plain("3*t"), "w")


def test_paths_can_lead_around_a_name() -> None:
    assert SKIP.leads("x", "E", around="a")
    assert not SKIP.leads("w", "E", around="a")
    assert not SKIP.leads("E", "w")


def test_users_are_the_names_whose_own_formula_speaks_of_it() -> None:
    assert SKIP.users("x") == ["a", "E"]
    assert SKIP.users("w") == ["a"]


def test_a_circle_is_refused_and_spelled_out() -> None:
    with pytest.raises(DefinitionError, match=r"without a circle; got .*→.*→"):
        definitions(a="u + w", u="t*E", E="a")


def test_a_formula_with_a_slope_is_refused() -> None:
    with pytest.raises(DefinitionError, match="without slopes for a"):
        definitions(a="w*dE/dw")


def test_lines_named_like_slopes_are_claims_and_no_definitions() -> None:
    both = definitions(a="w*x", da_dw="x")

    assert list(both.formulas) == ["a"]
    assert both.slopes == {"da_dw": read_plain("x")}


def test_a_second_definition_is_refused() -> None:
    with pytest.raises(DefinitionError, match="a second definition of a"):
        SKIP.with_formulas({"a": read_plain("t")})


def test_a_result_with_a_name_defines_the_name() -> None:
    named = SKIP.with_result(read_plain("da/dw"), read_plain("x"), "u")

    assert named.formulas["u"] == read_plain("x")
    assert named.results[read_plain("da/dw")] == read_plain("u")
    assert "u" not in SKIP.formulas
