"""The page as a reader uses it: the built book, the real server with its headers, a real Chromium.

Python starts in the page as it does for a reader. Every test waits for what the page says, never for a time.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright
from serving import running

from neuronwise.book.build import build, stale
from neuronwise.book.program import Program

BOOK = Path("build/test-page/book")
AXE = Path("node_modules/axe-core/axe.min.js")
CHAPTER = "1-the-smallest-network/"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
STARTING = 60_000  # milliseconds that Python may take; the page gives up then, too
MINUS = "−"  # as the page prints it


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the built book."""
    if stale(BOOK):
        build(BOOK, say=lambda _: None)
    with running(BOOK, tmp_path_factory.mktemp("data")) as site:
        yield f"http://127.0.0.1:{site.port}/"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("NEURONWISE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@contextmanager
def reading(browser: Browser, address: str, **options: Any) -> Iterator[Page]:  # noqa: ANN401 - whatever a context takes
    """A reader's page. At the end: no word on the console, no error, no request to another host."""
    context = browser.new_context(reduced_motion=options.pop("reduced_motion", "reduce"), **options)
    heard = listen(context, address)
    page = context.new_page()
    page.goto(address + CHAPTER)
    yield page
    context.close()
    assert heard == []


def listen(context: BrowserContext, address: str) -> list[str]:
    """Collect what must not happen; refusals by the security policy are told on the console."""
    heard: list[str] = []
    context.on("console", lambda message: heard.append(f"console: {message.text}"))
    context.on("weberror", lambda error: heard.append(f"error: {error.error}"))
    context.on("request", lambda request: None if request.url.startswith(address) else heard.append(request.url))
    return heard


@pytest.fixture(scope="module")
def shared(chromium: Browser, address: str) -> Iterator[Page]:
    """One page in which Python runs, for all tests that change only numbers."""
    with reading(chromium, address, viewport={"width": 1440, "height": 900}) as page:
        page.locator("#stepper [data-do=rewind]").click()
        ready(page)
        yield page


@pytest.fixture
def page(shared: Page) -> Page:
    """The shared page, back at the printed numbers, before the first step."""
    shared.keyboard.press("Escape")
    shared.locator("#numbers [type=reset]").click()
    shared.locator("#stepper [data-do=rewind]").click()
    shared.mouse.move(0, 0)
    expect(shared.locator("#saying")).to_contain_text("Before the first step")
    expect(shared.locator("#now-w")).to_have_text("1.5")
    return shared


def ready(page: Page) -> None:
    expect(page.locator("#status")).to_contain_text("Python runs in this page", timeout=STARTING)


def at_step(page: Page, number: int) -> None:
    expect(page.locator("#saying")).to_contain_text(f"Step {number} of 6")
    expect(page.locator(".track [aria-current]")).to_have_id(f"track-{number}")


# light


PLACES = [".equation math", ".rows code", ".text svg", ".derivation", ".rail .symbols"]


def lit(page: Page, name: str, key: str) -> list[int]:
    """How often a piece shines in formula, code, picture, derivation and rail; nothing else may."""
    piece = f'[data-sym="{key}"], [data-expr="{key}"]'
    elsewhere = f".{name}:not({piece}):not(.readout *)"
    expect(page.locator(elsewhere)).to_have_count(0)
    return [page.locator(place).locator(f".{name}").count() for place in PLACES]


@pytest.mark.parametrize("place", [".equation math", ".rows code", ".text svg", ".derivation .rhs", ".rail .symbols"])
def test_pointing_at_a_symbol_lights_it_everywhere(page: Page, place: str) -> None:
    page.locator(f"{place} [data-sym=w]:not(g), {place} g[data-sym=w] text.num").first.hover()

    assert all(lit(page, "near", "w"))
    expect(page.locator("#readout")).to_contain_text("weight")
    expect(page.locator("#readout")).to_contain_text("1.5")


def test_pointing_at_an_operator_lights_the_smallest_expression_around_it(page: Page) -> None:
    page.locator(".equation math [data-expr='w·x'] > mo").first.hover()

    formula, code, picture, derivation, _ = lit(page, "near", "w·x")
    assert formula
    assert code
    assert picture
    assert derivation
    expect(page.locator("#readout .number")).to_have_text("0.75")


def test_a_click_pins_and_another_unpins(page: Page) -> None:
    symbol = page.locator(".equation math [data-sym=a]").first
    symbol.click()
    page.mouse.move(0, 0)

    assert all(lit(page, "lit", "a"))
    expect(page.locator("#readout")).to_contain_text("Pinned")
    expect(page.locator("#live")).to_contain_text("Pinned: a")

    symbol.click()
    page.mouse.move(0, 0)
    expect(page.locator(".lit")).to_have_count(0)
    expect(page.locator("#readout")).to_be_hidden()


def test_escape_and_the_button_unpin(page: Page) -> None:
    for way in ("Escape", "button"):
        page.locator(".equation math [data-sym=E]").first.click()
        expect(page.locator(".lit")).not_to_have_count(0)
        if way == "Escape":
            page.keyboard.press(way)
        else:
            page.locator("#readout button").click()
        expect(page.locator(".lit")).to_have_count(0)


def test_light_moves_nothing(page: Page) -> None:
    where = """() => [...document.querySelectorAll('.text math *, .text p, .text svg')]
        .filter((element) => element.checkVisibility())
        .map((element) => [element.getBoundingClientRect().x, element.getBoundingClientRect().y + scrollY])"""
    before = page.evaluate(where)

    for key in ("a", "w", "dE_dw", "t − a"):
        page.locator(f".derivation .rhs :is([data-sym='{key}'], [data-expr='{key}'])").first.click()
        assert page.evaluate(where) == before


def test_what_is_pinned_stays_lit_when_its_numbers_change(page: Page) -> None:
    page.locator("#listing code [data-sym=E]").first.click()
    page.mouse.move(0, 0)
    for number in (1, 2):
        page.locator("#stepper [data-by='1']").click()
        at_step(page, number)

    expect(page.locator("#loop .at-wide g.lit")).to_have_count(1)
    expect(page.locator("#numbers-error\\.E .lit")).to_have_count(1)
    expect(page.locator("#readout .number")).to_have_text("0.5")


def test_arrows_walk_the_expression_tree(page: Page) -> None:
    walk = page.locator(".equation .walk").first
    walk.focus()

    for key, there, said in (
        ("ArrowRight", "a", "activation"),
        ("ArrowRight", "w·x", "w times x: 0.75"),
        ("ArrowDown", "w", "weight"),
        ("ArrowRight", "x", "input"),
        ("ArrowRight", "x", "input"),
        ("ArrowLeft", "w", "weight"),
        ("ArrowUp", "w·x", "w times x"),
    ):
        page.keyboard.press(key)
        expect(page.locator("#live")).to_contain_text(said)
        expect(walk.locator(".here")).to_have_attribute("data-expr" if "·" in there else "data-sym", there)
        assert lit(page, "near", there)[0]

    page.keyboard.press("ArrowUp")
    expect(page.locator("#live")).to_have_text("a equals w times x")


def test_enter_pins_what_the_keyboard_stands_on_and_escape_leaves(page: Page) -> None:
    page.locator(".equation .walk").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    assert all(lit(page, "lit", "a"))

    page.keyboard.press("Escape")
    expect(page.locator(".lit, .near, .here")).to_have_count(0)


@pytest.mark.parametrize("selector", [".walk:has(.derivation)", "#listing .walk"])
def test_derivation_and_listing_are_one_tab_stop_each(page: Page, selector: str) -> None:
    walk = page.locator(selector)
    walk.focus()
    seen = set()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        seen.add(walk.locator(".here").evaluate("(piece) => piece.closest('math, code').textContent"))

    assert len(seen) > 1  # from line to line
    assert walk.locator("[data-sym][tabindex], [data-expr][tabindex]").count() == 0


# the stepper


def test_buttons_step_forward_and_back(page: Page) -> None:
    page.locator("#stepper [data-by='1']").click()
    at_step(page, 1)
    expect(page.locator("#now-a")).to_have_text("0.75")
    expect(page.locator("#now-E")).to_have_text("not yet")
    page.locator("#stepper [data-by='1']").click()
    at_step(page, 2)
    expect(page.locator("#now-E")).to_have_text("0.5")
    page.locator("#stepper [data-by='-1']").click()
    at_step(page, 1)
    expect(page.locator("#now-E")).to_have_text("not yet")


def test_every_press_counts_however_quick(page: Page) -> None:
    page.locator("#stepper [data-by='1']").focus()
    for key, steps in (("ArrowRight", 5), ("ArrowLeft", 3), ("ArrowRight", 6)):
        for _ in range(steps):
            page.keyboard.press(key)

    at_step(page, 2)  # 5 - 3 + 6 = 8: two steps into the second update
    expect(page.locator("#saying")).to_contain_text("update 2")
    expect(page.locator("#live")).to_contain_text("Step 2 of 6")


def test_home_and_end(page: Page) -> None:
    page.locator("#stepper [data-by='1']").focus()
    page.keyboard.press("End")
    at_step(page, 6)
    page.keyboard.press("Home")
    expect(page.locator("#saying")).to_contain_text("Before the first step")


def test_keys_belong_to_the_stepper_only_while_it_has_the_focus(page: Page) -> None:
    page.locator("#field-x").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    page.locator("#speed").focus()
    page.keyboard.press("ArrowRight")

    expect(page.locator("#saying")).to_contain_text("Before the first step")
    expect(page.locator("#speed")).to_have_value("3")
    page.keyboard.press("ArrowLeft")


def test_the_track_runs_to_a_step_and_marks_its_line(page: Page) -> None:
    page.locator("#track-5").click()

    at_step(page, 5)
    expect(page.locator("#listing [aria-current]")).to_have_id("row-backpropagate.dE_dw")
    expect(page.locator("#loop .at-wide .now [class*=chip]")).to_have_count(1)
    assert page.locator(".track button[tabindex='0']").count() == 1


def test_play_goes_to_the_end_of_the_update_and_can_be_paused(page: Page) -> None:
    page.locator("#speed").fill("5")
    play = page.locator("[data-do=play]")
    play.click()
    expect(play).to_have_text("Pause")
    expect(page.locator("#saying")).to_contain_text("Step 2 of 6")
    play.click()
    expect(play).to_have_text("Play")
    play.click()
    at_step(page, 6)
    expect(play).to_have_text("Play")
    page.locator("#speed").fill("2")


def test_dashes_move_only_if_wanted(page: Page) -> None:
    moving = "() => document.getAnimations().filter((one) => one.animationName === 'flow').length"
    page.locator("#track-3").click()
    at_step(page, 3)
    assert page.evaluate(moving) == 0

    page.emulate_media(reduced_motion="no-preference")
    page.locator("#track-5").click()
    at_step(page, 5)
    assert page.evaluate(moving) > 0
    page.emulate_media(reduced_motion="reduce")


# numbers


def test_typed_numbers_come_back_computed_everywhere(page: Page) -> None:
    page.locator("#field-w").fill("-2")
    page.locator("#field-x").fill("0.75")

    expect(page.locator("#numbers-feed_forward\\.a")).to_have_text(f"{MINUS}2·0.75={MINUS}1.5")
    expect(page.locator("#now-a")).to_have_text(f"{MINUS}1.5")
    expect(page.locator("#now-E")).to_have_text("1.75")
    expect(page.locator("#loop .at-wide")).to_contain_text(f"{MINUS}1.5")
    expect(page.locator("#mine")).to_contain_text("0.75")
    expect(page.locator("#valley")).to_contain_text(f"{MINUS}2")
    expect(page.locator("#numbers-status")).to_contain_text("your numbers")

    page.locator("#numbers [type=reset]").click()
    expect(page.locator("#now-a")).to_have_text("0.75")
    expect(page.locator("#field-w")).to_have_value("1.5")


@pytest.mark.parametrize("wrong", ["", "abc", "0,25", "1e999", "inf", "1e300", "0.5 0.5", "<b>1</b>"])
def test_a_wrong_number_is_told_beside_its_field_and_changes_nothing(page: Page, wrong: str) -> None:
    page.locator("#stepper [data-by='1']").click()
    at_step(page, 1)
    page.locator("#field-eta").fill(wrong)

    mend = page.locator("#mend-eta")
    expect(mend).not_to_be_empty()
    expect(mend).to_be_visible()
    expect(page.locator("#field-eta")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#field-eta")).to_have_attribute("aria-describedby", "mend-eta")
    expect(page.locator("#field-w")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#live")).to_contain_text(mend.text_content() or "nothing is told")
    expect(page.locator("#now-a")).to_have_text("0.75")
    expect(page.locator("#now-eta")).to_have_text("0.25")
    at_step(page, 1)
    assert no_nan(page)

    page.locator("#field-eta").fill("0.5")
    expect(mend).to_be_empty()
    expect(page.locator("#now-eta")).to_have_text("0.5")


def no_nan(page: Page) -> bool:
    """Whether nothing on the page shows what is no number; the words beside a field may name it."""
    text: str = page.evaluate("""() => {
        const copy = document.body.cloneNode(true);
        for (const told of copy.querySelectorAll('.mend, #live')) told.remove();
        const labels = [...copy.querySelectorAll('[aria-label]')].map((one) => one.ariaLabel);
        return copy.textContent + labels.join(' '); }""")
    return re.search(r"\b(nan|inf|infinity|undefined|null)\b", text, re.IGNORECASE) is None


def test_numbers_that_grow_too_large_are_told_with_the_neuron_where_it_began(page: Page) -> None:
    page.locator("#field-x").fill("1e9")
    page.locator("#field-w").fill("1e9")
    page.locator("#field-eta").fill("1e9")
    page.locator("#training-speed").fill("5")
    page.locator("[data-do=train]").click()

    expect(page.locator("[data-do=train]")).to_have_text("Train")
    assert no_nan(page)
    page.locator("#training-speed").fill("2")


def test_enter_in_a_field_does_not_leave_the_page(page: Page) -> None:
    page.locator("#field-x").fill("2")
    page.keyboard.press("Enter")

    expect(page.locator("#now-a")).to_have_text("3")
    assert page.url.endswith(CHAPTER)


def test_the_slider_moves_the_weight_along_its_valley(page: Page) -> None:
    slider = page.locator("[data-do=slide]")
    slider.fill("0.5")

    expect(page.locator("#field-w")).to_have_value("0.5")
    expect(page.locator("#now-w")).to_have_text("0.5")
    expect(page.locator("#now-E")).to_have_text("0")


# training


def test_training_runs_until_it_has_learned(page: Page) -> None:
    page.locator("#training-speed").fill("4")
    page.locator("[data-do=train]").click()

    expect(page.locator("#trained")).to_contain_text("8 updates")
    expect(page.locator("#trained")).to_contain_text("It has learned")
    expect(page.locator("[data-do=train]")).to_have_text("Train")
    expect(page.locator("#now-E")).to_have_text("0")
    expect(page.locator("#live")).to_contain_text("It has learned")
    expect(page.locator("[data-do=slide]")).to_have_value("0.5")
    page.locator("#training-speed").fill("2")


def test_training_pauses_goes_on_by_one_and_rewinds_to_the_same_start(page: Page) -> None:
    page.locator("#field-w").fill("100")
    expect(page.locator("#now-w")).to_have_text("100")
    page.locator("#training-speed").fill("4")
    train = page.locator("[data-do=train]")
    train.click()
    expect(page.locator("#trained")).to_contain_text(re.compile(r"^\d\d updates"))
    train.click()
    expect(train).to_have_text("Train")
    paused = updates(page)

    page.locator("[data-do=train-one]").click()
    expect(page.locator("#trained")).to_contain_text(f"{paused + 1} updates")
    page.locator("[data-do=rewind-training]").click()
    expect(page.locator("#trained")).to_contain_text("0 updates")
    expect(page.locator("#now-w")).to_have_text("100")
    page.locator("#training-speed").fill("2")


def updates(page: Page) -> int:
    """How many updates the page tells of, once two more frames have passed and nothing was on its way."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return int((page.locator("#trained").text_content() or "").split()[0])


def test_a_new_number_pauses_what_plays(page: Page) -> None:
    page.locator("#field-w").fill("100")
    page.locator("[data-do=train]").click()
    expect(page.locator("#trained")).to_contain_text(re.compile(r"^[1-9]"))
    page.locator("#field-w").fill("50")

    expect(page.locator("[data-do=train]")).to_have_text("Train")
    expect(page.locator("#now-w")).to_have_text("50")
    expect(page.locator("#trained")).to_contain_text("0 updates")


# "Don't believe us", exercises


def test_three_roads_agree_and_part_when_a_fault_is_planted(page: Page) -> None:
    page.locator("[data-do=roads]").click()
    expect(page.locator("#verdict")).to_contain_text("agree")
    expect(page.locator("#roads tr")).to_have_count(3)

    planted = page.locator("#planted")
    for _ in range(3):
        before = planted.text_content() or ""
        page.locator("[data-do=fault]").click()
        expect(planted).not_to_have_text(before)  # another fault each time
        expect(planted).to_contain_text("Planted")
        expect(page.locator("#live")).to_contain_text(planted.text_content() or "nothing is planted")
        expect(page.locator("#verdict")).not_to_contain_text("agree")

    page.locator("[data-do=roads]").click()
    expect(page.locator("#verdict")).to_contain_text("agree")
    expect(planted).to_be_hidden()


@pytest.mark.parametrize(
    ("number", "right", "wrong"),
    [(1, "2", "1"), (2, "1.5", "-23.5"), (3, "-3*x*sign(t - a)", "3*sign(t - a)*x"), (4, "8", "16")],
)
def test_exercises_tell_right_from_not_yet(page: Page, number: int, right: str, wrong: str) -> None:
    form = page.locator(f"#exercise-{number}")
    for answer, verdict, says in ((wrong, "not-yet", "Not yet."), (right, "right", "Right."), ("", "not-yet", "")):
        form.locator("input").fill(answer)
        form.locator("input").press("Enter")
        expect(form).to_have_attribute("data-verdict", verdict)
        expect(form.locator(".feedback")).to_contain_text(says)
        expect(form.locator(".feedback")).not_to_have_attribute("aria-busy", "true")
    assert page.url.endswith(CHAPTER)


def test_an_answer_is_never_read_as_html(page: Page) -> None:
    form = page.locator("#exercise-3")
    form.locator("input").fill("<img src=x onerror=alert(1)>")
    form.locator("button").click()

    expect(form).to_have_attribute("data-verdict", "not-yet")
    expect(form.locator(".feedback img")).to_have_count(0)


# before Python, without Python, without JavaScript


def test_changed_numbers_show_as_dots_until_python_answers(chromium: Browser, address: str) -> None:
    held: list[Route] = []
    with reading(chromium, address) as page:
        page.context.route("**/pyodide.asm.wasm", lambda route: held.append(route))  # noqa: PLW0108 - Playwright takes no built-in
        page.locator("#field-w").fill("2")

        expect(page.locator("#status")).to_contain_text(re.compile(r"Python is starting: \d\.\d of 5\.\d MB"))
        for old in ("#now-a", "#mine", "#numbers-feed_forward\\.a"):
            expect(page.locator(old)).to_have_css("font-size", "0px")
        dots = "(element) => getComputedStyle(element, '::after').content"
        assert page.locator("#now-a").evaluate(dots) == '"…"'
        expect(page.locator("#loop .at-wide text.num").first).to_have_css("visibility", "hidden")
        page.locator(".equation math [data-sym=a]").first.hover()
        expect(page.locator("#readout .number")).to_have_css("font-size", "0px")

        for route in held:
            route.continue_()
        ready(page)
        expect(page.locator("#now-a")).to_have_text("1")
        expect(page.locator("html")).not_to_have_class("waiting")


def test_nothing_of_python_is_loaded_before_a_control_is_touched(chromium: Browser, address: str) -> None:
    asked: list[str] = []
    with reading(chromium, address) as page:
        page.context.on("request", lambda request: asked.append(request.url))
        page.locator(".equation math [data-sym=w]").first.click()
        page.locator("label", has_text="Dark").click()
        expect(page.locator(".lit")).not_to_have_count(0)

        assert [url for url in asked if not url.endswith("mark.svg")] == []
        expect(page.locator("#status")).to_contain_text("Printed numbers")


def test_if_python_cannot_start_the_line_says_why_and_the_printed_page_stays(chromium: Browser, address: str) -> None:
    context = chromium.new_context()
    context.route("**/python_stdlib.zip", lambda route: route.abort())
    page = context.new_page()
    page.goto(address + CHAPTER)
    page.locator("#field-w").fill("2")

    expect(page.locator("#status")).to_contain_text("Python does not run here", timeout=STARTING)
    expect(page.locator("#now-a")).to_have_text("0.75")
    expect(page.locator("#now-a")).not_to_have_css("font-size", "0px")
    expect(page.locator("#field-w")).to_have_value("2")
    page.locator("#stepper [data-by='1']").click()
    expect(page.locator("#saying")).to_contain_text("Step 6 of 6")
    context.close()


def test_the_page_is_complete_without_javascript(chromium: Browser, address: str) -> None:
    with reading(chromium, address, java_script_enabled=False) as page:
        for button in page.locator("[data-do]").all():
            expect(button).to_be_hidden()
        expect(page.locator("#status")).to_be_hidden()
        expect(page.locator(".derivation li")).to_have_count(9)
        expect(page.locator("#now-a")).to_have_text("0.75")
        expect(page.locator("#loop svg").first).to_contain_text("0.75")
        expect(page.locator("#curve svg")).to_contain_text("0")
        page.locator(".all-steps summary").click()
        expect(page.locator("#steps tr")).to_have_count(6)
        expect(page.locator("#steps tr").first).to_be_visible()
        page.locator("#exercise-1 summary", has_text="Solution").click()
        expect(page.locator("#exercise-1 details[open] p").first).to_be_visible()
        page.locator(".derivation summary").first.click()
        expect(page.locator(".derivation .why").first).to_be_visible()
        page.locator("label", has_text="only what is necessary").click()
        expect(page.locator(".claim.convention")).to_be_hidden()
        page.locator("label", has_text="Dark").click()
        expect(page.locator("html")).to_have_css("color-scheme", "dark")


# the reader's choices


def test_only_what_is_necessary_hides_the_rest_and_says_so(page: Page) -> None:
    page.locator("label", has_text="only what is necessary").click()

    expect(page.locator(".claim.necessary").first).to_be_visible()
    expect(page.locator(".claim.convention")).to_be_hidden()
    expect(page.locator(".hidden-count")).to_have_text("1 convention hidden")
    expect(page.locator(".left-out")).to_be_visible()

    page.locator("label", has_text="everything").click()
    expect(page.locator(".claim.convention")).to_be_visible()
    expect(page.locator(".left-out")).to_be_hidden()


def test_the_theme_is_remembered(chromium: Browser, address: str) -> None:
    with reading(chromium, address, color_scheme="light") as page:
        paper = page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
        page.locator("label", has_text="Dark").click()
        expect(page.locator("body")).not_to_have_css("background-color", paper)
        page.reload()
        expect(page.locator("body")).not_to_have_css("background-color", paper)
        page.goto(address)
        expect(page.locator("body")).not_to_have_css("background-color", paper)
        page.locator("label", has_text="Light").click()
        expect(page.locator("body")).to_have_css("background-color", paper)


def test_the_theme_works_where_storage_is_refused(chromium: Browser, address: str) -> None:
    refuse = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    with reading(chromium, address) as page:
        page.add_init_script(refuse)
        page.reload()
        page.locator("label", has_text="Dark").click()
        expect(page.locator("html")).to_have_css("color-scheme", "dark")


def test_the_rail_marks_the_section_that_is_read(page: Page) -> None:
    page.locator(".rail nav a", has_text="Update").click()
    expect(page.locator(".rail nav [aria-current]")).to_have_text("Update")
    page.locator(".rail nav a", has_text="Error").click()
    expect(page.locator(".rail nav [aria-current]")).to_have_text("Error")


# the address


def test_a_link_brings_numbers_and_writes_them(chromium: Browser, address: str) -> None:
    with reading(chromium, address) as page:
        page.goto(f"{address}{CHAPTER}#w=2&eta=1e-1")
        ready(page)
        expect(page.locator("#now-w")).to_have_text("2")
        expect(page.locator("#now-eta")).to_have_text("0.1")
        expect(page.locator("#now-x")).to_have_text("0.5")
        page.locator("#field-t").fill("-1")
        expect(page.locator("#now-t")).to_have_text(f"{MINUS}1")
        page.locator("[data-do=link]").click()
        assert page.url.endswith("#x=0.5&w=2&t=-1&eta=1e-1")
        expect(page.locator("#link-status")).to_contain_text("address")


def test_the_sentence_about_a_link_goes_with_the_next_number(page: Page) -> None:
    page.locator("[data-do=link]").click()
    expect(page.locator("#link-status")).to_contain_text("address")

    page.locator("#field-x").fill("0.75")

    expect(page.locator("#link-status")).to_be_empty()
    expect(page.locator("#numbers-status")).to_have_text("These are your numbers.")
    page.locator("#numbers [type=reset]").click()
    expect(page.locator("#numbers-status")).to_have_text("These are the printed numbers.")
    page.evaluate("() => history.replaceState(null, '', location.pathname)")


@pytest.mark.parametrize("damaged", ["w=abc", "w", "w=1&w=2", "q=1", "w=%E0%A4", "w=1=2", "w=" + "1" * 300, "w=inf"])
def test_a_damaged_link_gives_a_message_and_the_printed_numbers(page: Page, damaged: str) -> None:
    page.evaluate("(text) => { location.hash = text; }", f"x=2&{damaged}")

    expect(page.locator("#link-status")).to_contain_text("damaged")
    expect(page.locator("#now-x")).to_have_text("0.5")
    expect(page.locator("#field-x")).to_have_value("0.5")
    expect(page.locator("#numbers [aria-invalid=true]")).to_have_count(0)
    page.evaluate("() => history.replaceState(null, '', location.pathname)")


def test_an_anchor_stays_an_anchor(chromium: Browser, address: str) -> None:
    with reading(chromium, address) as page:
        page.goto(f"{address}{CHAPTER}#update")
        expect(page.locator("#update")).to_be_in_viewport()
        expect(page.locator("#status")).to_contain_text("Printed numbers")


def test_wrong_numbers_give_no_link(page: Page) -> None:
    page.locator("#field-x").fill("much")
    expect(page.locator("#mend-x")).not_to_be_empty()
    page.locator("[data-do=link]").click()

    expect(page.locator("#link-status")).to_contain_text("mended")
    assert "#" not in page.url


# the same bits


def test_the_page_computes_the_same_bits(chromium: Browser, address: str) -> None:
    counts = [1, 100, 5000]
    starts = [{}, {"eta": 0.3}, {"x": 0.1, "w": 1 / 3, "t": -0.7, "eta": 0.01}, {"x": -1e-3, "w": 1e5, "eta": 1e3}]
    data = json.loads(next(BOOK.glob("a/*/chapter-1.json")).read_text())
    program = Program(data["programs"][""], data["code"], tuple(data["steps"]))
    expected = [bits(program, count, start) for count in counts for start in starts]

    with reading(
        chromium, address, bypass_csp=True
    ) as page:  # our own Pyodide on the page's thread: its policy forbids it
        actual = page.evaluate(RUN_IN_PAGE, [counts, starts])

    assert actual == expected


def bits(program: Program, count: int, start: dict[str, float]) -> dict[str, str]:
    made = program.after(count, **start)
    return {name: float(value).hex() for name, value in (made.values | {"next": made.became["w"]}).items()}


RUN_IN_PAGE = """async ([counts, starts]) => {
    const { assets, pyodide } = document.documentElement.dataset;
    const at = (url) => new URL(url, document.baseURI).href;
    const { loadPyodide } = await import(at(pyodide + "pyodide.mjs"));
    const python = await loadPyodide({ indexURL: at(pyodide) });
    python.FS.writeFile("/page.zip", new Uint8Array(await (await fetch(at(assets + "page.zip"))).arrayBuffer()));
    const chapter = await (await fetch(at(document.querySelector("[data-chapter]").dataset.chapter))).text();
    python.globals.set("given", JSON.stringify([JSON.parse(chapter), counts, starts]));
    return JSON.parse(python.runPython(`
import json, sys
sys.path.insert(0, "/page.zip")
from neuronwise.book.program import Program
chapter, counts, starts = json.loads(given)
program = Program(chapter["programs"][""], chapter["code"], tuple(chapter["steps"]))
after = [program.after(count, **start) for count in counts for start in starts]
json.dumps([{n: float(v).hex() for n, v in (one.values | {"next": one.became["w"]}).items()} for one in after])
`));
}"""


# for everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chromium: Browser, address: str, scheme: Any) -> None:  # noqa: ANN401 - a literal type
    with reading(
        chromium, address, color_scheme=scheme, bypass_csp=True
    ) as page:  # axe is injected: our policy forbids it
        page.add_script_tag(path=AXE)
        for width in (1440, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == []

        use_everything(page)
        for width in (1440, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == []


def use_everything(page: Page) -> None:
    """Open, pin, step, mistype, answer: the page in all its states at once."""
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.locator("#track-3").click()
    ready(page)
    at_step(page, 3)
    page.locator("#field-eta").fill("0,25")
    expect(page.locator("#mend-eta")).not_to_be_empty()
    page.locator("#exercise-1 input").fill("2")
    page.locator("#exercise-1 button").click()
    expect(page.locator("#feedback-1")).not_to_be_empty()
    page.locator("[data-do=fault]").click()
    expect(page.locator("#planted")).not_to_be_empty()
    page.locator(".equation math [data-sym=w]").first.click()
    page.locator(".equation math [data-sym=a]").first.hover()


def violations(page: Page) -> list[str]:
    found = page.evaluate("""async () => (await axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations""")
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("path", ["", "errata/", "no-such-page"])
def test_axe_finds_nothing_on_the_other_pages(chromium: Browser, address: str, path: str) -> None:
    for scheme in ("light", "dark"):
        context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        page.goto(address + path)
        page.add_script_tag(path=AXE)
        for width in (1440, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == []
            assert sideways(page) == 0
        context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_number_that_is_not_right_shows_its_verdict_without_scrolling(
    chromium: Browser, address: str, width: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.goto(f"{address}errata/")

    boxes = [verdict.bounding_box() for verdict in page.locator(".not-right td:last-child").all()]

    assert len(boxes) == 6  # Mazur's five, one of Han's
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    page.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280, 1920])
def test_no_width_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})

    assert sideways(page) == 0
    page.set_viewport_size({"width": 1440, "height": 900})


def test_long_numbers_do_not_scroll_the_page_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    for name, text in {"x": "0.123456789", "w": "-1000000000", "t": "987654321.123", "eta": "1e-9"}.items():
        page.locator(f"#field-{name}").fill(text)
    expect(page.locator("#now-w")).to_have_text(f"{MINUS}1e9")
    expect(page.locator("#now-eta")).to_have_text("1e-9".replace("-", MINUS))

    assert sideways(page) == 0
    page.locator("#numbers [type=reset]").click()
    page.set_viewport_size({"width": 1440, "height": 900})


def sideways(page: Page) -> int:
    pixels: int = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    return pixels


def test_targets_are_large_enough(page: Page) -> None:
    small = page.evaluate("""() => [...document.querySelectorAll('button, input, summary, .theme label')]
        .filter((one) => one.checkVisibility() && one.type !== 'radio')
        .map((one) => [one.textContent, one.getBoundingClientRect()])
        .filter(([, box]) => box.height < 24 || box.width < 24).map(([text]) => text)""")

    assert small == []
