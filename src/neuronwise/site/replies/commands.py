r"""The part of TeX that replies may use: each command, and what it shows.

>>> LETTERS[r"\alpha"], SIGNS[r"\leq"]
('α', '≤')
"""

from neuronwise.site.replies.mathml import Attributes


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _commands(text: str) -> frozenset[str]:
    return frozenset(f"\\{name}" for name in text.split())


LETTERS = _pairs(r"""
    \alpha α \beta β \gamma γ \delta δ \epsilon ϵ \varepsilon ε \zeta ζ \eta η \theta θ \vartheta ϑ \iota ι \kappa κ
    \lambda λ \mu μ \nu ν \xi ξ \pi π \rho ρ \sigma σ \tau τ \upsilon υ \phi ϕ \varphi φ \chi χ \psi ψ \omega ω
    \ell ℓ \partial ∂
""")
UPRIGHT = _pairs(r"""
    \Gamma Γ \Delta Δ \Theta Θ \Lambda Λ \Xi Ξ \Pi Π \Sigma Σ \Upsilon Υ \Phi Φ \Psi Ψ \Omega Ω
    \infty ∞ \nabla ∇ \emptyset ∅
""")
SIGNS = _pairs(r"""
    + + - − * ∗ / / = = < < > > ( ( ) ) [ [ ] ] | | , , ; ; : : . . ! ! ? ?
    \cdot · \times × \div ÷ \pm ± \mp ∓ \ast ∗ \star ⋆ \circ ∘ \bullet ∙ \odot ⊙ \oplus ⊕ \otimes ⊗
    \leq ≤ \le ≤ \geq ≥ \ge ≥ \neq ≠ \ne ≠ \approx ≈ \equiv ≡ \sim ∼ \simeq ≃ \propto ∝ \ll ≪ \gg ≫ \lt < \gt >
    \in ∈ \notin ∉ \ni ∋ \subset ⊂ \subseteq ⊆ \cup ∪ \cap ∩ \setminus ∖ \forall ∀ \exists ∃ \neg ¬ \land ∧ \lor ∨
    \to → \rightarrow → \leftarrow ← \gets ← \mapsto ↦ \Rightarrow ⇒ \Leftarrow ⇐ \Leftrightarrow ⇔ \iff ⇔ \implies ⟹
    \ldots … \dots … \cdots ⋯ \vdots ⋮ \ddots ⋱ \mid ∣ \parallel ∥ \perp ⊥ \colon :
    \{ { \} } \lbrace { \rbrace } \langle ⟨ \rangle ⟩ \lfloor ⌊ \rfloor ⌋ \lceil ⌈ \rceil ⌉ \| ‖ \vert | \Vert ‖
    \% % \$ $ \& & \# # \_ _
    − − · · × × ÷ ÷ ± ± ∘ ∘ ⊙ ⊙ ≤ ≤ ≥ ≥ ≠ ≠ ≈ ≈ ≡ ≡ ∝ ∝ ∈ ∈ → → ← ← ⇒ ⇒ … … ∞ ∞ ∇ ∇ ∂ ∂ ∑ ∑ ′ ′
""")
FENCES = set("()[]|⟨⟩⌊⌋⌈⌉‖{}")
DELIMITERS = {name: sign for name, sign in SIGNS.items() if sign in FENCES | {"/"}} | {".": "", "<": "⟨", ">": "⟩"}
SUMS = _pairs(r"\sum ∑ \prod ∏ \bigcup ⋃ \bigcap ⋂")
INTEGRALS = _pairs(r"\int ∫ \iint ∬ \oint ∮")
LIMITS = _commands("lim max min sup inf argmax argmin")
FUNCTIONS = LIMITS | _commands(
    "sin cos tan cot sinh cosh tanh arcsin arccos arctan exp log ln det dim ker gcd deg Pr sgn"
)
ACCENTS = _pairs(r"\hat ^ \widehat ^ \bar ¯ \overline ¯ \vec → \dot ˙ \ddot ¨ \tilde ~ \widetilde ~")
SPACES = {
    "~": "0.28em",
    r"\ ": "0.28em",
    r"\!": "-0.17em",
    r"\,": "0.17em",
    r"\:": "0.22em",
    r"\;": "0.28em",
    r"\quad": "1em",
    r"\qquad": "2em",
}
FRACTIONS = _commands("frac dfrac tfrac")
TABLES = {"matrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "vmatrix": ("|", "|"), "cases": ("{", "")}
NORMAL: Attributes = (("mathvariant", "normal"),)
WORDS: dict[str, tuple[str, Attributes]] = {
    r"\text": ("mtext", ()),
    r"\mathrm": ("mi", NORMAL),
    r"\operatorname": ("mi", NORMAL),
}
ALPHABETS = {r"\mathbf": "MATHEMATICAL BOLD", r"\boldsymbol": "MATHEMATICAL BOLD", r"\mathbb": "DOUBLE-STRUCK"}
