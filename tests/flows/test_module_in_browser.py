"""Module 1 in a real Chromium: light and dark, wide and narrow, by keyboard alone, and with autosave."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.builders import Visitor
from tests.conftest import SetClock
from tests.flows.browser import Served, chromium, serving
from tests.web.module_one import BRIEF, MODULE, PROMISE, SNAPSHOT, charter, hand_in

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = {
    "home": "/learn/",
    "brief": f"{MODULE}/brief",
    "snapshot": f"{MODULE}/snapshot",
    "result": f"{MODULE}/snapshot",
    "artefact": f"{MODULE}/artefact",
    "artefact with gaps": f"{MODULE}/artefact",
    "commitment": f"{MODULE}/commitment",
    "closing": f"{MODULE}/commitment",
}
LIGHT, DARK = (f"document.documentElement.dataset.bsTheme = '{theme}'" for theme in ("light", "dark"))
OPEN_ALL = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"
HANDED_IN = {
    "result": [("snapshot", SNAPSHOT)],
    "artefact with gaps": [("artefact", {**charter(), "goals.0.target": "14", "roles.1.owns": ""})],
    "closing": [("commitment", PROMISE)],
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("browser"), SetClock()) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def visitor(served: Served) -> Visitor:
    return served.build.visitor()


def prepare(served: Served, visitor: Visitor, name: str) -> None:
    """Do what comes before the page called `name`, without a browser."""
    served.app.config["WTF_CSRF_ENABLED"] = False
    client = visitor.sign_in(served.app.test_client())
    for activity, values in HANDED_IN.get(name, []):
        hand_in(client, activity, values)
    served.app.config["WTF_CSRF_ENABLED"] = True


def violations(page: Page) -> list[str]:
    found: Any = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [f"{one['id']}: {node['html']}" for one in found.response["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(
    served: Served, browser: Browser, visitor: Visitor, name: str, width: int, *, dark: bool
) -> None:
    prepare(served, visitor, name)
    page = served.open(browser, visitor, width=width)
    page.goto(PAGES[name])
    if name == "artefact with gaps":
        page.get_by_role("button", name="Hand in").click()
        expect(page.get_by_text("Choose a target that differs").first).to_be_visible()
    page.wait_for_load_state()
    page.evaluate(OPEN_ALL)
    page.evaluate(DARK if dark else LIGHT)
    assert violations(page) == []
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_at_320_pixels(
    served: Served, browser: Browser, visitor: Visitor, name: str
) -> None:
    prepare(served, visitor, name)
    page = served.open(browser, visitor, width=320)
    page.goto(PAGES[name])
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.close()


def tab_to(page: Page, field: str) -> None:
    """Press Tab until the field has the focus."""
    for _press in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id || document.activeElement.value") == field:
            return
    raise AssertionError(f"{field} cannot be reached by keyboard")


def test_a_promise_can_be_made_by_keyboard_alone(served: Served, browser: Browser, visitor: Visitor) -> None:
    page = served.open(browser, visitor)
    page.goto(PAGES["commitment"])
    for field in ("promise", "noticed_by", "measure", "due", "obstacle", "plan"):
        tab_to(page, field)
        page.keyboard.type("12142026" if field == "due" else PROMISE[field])
    tab_to(page, "hand-in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your promise stands")).to_be_visible()
    expect(page.get_by_role("heading", name=PROMISE["promise"])).to_be_visible()
    page.context.close()


def test_what_is_missing_is_where_the_focus_goes(served: Served, browser: Browser, visitor: Visitor) -> None:
    page = served.open(browser, visitor)
    page.goto(PAGES["artefact"])
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("complementary", name="Before you hand in")).to_be_focused()
    page.get_by_role("link", name="Team name: Give the team the name people use for it.").click()
    expect(page.get_by_label("Team name")).to_be_focused()
    page.context.close()


def test_words_are_kept_while_typing(served: Served, browser: Browser, visitor: Visitor) -> None:
    page = served.open(browser, visitor)
    page.goto(PAGES["brief"])
    page.get_by_label("What will you try?").fill(BRIEF["answer"])
    expect(page.locator("[data-saved-state]")).to_contain_text("Saved at")
    page.reload()
    expect(page.get_by_label("What will you try?")).to_have_value(BRIEF["answer"])
    page.get_by_role("button", name="Keep it and go on").click()
    expect(page.get_by_role("heading", name="How do you see it today?")).to_be_visible()
    page.context.close()


def test_words_that_cannot_be_kept_are_said_to_be_unsaved_and_kept_later(
    served: Served, browser: Browser, visitor: Visitor
) -> None:
    page = served.open(browser, visitor)
    page.goto(PAGES["brief"])
    page.context.set_offline(True)
    page.get_by_label("What will you try?").fill(BRIEF["answer"])
    expect(page.locator("[data-saved-state]")).to_contain_text("Not saved")
    page.context.set_offline(False)
    page.get_by_label("What will you try?").press("End")
    page.get_by_label("What will you try?").type(" Then ask again.")
    expect(page.locator("[data-saved-state]")).to_contain_text("Saved at")
    page.context.close()


def test_a_second_window_is_told_and_asked(served: Served, browser: Browser, visitor: Visitor) -> None:
    first = served.open(browser, visitor)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(PAGES["brief"])
    first.get_by_label("What will you try?").fill("From the first window")
    expect(first.locator("[data-saved-state]")).to_contain_text("Saved at")
    second.get_by_label("What will you try?").fill("From the second window")
    expect(second.locator("[data-saved-state]")).to_contain_text("changed in another window")
    second.get_by_role("button", name="Keep it and go on").click()
    expect(second.get_by_role("heading", name="This was changed in another window")).to_be_visible()
    assert violations(second) == []
    second.get_by_role("button", name="Go on with this window’s words").click()
    expect(second.get_by_label("What will you try?")).to_have_value("From the second window")
    first.context.close()


def test_words_are_counted_and_names_follow_while_typing(
    served: Served, browser: Browser, visitor: Visitor
) -> None:
    page = served.open(browser, visitor)
    page.goto(PAGES["artefact"])
    page.get_by_label("Purpose").fill("We move food before it warms")
    expect(page.locator("[data-counts=purpose]")).to_have_text("6 of 60 words")
    page.evaluate(OPEN_ALL)
    page.get_by_label("Priority 1").fill("Safe nights")
    expect(page.locator("[id='goals.0.parent'] option").nth(1)).to_have_text("Safe nights")
    page.context.close()


def test_the_charter_can_be_written_without_javascript(
    served: Served, browser: Browser, visitor: Visitor
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=served.url)
    served.sign_in(context, visitor)
    page = context.new_page()
    page.goto(PAGES["artefact"])
    page.locator("#part-goals > summary").click()
    page.locator("[id='goals.0.statement']").fill("Everyone on nights can stop the line safely")
    page.get_by_role("button", name="Add another goal").click()
    expect(page.locator("[id='goals.2.statement']")).to_be_visible()
    page.get_by_role("button", name="Remove Goal 2").click()
    expect(page.locator("[id='goals.0.statement']")).to_have_value(
        "Everyone on nights can stop the line safely"
    )
    context.close()
