"""The whole road in a real Chromium: two sites, iframes, third-party cookies blocked."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect, sync_playwright

from plugin.sandbox import work
from plugin.sandbox.keys import PlatformKey
from tests.flows.browser import CHROMIUM, QUIET
from tests.flows.road import Road, open_road

pytestmark = pytest.mark.browser

NO_THIRD_PARTY_COOKIES = "--test-third-party-cookie-phaseout"


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    with open_road(tmp_path, PlatformKey()) as opened:
        yield opened


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[BrowserContext]:
    """A profile of its own, in which only partitioned cookies reach a frame of another site."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            args=[*QUIET, NO_THIRD_PARTY_COOKIES],
            viewport={"width": 1280, "height": 900},
        )
        yield context
        context.close()


def open_as(page: Page, road: Road, username: str, path: str) -> None:
    page.goto(f"{road.lms}/as/{username}?next={path}")


def connect(page: Page, road: Road) -> None:
    page.goto(road.setup_url)
    page.get_by_label("Your organization's name").fill("Northgate Logistics")
    page.get_by_role("button", name="Go on").click()
    link = page.get_by_label("Registration link").input_value()
    open_as(page, road, "ines", "/admin/tools")
    page.get_by_label("Registration URL of the tool").fill(link)
    page.get_by_role("button", name="Add LTI Advantage tool").click()
    page.frame_locator("iframe").get_by_role("button", name="Connect").click()
    expect(page.get_by_role("heading", name="Leadline", exact=True)).to_be_visible()


def add_step(page: Page, road: Road) -> None:
    open_as(page, road, "tomas", f"/courses/2/add/{road.tour.tool_id()}")
    frame = page.frame_locator("iframe")
    frame.get_by_label("1 Line of sight").check()
    frame.get_by_role("button", name="Add to my course").click()
    expect(page.get_by_role("link", name="1 Line of sight")).to_be_visible()


def launch(page: Page, road: Road, username: str) -> FrameLocator:
    open_as(page, road, username, "/courses/2")
    page.get_by_role("link", name="1 Line of sight").click()
    return page.frame_locator("iframe")


def test_a_person_connects_adds_launches_works_and_sees_the_grade(
    road: Road, browser: BrowserContext
) -> None:
    page = browser.new_page()
    connect(page, road)
    add_step(page, road)
    frame = launch(page, road, "amara")
    frame.get_by_label("What will you try?").fill(work.BRIEF)
    frame.get_by_role("button", name="Keep it and go on").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("How do you see it today?")
    open_as(page, road, "tomas", "/courses/2/gradebook")
    row = page.get_by_role("row", name="Amara Osei")
    for _attempt in range(50):
        if "5" in row.inner_text():
            break
        page.wait_for_timeout(200)
        page.reload()
    expect(row).to_contain_text("5")


def test_the_frame_shows_the_platform_only_what_a_launch_proved(road: Road, browser: BrowserContext) -> None:
    """A page of the learner in a frame of a site that never launched us is not shown."""
    page = browser.new_page()
    road.connect("m1")
    launch(page, road, "amara").get_by_role("heading", level=1).wait_for()
    tool_page = page.frames[-1].url
    page.goto(f"{road.lms.replace('localhost', '127.0.0.1')}/login")
    page.evaluate(
        "url => { const f = document.createElement('iframe'); f.src = url; document.body.append(f); }",
        tool_page,
    )
    page.wait_for_timeout(500)
    assert "Line of sight" not in page.frame_locator("iframe").locator("body").inner_text()


def test_where_cookies_do_not_come_back_the_same_visit_goes_on_in_a_window_of_its_own(
    road: Road, browser: BrowserContext
) -> None:
    road.connect("m1")
    page = browser.new_page()
    open_as(page, road, "amara", "/courses/2")
    initiation = BeautifulSoup(
        page.request.get(f"{road.lms}/courses/2/activities/1/launch").text(), "html.parser"
    )
    fields = {str(field["name"]): str(field["value"]) for field in initiation.select("form input[name]")}
    page.goto(f"{road.tool}/lti/login?{urlencode({**fields, 'cookie_test': '1'})}")
    with browser.expect_page() as opened:
        page.get_by_role("link", name="Open in a new window").click()
    expect(opened.value.get_by_label("What will you try?")).to_be_visible()
