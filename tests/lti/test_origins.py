"""Origins stand in a response header: only a plain host may come out."""

import pytest

from lti.origins import origin

PLAIN = {
    "https://lms.example/path?x=1": "https://lms.example",
    "http://127.0.0.1:8000/": "http://127.0.0.1:8000",
    "https://LMS.Example:8443": "https://lms.example:8443",
    "https://user:password@lms.example/": "https://lms.example",
    "https://[2001:db8::1]:8443/x": "https://[2001:db8::1]:8443",
    "https://bücher.example/": "https://xn--bcher-kva.example",
}


@pytest.mark.parametrize("url", PLAIN)
def test_a_url_gives_its_origin(url: str) -> None:
    assert origin(url) == PLAIN[url]


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "lms.example",
        "javascript:alert(1)",
        "ftp://lms.example/",
        "https://",
        "http://[",
        "https://a;script-src-elem *;b/",
        "https://x *",
        "https://x'y",
        "https://x:port/",
        "https://" + "a" * 70 + ".example",
    ],
)
def test_anything_else_gives_nothing(url: str | None) -> None:
    assert origin(url) is None
