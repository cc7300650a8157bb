"""A scripted web visitor: opens pages, follows frames and self-submitting forms, fills and sends forms.

The demo and the flow tests do with it what people do with a browser. It runs no scripts: pages that send a
form by themselves mark it `data-autosubmit`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any, Self
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag

TIMEOUT = (5.0, 30.0)
MOST_HOPS = 10
BUTTONS = 'button:not([type]), button[type="submit"], input[type="submit"]'


class VisitError(Exception):
    """A page that is not what the visitor was sent for: an error status, or something missing on it."""


class LoopbackPolicy(DefaultCookiePolicy):
    """Keep Secure cookies for http too, as browsers do on loopback addresses.

    `secure_protocols` would be the setting for it, but requests copies its jar for every request, without
    the jar's policy; so the mark is taken off when a cookie comes in.
    """

    def set_ok(self, cookie: Cookie, request: Any) -> bool:
        """Take the mark off and go on as usual."""
        cookie.secure = False
        return super().set_ok(cookie, request)


class Visitor:
    """One browser profile, with its cookies. `timeout` is seconds to connect and to read."""

    def __init__(self, *, timeout: tuple[float, float] = TIMEOUT) -> None:
        self.session = requests.Session()
        self.session.trust_env = False  # a proxy of the environment does not reach this machine
        self.session.cookies.set_policy(LoopbackPolicy())
        self.timeout = timeout

    def get(self, url: str, *, expect: Collection[int] = ()) -> "Page":
        """Open a URL; an error status raises unless it is expected."""
        return self.request("GET", url, expect=expect)

    def post(self, url: str, fields: Any = None, *, expect: Collection[int] = ()) -> "Page":
        """Send fields as a form would."""
        return self.request("POST", url, data=fields, expect=expect)

    def request(self, method: str, url: str, *, expect: Collection[int] = (), **options: Any) -> "Page":
        """Ask for a page and go on through redirects and self-submitting forms to where they end."""
        page = self._one(method, url, expect, **options)
        for _ in range(MOST_HOPS):
            if page.soup.select_one("form[data-autosubmit]") is None:
                return page
            form = page.form("data-autosubmit")
            page = self._one(form.method, form.action, expect, **form.payload())
        raise VisitError(f"{page.url} kept submitting itself")

    def _one(self, method: str, url: str, expect: Collection[int], **options: Any) -> "Page":
        response = self.session.request(method, url, timeout=self.timeout, **options)
        page = Page(self, response)
        if page.status >= HTTPStatus.BAD_REQUEST and page.status not in expect:
            raise VisitError(f"{method} {page.url} answered {page.status}: {page.heading or page.text[:300]}")
        return page


class Page:
    """What a visit ended at."""

    def __init__(self, visitor: Visitor, response: requests.Response) -> None:
        self.visitor, self.response = visitor, response
        self.url, self.status = response.url, response.status_code
        is_html = "html" in response.headers.get("Content-Type", "html")
        self.soup = BeautifulSoup(response.text if is_html else "", "html.parser")

    @property
    def heading(self) -> str:
        """The text of the first h1, or nothing."""
        found = self.soup.h1
        return _text(found) if found else ""

    @property
    def text(self) -> str:
        """All words of the page, single-spaced; the raw body where it is not HTML."""
        return _text(self.soup) or self.response.text

    def json(self) -> Any:
        """Read the body as JSON."""
        return self.response.json()

    def link(self, words: str) -> "Page":
        """Follow the first link with these words."""
        found = next((link for link in self.soup.select("a[href]") if words in _text(link)), None)
        return self.visitor.get(urljoin(self.url, _attribute(self._need(found, f"link {words!r}"), "href")))

    def form_value(self, name: str) -> str:
        """Read the value of a control by its name, in a form or not."""
        found = self.soup.select_one(f'[name="{name}"]')
        return _attribute(self._need(found, f"control {name!r}"), "value")

    def iframe(self, index: int = 0) -> "Page":
        """Open what the frame shows."""
        frames = self.soup.select("iframe[src]")
        found = frames[index] if index < len(frames) else None
        return self.visitor.get(urljoin(self.url, _attribute(self._need(found, "frame"), "src")))

    def form(self, which: int | str = 0) -> "Form":
        """Pick a form: by number, by id, by an attribute it has, or by a part of its action."""
        forms = self.soup.select("form")
        if isinstance(which, int):
            found = forms[which] if which < len(forms) else None
        else:
            found = next((form for form in forms if _is(form, which)), None)
        return Form(self, self._need(found, f"form {which!r}"))

    def _need(self, found: Tag | None, what: str) -> Tag:
        if found is None:
            raise VisitError(f"{self.url} ({self.heading or 'no heading'}) has no {what}")
        return found


@dataclass
class Field:
    """One control: its name, its value, and whether it would be sent."""

    name: str
    value: str
    sent: bool = True
    options: tuple[str, ...] = ()
    toggles: bool = False


class Form:
    """A form with the values it would send now."""

    def __init__(self, page: Page, tag: Tag) -> None:
        self.page, self.tag = page, tag
        self.method = (_attribute(tag, "method") or "get").upper()
        self.action = urljoin(page.url, _attribute(tag, "action"))
        if self.method == "GET":  # the fields replace a query, they do not extend it
            self.action = self.action.partition("?")[0]
        self.buttons = self._controls(BUTTONS)
        self.fields = [_field(control) for control in self._controls("input, select, textarea")]

    def fill(self, **values: Any) -> Self:
        """Set values by name; see `set`."""
        for name, value in values.items():
            self.set(name, value)
        return self

    def set(self, name: str, value: Any) -> Self:
        """Set one control: a text, a choice, True or False for one checkbox, a list for several."""
        mine = [field for field in self.fields if field.name == name]
        if not mine:
            names = sorted({field.name for field in self.fields})
            raise VisitError(f"{self.page.url}: the form has no field {name!r}, only {names}")
        if mine[0].toggles:
            self._toggle(mine, value)
        else:
            self._type(mine[0], str(value))
        return self

    def submit(self, button: str | None = None, *, expect: Collection[int] = ()) -> Page:
        """Press a button, by its words, name or value; the first one if not told."""
        pressed = self._pressed(button)
        target = _attribute(pressed, "formaction") if pressed else ""
        url = urljoin(self.page.url, target) if target else self.action
        return self.page.visitor.request(self.method, url, expect=expect, **self.payload(pressed))

    def payload(self, pressed: Tag | None = None) -> dict[str, Any]:
        """Give what `requests` should send: a query or a body."""
        pairs = [(field.name, field.value) for field in self.fields if field.sent]
        if pressed is not None and _attribute(pressed, "name"):
            pairs.append((_attribute(pressed, "name"), _attribute(pressed, "value")))
        return {"params": pairs} if self.method == "GET" else {"data": pairs}

    def _controls(self, selector: str) -> list[Tag]:
        inside = self.tag.select(selector)
        own_id = _attribute(self.tag, "id")
        outside = self.page.soup.select(f'[form="{own_id}"]') if own_id else []
        wanted = self.page.soup.select(selector)
        return [c for c in [*inside, *(o for o in outside if o in wanted)] if not c.has_attr("disabled")]

    def _toggle(self, mine: list[Field], value: Any) -> None:
        chosen = (
            [value] if isinstance(value, bool) or not isinstance(value, list | tuple | set) else list(value)
        )
        offered = {field.value for field in mine}
        if not isinstance(value, bool) and not {str(one) for one in chosen} <= offered:
            raise VisitError(f"{self.page.url}: {mine[0].name!r} offers {sorted(offered)}, not {value!r}")
        for field in mine:
            field.sent = value if isinstance(value, bool) else field.value in {str(one) for one in chosen}

    def _type(self, field: Field, value: str) -> None:
        if field.options and value not in field.options:
            raise VisitError(f"{self.page.url}: {field.name!r} offers {list(field.options)}, not {value!r}")
        field.value, field.sent = value, True

    def _pressed(self, button: str | None) -> Tag | None:
        if button is None:
            return self.buttons[0] if self.buttons else None
        for pressed in self.buttons:
            words = {_text(pressed), _attribute(pressed, "name"), _attribute(pressed, "value")}
            if button in words:
                return pressed
        raise VisitError(f"{self.page.url}: the form has no button {button!r}")


def _is(form: Tag, which: str) -> bool:
    return which == _attribute(form, "id") or form.has_attr(which) or which in _attribute(form, "action")


def _field(control: Tag) -> Field:
    name = _attribute(control, "name")
    kind = _attribute(control, "type") or "text"
    if control.name == "select":
        return _select(control, name)
    if control.name == "textarea":
        return Field(name, control.get_text().removeprefix("\n"), bool(name))
    if kind in {"radio", "checkbox"}:
        value = _attribute(control, "value") if control.has_attr("value") else "on"
        return Field(name, value, bool(name) and control.has_attr("checked"), toggles=True)
    sends = bool(name) and kind not in {"submit", "button", "image", "reset", "file"}
    return Field(name, _attribute(control, "value"), sends)


def _select(control: Tag, name: str) -> Field:
    offered = control.select("option:not([disabled])")
    values = tuple(_attribute(o, "value") if o.has_attr("value") else _text(o) for o in offered)
    chosen = [value for o, value in zip(offered, values, strict=True) if o.has_attr("selected")]
    return Field(name, (chosen or [*values[:1], ""])[0], bool(name) and bool(values), values)


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return value if isinstance(value, str) else ""


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())
