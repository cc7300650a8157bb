"""What people see and click."""

from typing import Any

import pytest

from plugin.sandbox.visitor import VisitError, Visitor


def test_a_visitor_is_asked_who_they_are_and_comes_where_they_wanted(tool: Any) -> None:
    page = Visitor().get(f"{tool.sandbox_url}/courses/2")
    assert page.heading == "Who are you today?"
    forms = [form for form in page.soup.select("form") if "Amara Osei" in form.get_text()]
    assert len(forms) == 1
    form = next(f for i in range(8) if (f := page.form(i)).tag is forms[0])
    assert form.submit().heading == "Step up to first-line"


def test_eight_people_are_offered_by_role(tool: Any) -> None:
    page = Visitor().get(f"{tool.sandbox_url}/login")
    assert len(page.soup.select("button.person")) == 8
    assert [h2.get_text() for h2 in page.soup.select("h2")] == [
        "Site administrator",
        "Teacher",
        "Non-editing teacher",
        "Learners",
    ]


def test_a_sign_in_link_never_leads_off_the_site(tool: Any) -> None:
    for target in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        page = Visitor().get(f"{tool.sandbox_url}/as/amara?next={target}")
        assert page.url == f"{tool.sandbox_url}/"


def test_the_session_cookie_is_http_only_and_lax(tool: Any) -> None:
    answer = Visitor().session.get(f"{tool.sandbox_url}/as/amara", allow_redirects=False, timeout=5)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("sandbox_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_pages_have_no_inline_script_or_style_and_a_policy(course: Any, visit: Any) -> None:
    for path in (
        "/",
        "/login",
        "/courses/2",
        "/courses/2/gradebook",
        "/courses/2/add",
        "/courses/2/activities/1",
    ):
        page = visit("tomas", path)
        assert "script-src 'self'" in page.response.headers["Content-Security-Policy"]
        assert not page.soup.select("script:not([src]), style, [style], [onclick]")


@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("amara", "/courses/2/add"),
        ("priya", "/courses/2/add"),
        ("amara", "/courses/2/gradebook.json"),
        ("tomas", "/admin/tools"),
    ],
)
def test_pages_for_others_are_refused(visit: Any, username: str, path: str) -> None:
    with pytest.raises(VisitError, match="403"):
        visit(username, path)


def test_what_does_not_exist_is_404(visit: Any) -> None:
    for path in ("/courses/9", "/courses/2/activities/9", "/courses/2/add/9", "/nothing"):
        with pytest.raises(VisitError, match="404"):
            visit("tomas", path)


def test_a_registration_url_must_be_one(visit: Any) -> None:
    form = visit("ines", "/admin/tools").form("/admin/tools/register")
    page = form.fill(url="javascript:alert(1)").submit(expect=[400])
    assert "whole registration URL" in page.text


def test_the_registered_tool_is_listed_with_its_ids(registered: Any, visit: Any) -> None:
    page = visit("ines", "/admin/tools")
    assert registered.client_id in page.text
    assert "Deployment ID 1" in page.text


def test_chosen_content_becomes_activities_and_a_column(course: Any, visit: Any, school: Any) -> None:
    page = visit("amara", "/courses/2")
    assert [h2.get_text(strip=True) for h2 in page.soup.select("h2")] == ["Line of sight", "Reading"]
    assert "Know what your team is for" in page.text
    assert "40 points" in page.text
    assert [(c.label, c.resource_id, c.tag) for c in school.columns.values()] == [
        ("Line of sight", "t:step-up:m1", "module")
    ]


def test_the_gradebook_shows_all_to_staff_and_one_row_to_a_learner(
    course: Any, visit: Any, column: str
) -> None:
    score = {
        "userId": "3",
        "scoreGiven": 30,
        "scoreMaximum": 40,
        "comment": "Well done",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": "2026-11-20T10:00:00Z",
    }
    assert course.call("POST", column, score).status_code == 200
    assert len(visit("tomas", "/courses/2/gradebook").soup.select("tbody tr")) == 5
    assert "30 Well done" in visit("priya", "/courses/2/gradebook").text
    own = visit("amara", "/courses/2/gradebook").soup.select("tbody tr")
    assert [" ".join(row.get_text(" ").split()) for row in own] == ["Amara Osei 30 Well done"]
    assert "30 of 40" in visit("amara", "/courses/2").text
    book = visit("tomas", "/courses/2/gradebook.json").json()
    assert book["columns"][0]["label"] == "Line of sight"
    amara = next(row for row in book["people"] if row["username"] == "amara")
    assert amara["grades"] == {"1": {"score": 30.0, "comment": "Well done", "timestamp": 1795168800}}


def test_the_return_url_shows_what_the_tool_says(course: Any, visit: Any) -> None:
    page = visit("amara", "/return?course=2%26lti_errormsg=It+broke")
    assert "It broke" in page.text
    assert page.soup.select_one("[data-leave]") is None
    assert visit("amara", "/return?course=2").link("Go to").heading == "Step up to first-line"
