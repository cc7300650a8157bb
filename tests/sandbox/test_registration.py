"""Dynamic registration in Moodle's manner."""

from typing import Any

import pytest
import requests

from plugin.sandbox.registration import issue_token
from tests.sandbox.fake_tool import AGS, NRPS

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"


def post(tool: Any, school: Any, token: str | None = None, **changes: Any) -> requests.Response:
    bearer = issue_token(school) if token is None else token
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return requests.post(
        f"{tool.sandbox_url}/register", json=tool.registration(**changes), headers=headers, timeout=5
    )


def test_the_configuration_names_the_endpoints_and_moodle(tool: Any) -> None:
    body = requests.get(f"{tool.sandbox_url}/.well-known/openid-configuration", timeout=5).json()
    assert body["issuer"] == tool.sandbox_url
    for name in ("token_endpoint", "jwks_uri", "authorization_endpoint", "registration_endpoint"):
        assert body[name].startswith(tool.sandbox_url)
    platform = body["https://purl.imsglobal.org/spec/lti-platform-configuration"]
    assert platform["product_family_code"] == "moodle"


def test_the_answer_has_client_and_deployment_and_only_the_deep_linking_message(
    tool: Any, school: Any
) -> None:
    body = post(tool, school).json()
    assert body["client_id"] == school.tools[1].client_id
    assert body[TOOL]["deployment_id"] == "1"
    assert [message["type"] for message in body[TOOL]["messages"]] == ["LtiDeepLinkingRequest"]
    assert body[TOOL]["custom_parameters"]["with_eq"] == "a"
    assert school.tools[1].custom["with_eq"] == "a=b"


def test_a_token_works_once(tool: Any, school: Any) -> None:
    token = issue_token(school)
    assert post(tool, school, token).status_code == 200
    again = post(tool, school, token)
    assert (again.status_code, again.text) == (401, "token_already_used")


def test_a_refused_registration_does_not_use_the_token_up(tool: Any, school: Any) -> None:
    token = issue_token(school)
    assert post(tool, school, token, client_name=None).status_code == 400
    assert post(tool, school, token).status_code == 200


def test_a_missing_token_is_401_and_a_bad_one_404(tool: Any, school: Any) -> None:
    assert post(tool, school, "").status_code == 401
    assert post(tool, school, "nonsense").status_code == 404
    assert post(tool, school, tool.sign({"sub": "x", "scope": "reg", "exp": 9999999999})).status_code == 404


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"initiate_login_uri": None}, "missing_initiate_login_uri"),
        ({"redirect_uris": []}, "missing_redirect_uris"),
        ({"client_name": None}, "missing_client_name"),
        ({"jwks_uri": None}, "missing_jwks_uri"),
        ({"response_types": ["code"]}, "invalid_response_types"),
        ({"token_endpoint_auth_method": "none"}, "invalid_token_endpoint_auth_method"),
        ({TOOL: {"target_link_uri": "http://x/"}}, "missing_domain"),
        ({TOOL: {"domain": "a:1", "target_link_uri": "http://b:1/"}}, "domain_targetlinkuri_mismatch"),
    ],
)
def test_what_is_mandatory_is_missed(tool: Any, school: Any, changes: dict[str, Any], word: str) -> None:
    answer = post(tool, school, **changes)
    assert (answer.status_code, answer.text) == (400, word)
    assert not school.tools


def test_column_management_brings_all_four_scopes_and_unknown_ones_are_dropped(
    tool: Any, school: Any
) -> None:
    post(tool, school, scope=f"{AGS}lineitem https://unknown.example/scope")
    assert {scope.removeprefix(AGS) for scope in school.tools[1].scopes} == {
        "lineitem",
        "lineitem.readonly",
        "result.readonly",
        "score",
    }


def test_the_echoed_scope_promises_more_than_is_granted(tool: Any, school: Any) -> None:
    body = post(tool, school, scope=f"{AGS}score {NRPS}").json()
    assert f"{AGS}lineitem" in body["scope"].split()
    assert school.tools[1].scopes == {f"{AGS}score", NRPS}
