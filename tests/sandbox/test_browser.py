"""The sandbox in a real browser: what scripts, cookies and frames do there."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.flows.browser import chromium

pytestmark = pytest.mark.browser


@pytest.fixture
def page() -> Iterator[Any]:
    with chromium() as browser:
        yield browser.new_page()


def test_a_tool_is_registered_chosen_from_and_launched(tool: Any, page: Any) -> None:
    page.goto(f"{tool.sandbox_url}/as/ines?next=/admin/tools")
    page.get_by_label("Registration URL of the tool").fill(f"{tool.url}/register")
    page.get_by_role("button", name="Add LTI Advantage tool").click()
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Registered").wait_for()
    frame.locator("body").evaluate("parent.postMessage({subject: 'org.imsglobal.lti.close'}, '*')")
    page.get_by_role("heading", name="Probe Tool").wait_for()

    page.goto(f"{tool.sandbox_url}/as/tomas?next=/courses/2/add/1")
    page.frame_locator("iframe").get_by_role("heading", name="Choose").wait_for()
    # Cross-site: the Lax cookie stays at home, so that the sandbox must post the form to itself.
    page.frame_locator("iframe").locator("form").evaluate("form => form.submit()")
    page.wait_for_url("**/courses/2")
    page.get_by_role("link", name="Line of sight").click()
    expect(page.frame_locator("iframe").get_by_role("heading", name="Launched")).to_be_visible()


def test_every_page_is_accessible(course: Any, page: Any) -> None:
    places = [("ines", "/login"), ("ines", "/"), ("ines", "/admin/tools"), ("tomas", "/courses/2")]
    places += [("tomas", "/courses/2/add"), ("tomas", "/courses/2/gradebook"), ("amara", "/courses/2")]
    places += [("amara", "/courses/2/activities/1"), ("amara", "/courses/2/gradebook"), ("amara", "/nothing")]
    for username, path in places:
        page.goto(f"{course.sandbox_url}/as/{username}?next={path}")
        found = Axe().run(page, options={"iframes": False}).response["violations"]
        assert not [(path, violation["id"]) for violation in found]
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wider == 0, f"{path} is wider than {width} px"
