"""The controls of the living figures: buttons, fields, sliders. Each says in `data-do` what it asks of `live`."""

from neuronwise.book import fragments
from neuronwise.book.program import Program
from neuronwise.mathematics.tree import symbol

ICONS = {
    "Rewind": '<path d="M2.500 3v10M14 8H6M9.500 4L5.500 8l4 4"/>',
    "Back": '<path d="M14 8H3M7 4L3 8l4 4"/>',
    "Play": '<path class="filled" d="M4 2.5l9 5.5-9 5.5z"/>',
    "Step": '<path d="M2 8h11M9 4l4 4-4 4"/>',
    "Train": '<path class="filled" d="M4 2.5l9 5.5-9 5.5z"/>',
    "One update": '<path d="M2 8h11M9 4l4 4-4 4"/>',
}


def button(words: str, do: str, **data: str) -> str:
    """Return a button with its picture."""
    more = "".join(f' data-{name}="{value}"' for name, value in data.items())
    return (
        f'<button type="button" data-do="{do}"{more}><svg viewBox="0 0 16 16" aria-hidden="true">{ICONS[words]}</svg>'
        f"<span>{words}</span></button>"
    )


def speed(identity: str, of: str) -> str:
    """Return a slider from slow to fast."""
    return (
        f'<label class="speed">Speed<span class="unseen"> of the {of}, from 1, slow, to 5, fast</span> '
        f'<input type="range" id="{identity}" min="1" max="5" value="2"></label>'
    )


def stepper() -> str:
    """Return the buttons of the stepper."""
    return (
        f'<div class="controls">{button("Rewind", "rewind")}{button("Back", "step", by="-1")}{button("Play", "play")}'
        f"{button('Step', 'step', by='1')}{speed('speed', 'steps')}</div>"
    )


def numbers(program: Program) -> str:
    """Return the fields for the reader's own numbers."""
    fields = "".join(field(name, value) for name, value in program.start.items())
    return (
        '<form class="numbers" id="numbers" action="#stepper" novalidate><fieldset><legend>With my numbers</legend>'
        f'{fields}</fieldset><p class="status" id="numbers-status">These are the printed numbers.</p>'
        '<p class="actions"><button type="reset">Back to the printed numbers</button> '
        '<button type="button" data-do="link">Link to these numbers</button></p>'
        '<p class="status" id="link-status"></p></form>'
    )


def field(name: str, value: float) -> str:
    """Return one field, with the place where its mistake is told."""
    return (
        f'<div class="field"><label><span>{fragments.chain(("", symbol(name)))} {fragments.short_meaning(name)}</span>'
        f'<input id="field-{name}" name="{name}" inputmode="decimal" value="{value!r}" autocomplete="off" '
        f'spellcheck="false" aria-describedby="mend-{name}"></label>'
        f'<p class="mend" id="mend-{name}"></p></div>'
    )


def training(program: Program) -> str:
    """Return the buttons of the training, and the slider that moves the weight along its valley."""
    return (
        f'<div class="controls">{button("Rewind", "rewind-training")}{button("Train", "train")}'
        f"{button('One update', 'train-one')}{speed('training-speed', 'training')}"
        f'<label class="slide"><span>{fragments.chain(("", symbol("w")))} {fragments.short_meaning("w")}</span> '
        '<input type="range" data-do="slide" min="-2" max="4" step="0.125" '
        f'value="{program.start["w"]!r}"></label></div>'
    )
