"""The pages around the work in a real Chromium: refusals, connecting a platform, set-up, choosing steps.

One tab shows them all, one after the other: opening tabs is what takes time.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import request
from playwright.sync_api import FrameLocator, Page, expect

from lti.errors import WORDS, LaunchRefused, Reason
from lti.keys import ensure_key
from lti.models import Invitation
from lti.registration import hash_token
from plugin.first_setup import setup_token
from tests.builders import BASE
from tests.conftest import NOW, SetClock
from tests.fakes.http import CannedHttp
from tests.flows.browser import Served, chromium, serving, sign_in_address

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LMS = "https://a-learning-platform-with-a-long-name.northgate-logistics.example"
CONFIGURATION_URL = f"{LMS}/mod/lti/openid-configuration.php"
PLATFORM: dict[str, Any] = {
    "issuer": LMS,
    "authorization_endpoint": f"{LMS}/mod/lti/auth.php",
    "token_endpoint": f"{LMS}/mod/lti/token.php",
    "jwks_uri": f"{LMS}/mod/lti/certs.php",
    "registration_endpoint": f"{LMS}/mod/lti/openid-registration.php",
    "https://purl.imsglobal.org/spec/lti-platform-configuration": {"product_family_code": "moodle"},
}
ASKED = f"?openid_configuration={CONFIGURATION_URL}"
LOGIN = f"/lti/login?iss={BASE}&login_hint=3&target_link_uri="
DEEP_LINKING = {
    "deep_link_return_url": f"{BASE}/return?course=1",
    "accept_types": ["ltiResourceLink"],
    "accept_multiple": True,
    "data": None,
}
KNOW_THE_WAY_BACK = {Reason.MESSAGE_INVALID, Reason.DEPLOYMENT_WAITING, Reason.PERSON_INACTIVE}
AXE = """async (rules) => {
  const found = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}`));
}"""
# Links inside a text may be smaller, everything else is 44 px high; a tick has its label.
TOO_SMALL = """[...document.querySelectorAll("a, button, label.ll-tap, input:not([type=hidden])")]
  .filter((one) => one.offsetParent && !one.matches(".ll-skip, .form-check-input"))
  .filter((one) => one.getBoundingClientRect().height < 44)
  .map((one) => one.outerHTML)"""


@dataclass
class Stage:
    """What the pages are shown with: the application, a tab, and a platform that answers."""

    served: Served
    page: Page
    platform: CannedHttp

    def visit(self, path: str) -> None:
        """Open an address with the session there is, if any."""
        self.page.goto(path)

    def visit_as_nobody(self, path: str) -> None:
        self.page.context.clear_cookies()
        self.visit(path)

    def visit_as(self, path: str, **launch: Any) -> None:
        """Open an address right after a launch."""
        self.visit(sign_in_address(self.served.build.visitor(**launch)))
        self.visit(path)

    def visit_picker(self, settings: dict[str, Any]) -> None:
        visitor = self.served.build.visitor(deep_linking=settings)
        self.visit(sign_in_address(visitor))
        self.visit(f"/choose/deep-link/{visitor.launch.id}")

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button).click()

    def see(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    @property
    def platform_url(self) -> str:
        """Our own server under another name: another site to the browser, and on this machine."""
        return self.served.url.replace("127.0.0.1", "localhost")

    @property
    def setup(self) -> str:
        return f"/setup/{setup_token(self.served.app.extensions['leadline.config'])}"

    def invite(self, token: str) -> str:
        """Make a registration link."""
        self.served.build.add(
            Invitation(
                organization_id=self.served.build.organization().id,
                token_hash=hash_token(token),
                expires_at=NOW + timedelta(days=7),
                created_at=NOW,
            )
        )
        return f"/lti/register/{token}"


def set_up_without_a_name(stage: Stage) -> None:
    stage.visit(stage.setup)
    stage.press("Go on")
    stage.see("An organization needs a name")


def set_up(stage: Stage) -> None:
    stage.visit(stage.setup)
    stage.page.get_by_label("Your organization's name").fill("Northgate Logistics and Warehousing")
    stage.press("Go on")


def set_up_again(stage: Stage) -> None:
    stage.served.build.organization()
    stage.visit(stage.setup)


def registration_failed(stage: Stage) -> None:
    stage.visit(stage.invite("refused") + ASKED)
    endpoint = PLATFORM["registration_endpoint"]
    granted = stage.platform.answers[endpoint]
    stage.platform.answers[endpoint] = (400, {"error": "missing_domain" * 20})
    stage.press("Connect")
    stage.see("What the platform said")
    stage.platform.answers[endpoint] = granted


def registered(stage: Stage) -> None:
    stage.visit(stage.invite("granted") + ASKED)
    stage.press("Connect")


def picker(settings: dict[str, Any]) -> Callable[[Stage], None]:
    return lambda stage: stage.visit_picker(settings)


def nothing_chosen(stage: Stage) -> None:
    picker(DEEP_LINKING)(stage)
    stage.press("Add to my course")
    stage.see("Choose at least one step")


def chosen(stage: Stage) -> None:
    picker(DEEP_LINKING)(stage)
    stage.page.get_by_label("1 Line of sight").check()
    stage.press("Add to my course")  # and stays here: the platform answers 204


def refused(reason: Reason) -> Callable[[Stage], None]:
    return lambda stage: stage.visit_as_nobody(f"/test/refused/{reason}")


# Each page with words of its heading. In this order: set-up is open only until there is an organization.
PAGES: dict[str, tuple[str, Callable[[Stage], None]]] = {
    "set-up": ("Leadline runs", lambda stage: stage.visit(stage.setup)),
    "set-up without a name": ("Leadline runs", set_up_without_a_name),
    "set-up done": ("Now connect your learning platform", set_up),
    "set-up again": ("That did not work", set_up_again),
    "registration link": ("Give this link", lambda stage: stage.visit(stage.invite("a" * 43))),
    "registration": ("Connect Leadline to", lambda stage: stage.visit(stage.invite("asked") + ASKED)),
    "registration failed": ("The platform could not be connected", registration_failed),
    "registration cancelled": (
        "Nothing was connected",
        lambda stage: stage.visit(f"/lti/register/any/cancel{ASKED}"),
    ),
    "registered": ("know each other now", registered),
    "registration link used": ("does not work any more", lambda stage: stage.visit("/lti/register/used")),
    "new window": ("a window of its own", lambda stage: stage.visit_as_nobody(f"{LOGIN}x&cookie_test=1")),
    "login refused": ("This did not open", lambda stage: stage.visit_as_nobody(f"{LOGIN}{BASE}")),
    **{f"refused: {reason}": (str(WORDS[reason].heading), refused(reason)) for reason in Reason},
    "no session": ("Open this from your course", lambda stage: stage.visit_as_nobody("/learn/")),
    "nothing here": ("There is nothing here", lambda stage: stage.visit_as_nobody("/nothing")),
    "error in a visit": (
        "That did not work",
        lambda stage: stage.visit_as(f"/choose/deep-link/{uuid.uuid4()}"),
    ),
    "for staff only": ("This page is for course staff", lambda stage: stage.visit_as("/choose/")),
    "overview": ("Choose a module", lambda stage: stage.visit_as("/choose/", staff=True)),
    "picker": ("Which steps", picker(DEEP_LINKING)),
    "picker of one": ("Which step shall", picker({**DEEP_LINKING, "accept_multiple": False})),
    "picker with nothing chosen": ("Which steps", nothing_chosen),
    "picker with nothing to add": ("There is nothing to add", picker({**DEEP_LINKING, "accept_types": []})),
    "answer": ("One step goes to your course", chosen),
}


def _refuse(reason: str) -> NoReturn:
    error = LaunchRefused(Reason(reason))
    if error.reason in KNOW_THE_WAY_BACK:
        error.return_url = f"{BASE}/course/1"
    raise error


def _frame() -> tuple[str, dict[str, str]]:
    """Answer as a platform that frames a tool narrowly and listens to it."""
    listen = "<script>onmessage = (sent) => { window.said = sent.data.subject; };</script>"
    frame = f"<iframe width=300 height=500 src='{request.args['of']}'></iframe>"
    return listen + frame, {"Content-Security-Policy": "script-src 'unsafe-inline'"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    platform = CannedHttp()
    platform.answers = {CONFIGURATION_URL: PLATFORM, PLATFORM["registration_endpoint"]: {"client_id": "7"}}
    with serving(tmp_path_factory.mktemp("pages"), SetClock(), platform) as served, chromium() as browser:
        served.app.add_url_rule("/test/refused/<reason>", "test_refused", _refuse)
        served.app.add_url_rule("/test/frame", "test_frame", _frame)
        with served.build.database.transaction() as session:
            ensure_key(session, secret_key=served.app.config["SECRET_KEY"], now=NOW)
        context = browser.new_context(base_url=served.url, reduced_motion="reduce")
        context.add_init_script(Axe().axe_script)
        context.route(f"{BASE}/**", lambda route: route.fulfill(status=204))
        stage = Stage(served, context.new_page(), platform)
        platform.answers[stage.platform_url] = PLATFORM
        yield stage


def violations(page: Page) -> list[str]:
    found: list[str] = page.evaluate(AXE, RULES)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_suits_every_eye_wide_or_narrow_light_or_dark(stage: Stage, name: str) -> None:
    heading, show = PAGES[name]
    show(stage)
    expect(stage.page.get_by_role("heading", level=1)).to_contain_text(heading)
    for width in (1280, 390):
        stage.page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            stage.page.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")
            assert violations(stage.page) == [], f"{width} px, {theme}"
    assert stage.page.evaluate(TOO_SMALL) == []
    stage.page.set_viewport_size({"width": 320, "height": 700})
    assert stage.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_registration_link_is_copied_by_a_press_or_by_hand(stage: Stage) -> None:
    page = stage.page
    stage.visit(stage.invite("copied"))
    page.get_by_label("Registration link").focus()
    assert str(page.evaluate("getSelection().toString()")).endswith("/lti/register/copied")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    stage.press("Copy the link")
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert str(page.evaluate("navigator.clipboard.readText()")).endswith("/lti/register/copied")


def framed(stage: Stage, address: str) -> FrameLocator:
    """Show an address in the platform's frame."""
    stage.page.goto(f"{stage.platform_url}/test/frame?{urlencode({'of': stage.served.url + address})}")
    return stage.page.frame_locator("iframe")


def test_where_copying_is_not_allowed_the_page_says_how_to_do_it_by_hand(stage: Stage) -> None:
    inside = framed(stage, stage.invite("kept"))
    inside.get_by_role("button", name="Copy the link").click()
    expect(inside.get_by_role("status")).to_contain_text("press Ctrl+C")
    expect(inside.get_by_label("Registration link")).to_be_focused()


def test_registration_fits_a_narrow_frame_of_the_platform_and_closes_it(stage: Stage) -> None:
    inside = framed(stage, f"{stage.invite('framed')}?openid_configuration={stage.platform_url}")
    expect(inside.get_by_role("button", name="Connect")).to_be_visible()
    assert inside.locator("html").evaluate("(root) => root.scrollWidth") <= 300
    inside.get_by_role("button", name="Connect").focus()
    stage.page.keyboard.press("Enter")
    expect(inside.get_by_role("heading", name="know each other now")).to_be_visible()
    stage.page.wait_for_function("window.said === 'org.imsglobal.lti.close'")
