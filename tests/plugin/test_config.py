"""Settings: all problems at once, and a page that says what there is."""

from pathlib import Path

import pytest

from plugin.config import Config, ConfigError, settings_page, unknown_settings

GOOD = {
    "LEADLINE_BASE_URL": "https://leadline.example.com",
    "LEADLINE_SECRET_KEY": "x" * 32,
    "LEADLINE_DATABASE_URL": "postgresql://user:secret@db/leadline",
}


def problems(**changes: str) -> list[str]:
    try:
        Config.from_env({**GOOD, **{f"LEADLINE_{name}": value for name, value in changes.items()}})
    except ConfigError as error:
        return error.problems
    return []


def test_good_settings_are_taken() -> None:
    config = Config.from_env(GOOD)
    assert config.env == "production"
    assert config.database_url == "postgresql+psycopg://user:secret@db/leadline"
    assert config.allowed_hosts == frozenset()


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_env(
            {
                "LEADLINE_DATABASE_URL": "mysql://x",
                "LEADLINE_BROKER_URL": "http://x",
                "LEADLINE_TRUSTED_PROXIES": "some",
            }
        )
    text = str(caught.value)
    for name in ("DATABASE_URL", "BROKER_URL", "TRUSTED_PROXIES", "BASE_URL", "SECRET_KEY"):
        assert f"LEADLINE_{name}" in text


WRONG = {
    "ENV": "staging",
    "BASE_URL": "http://leadline.example.com",
    "SECRET_KEY": "short",
    "DATABASE_URL": "leadline.db",
    "BROKER_URL": "ftp://x",
    "ALLOWED_HOSTS": "https://lms.internal/",
    "TRUSTED_PROXIES": "-1",
}


@pytest.mark.parametrize("name", WRONG)
def test_one_wrong_setting_gives_one_sentence_that_names_it(name: str) -> None:
    assert [problem for problem in problems(**{name: WRONG[name]}) if f"LEADLINE_{name}" in problem]
    assert len(problems(**{name: WRONG[name]})) == 1


@pytest.mark.parametrize(
    "url", ["https://x/path", "https://u@x", "https://x?q", "https://x:port", "x", "https://"]
)
def test_a_base_url_is_an_address_without_a_path(url: str) -> None:
    assert len(problems(BASE_URL=url)) == 1


def test_development_allows_http_and_no_secret() -> None:
    config = Config.from_env({"LEADLINE_ENV": "development"})
    assert config.development
    assert config.base_url == "http://127.0.0.1:8000"


def test_hosts_are_read_from_a_list() -> None:
    read = Config.from_env({**GOOD, "LEADLINE_ALLOWED_HOSTS": "LMS.internal, 10.0.0.7 ,::1"})
    assert read.allowed_hosts == {"lms.internal", "10.0.0.7", "::1"}


def test_an_unknown_setting_only_warns() -> None:
    assert unknown_settings({**GOOD, "LEADLINE_SECRET": "x", "OTHER": "y"}) == ["LEADLINE_SECRET"]


def test_the_settings_page_in_docs_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert page.read_text(encoding="utf-8").strip() == settings_page().strip(), (
        "docs/settings.md is out of date: leadline settings > docs/settings.md"
    )
