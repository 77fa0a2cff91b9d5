"""The mathematics: formulas read from code, printed and read back; derivations whose every step is one named rule.

This room knows trees, symbols and rules. It does not know networks: it is handed source text, and never imports
`necessary`, so that a check of one against the other is no circle. Standard library alone: it also runs in the page.
"""
