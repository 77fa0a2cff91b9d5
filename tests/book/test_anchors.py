"""Tests of neuronwise.book.anchors: what readers can reply to in a chapter's page."""

import re

from neuronwise.book import document as d
from neuronwise.book.pages import body


def test_every_section_formula_and_derivation_can_be_replied_to(chapter: d.Chapter) -> None:
    sections = body(chapter)["sections"]
    page = "".join(f'<h2 id="{section["id"]}">{section["html"]}{section["marker"]}' for section in sections)
    kinds = [type(block) for block in chapter.blocks()]

    markers = re.findall(r"<!-- replies-to-([a-z0-9-]+): (.+?) -->", page)

    assert len(markers) == len(sections) + kinds.count(d.Equation) + kinds.count(d.Derived)
    assert [page.count(f' id="{identity}"') for identity, _ in markers] == [1] * len(markers)
    assert ("formula-e", "E = abs(t − a)") in markers
    assert ("derivation-de-dw", "the derivation of dE/dw") in markers
    assert ("slope", "1.3 What is a slope?") in markers
