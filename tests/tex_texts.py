"""Texts of TeX, known and unknown, whole and broken: what the tests of replies read."""

from hypothesis import strategies as st

from neuronwise.site.replies import commands

COMMANDS = sorted(
    {
        *commands.LETTERS,
        *commands.UPRIGHT,
        *commands.SIGNS,
        *commands.SUMS,
        *commands.INTEGRALS,
        *commands.FUNCTIONS,
        *commands.ACCENTS,
        *commands.SPACES,
        *commands.FRACTIONS,
        *commands.WORDS,
        *commands.ALPHABETS,
        r"\sqrt",
        r"\left",
        r"\right",
        r"\begin",
        r"\end",
    }
)
PIECES = st.sampled_from(
    [*COMMANDS, *"{}{}{}[]^_'&xyE129. <>\"", r"\\", "matrix", "cases", r"\href", r"\def", "<script>"]
)
TEX = st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=100)
