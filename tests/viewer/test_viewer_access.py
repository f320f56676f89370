"""The page is for everyone: axe finds nothing, contrasts are enough, labels are whole, the keyboard reaches all."""

import itertools

import pytest
from browsing import CONTRASTS, absent, expect
from viewer_pages import POLLED, TWO_RUNS, UNANSWERED

SIZES = tuple(itertools.product(("light", "dark"), (360, 1300)))
VIEWS = "vraedw"

CLIPPED = """
() => [...document.querySelectorAll("body *")].filter((element) => {
  const { overflowX, textOverflow, position, width } = getComputedStyle(element);
  if (!element.checkVisibility() || element.scrollWidth <= element.clientWidth || !element.clientWidth) return false;
  if (overflowX === "auto" || overflowX === "scroll" || overflowX === "visible") return false;
  const text = element.textContent.trim();
  if (!text || element.matches("input, select, .plot, .row")) return false;
  const title = element.closest("[title]")?.title ?? "";
  return !title.replace(/\\s+/g, " ").includes(text.replace(/\\s+/g, " ").replace(/\\.\\.\\.$/, ""));
}).map((element) => `${element.className}: ${element.textContent.slice(0, 80)}`)
"""
"""Elements whose text is cut off, where no tooltip has the whole of it."""

OUTSIDE = """
() => [...document.querySelectorAll(".ruler span, .row > *")].filter((element) => {
  const outer = element.parentElement.getBoundingClientRect(), inner = element.getBoundingClientRect();
  return element.checkVisibility() && element.textContent.trim() && inner.right > outer.right + 1;
}).map((element) => element.textContent)
"""
"""Labels that reach beyond what they stand in."""


@pytest.fixture
def violations():
    """What axe-core finds in a page."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        absent("the package axe-playwright-python")

    def found(page):
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in Axe().run(page).response["violations"]]

    return found


def panes(page, width):
    """The panes, one after the other where only one of them is shown."""
    if width > 1024:
        yield "all"
        return
    for name in ("List", "Conversation", "Details"):
        page.get_by_role("navigation", name="Panes").get_by_role("button", name=name).click()
        yield name


@pytest.mark.parametrize("source", ["cassette", "tests"])
def test_axe_finds_nothing_in_any_view(show, opened, violations, request, source):
    page = show(POLLED) if source == "cassette" else opened(request.getfixturevalue("page_of_tests"))
    for scheme, width in SIZES:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        for pane in panes(page, width):
            assert violations(page) == [], (scheme, width, pane)
            assert page.evaluate(CONTRASTS) == [], (scheme, width, pane)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (scheme, width, pane)


@pytest.mark.parametrize("key", VIEWS)
def test_axe_finds_nothing_in_any_details(show, violations, key):
    page = show(TWO_RUNS)
    for press in ("3", "j", "j", key, "]" if key in "ed" else "Shift"):
        page.keyboard.press(press)
    page.emulate_media(color_scheme="dark" if key in "rew" else "light")
    assert violations(page) == []
    assert page.evaluate(CONTRASTS) == []


def test_axe_finds_nothing_in_the_list_of_keys(show, violations):
    page = show(TWO_RUNS)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


LONG = "a-word-that-is-longer-than-any-place-for-it-" * 8


@pytest.mark.parametrize("width", [360, 900, 1400])
def test_no_label_is_cut_off_without_a_tooltip(show, opened, page_of_tests, width):
    long = TWO_RUNS.replace("A short one", LONG).replace("asst_1", f"asst_{LONG}")
    for page, keys in ((show(UNANSWERED), "3je"), (show(long), "3jje"), (opened(page_of_tests), "jj")):
        page.set_viewport_size({"width": width, "height": 800})
        for key in keys:
            page.keyboard.press(key)
        for pane in panes(page, width):
            assert page.evaluate(CLIPPED) == [], pane
            assert page.evaluate(OUTSIDE) == [], pane
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_tab_reaches_every_control_with_a_ring_around_it_and_leaves_again(show):
    page = show(TWO_RUNS)
    page.keyboard.press("2")
    page.keyboard.press("Home")
    page.evaluate("document.activeElement.blur()")
    controls = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, summary, [tabindex='0']")]
        .filter((element) => element.tabIndex >= 0 && element.checkVisibility()).length"""
    )
    seen = set()
    has_left = False
    for _ in range(2 * controls + 10):  # it begins where the focus was last
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => { const element = document.activeElement;
            window.places ??= new Map();
            if (!window.places.has(element)) window.places.set(element, window.places.size);
            return [element.tagName, window.places.get(element), getComputedStyle(element).outlineStyle]; }"""
        )
        if focused[0] == "BODY":
            has_left = True
            continue
        assert focused[2] == "solid", focused
        seen.add(focused[1])
    assert len(seen) >= controls
    assert has_left
