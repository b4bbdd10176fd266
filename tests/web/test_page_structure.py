"""What a person needs who cannot see the page, or uses no mouse: told from the pages' own elements."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from rater_browser import Page

STATIC = Path(__file__).resolve().parents[2] / "webapp" / "static"


@pytest.fixture
def pages(site):
    browser = site.browser()
    found = {"welcome": browser.get(f"/r/{browser.token}").text}
    found["rate"] = browser.begin().text
    found["unanswered"] = browser.send("/rate").text
    found["again"] = browser.answer("A").text
    found["break"] = browser.send("/break").text
    browser.get("/rate")
    while browser.item:
        browser.answer("TIE")
    found["done"] = browser.text
    found["left"] = browser.send("/leave").text
    found["error"] = browser.get("/nowhere").text
    return {name: (text, Page(text)) for name, text in found.items()}


def test_pages_have_a_language_a_title_one_heading_and_landmarks(pages):
    for name, (text, page) in pages.items():
        assert page.all("html", lang="en"), name
        assert re.search(r"<title>[^<]{5,}</title>", text), name
        assert len(page.all("h1")) == len(page.all("main", id="main")) == 1, name
        assert len(page.all("header")) == len(page.all("footer")) == 1, name
        assert page.all("a", href="#main"), name
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
        assert all(after <= before + 1 for before, after in pairwise(levels)), name


def test_ids_are_unique_and_what_refers_to_them_finds_them(pages):
    for name, (_, page) in pages.items():
        ids = Counter(own["id"] for _, own in page.elements if "id" in own)
        assert set(ids.values()) <= {1}, name
        wanted = [own[key] for _, own in page.elements for key in ("for", "aria-labelledby", "form") if key in own]
        assert set(wanted) <= set(ids), name


def test_every_control_has_a_name(pages):
    for name, (text, page) in pages.items():
        within = re.findall(r"<label[^>]*>\s*<input[^>]*>[^<]*[^<\s]|<label[^>]*>\s*<input[^>]*>\s*<span>[^<]+", text)
        visible = [own for own in page.all("input") if own.get("type") != "hidden"]
        assert len(within) == len(visible), name
        labelled = {own.get("for") for own in page.all("label")}
        assert all(own["id"] in labelled for tag in ("textarea", "progress") for own in page.all(tag)), name
        assert text.count("<fieldset") == text.count("<legend"), name
        assert not re.search(r"<button[^>]*>\s*</button>", text), name


def test_faults_are_named_for_their_option_and_column(pages):
    text, page = pages["rate"]
    legends = re.findall(r"<legend>(.*?)</legend>", text)
    names = [re.sub(r"<[^>]+>", "", legend) for legend in legends]
    assert len(set(names)) == len(names)
    assert len(page.all("details")) == 1 + (len(names) - 1) / 2  # the schema, and one for both options of a row


def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(pages):
    for name, (text, page) in pages.items():
        loaded = [own.get("src") or own.get("href") for tag, own in page.elements if tag in ("script", "link", "img")]
        assert all(path.startswith("/static/") for path in loaded), name
        assert not re.search(r"<style|style=|\son\w+=|javascript:|https?://", text), name


def test_own_files_load_nothing_from_elsewhere():
    for file in STATIC.iterdir():
        assert not re.search(r"@import|url\(|https?://(?!www\.w3\.org/2000/svg)", file.read_text()), file.name


def _luminance(color: str) -> float:
    """Relative luminance of WCAG 2.2, from #rrggbb."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_counted_as_published():
    # The WCAG's own examples: black on white is 21, and #767676 on white is the lightest grey that has 4.5.
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_colours_have_enough_contrast_in_light_and_dark():
    themes = re.findall(r"--page:.*?\n.*?\n", (STATIC / "rating.css").read_text())
    assert len(themes) == 2
    for theme in themes:
        colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", theme))
        for ground in ("page", "surface", "shade"):
            for ink in ("text", "muted"):
                assert _contrast(colors[ink], colors[ground]) >= 4.5, (ink, ground)
            # Borders of controls and the focus ring: 3 to 1 is enough.
            for line in ("strong", "accent"):
                assert _contrast(colors[line], colors[ground]) >= 3, (line, ground)
        assert _contrast(colors["on-accent"], colors["accent"]) >= 4.5
        assert _contrast(colors["said-text"], colors["said"]) >= 4.5
