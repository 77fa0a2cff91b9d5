"""Functions as rows: nothing of the code is lost, and each formula stands beside its own line."""

import chapter_one

from neuronwise.book.coded import Piece, rows
from neuronwise.book.program import Program
from neuronwise.mathematics.printers import plain


def test_the_rows_are_the_code() -> None:
    program = chapter_one.program()

    for name in program.code.functions:
        assert "\n".join(row.text for row in rows(program, name)) == program.source_of(name)


def test_every_operation_stands_beside_its_line() -> None:
    program = chapter_one.program()

    beside = [row for name in program.steps for row in rows(program, name) if row.operation]

    assert [row.operation for row in beside] == program.operations
    assert all(row.text.strip().startswith(f"{row.operation.target} = ") for row in beside if row.operation)


def test_a_function_with_a_symbol_has_a_formula_and_no_number() -> None:
    _, row = rows(chapter_one.program(), "sign")

    assert row.formula is not None
    assert plain(row.formula).startswith("sgn(u) = ")
    assert row.operation is None


def test_letters_beyond_ascii_move_no_symbol() -> None:
    source = 'START = {}\ndef feed_forward(w, x):\n    """η ≠ w"""\n    a = w * x  # ×\n    return a\n'
    program = Program(source, "smallest.py", ("feed_forward",))

    words, line = rows(program, "feed_forward")[1:3]

    assert words.code == (Piece('    """η ≠ w"""'),)
    assert [piece.symbol for piece in line.code if piece.symbol] == ["a", "w", "x"]
    assert line.code[-1] == Piece("  # ×")
