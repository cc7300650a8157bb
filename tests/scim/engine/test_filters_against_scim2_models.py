"""Generated users and filters: our rows are those that scim2-models' own matcher finds."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from scim2_models import ScimFilter

from tests.scim.engine.generated import JudgedUser, directories, filters
from tests.scim.engine.rows import Rows


@given(directory=directories, text=filters)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_our_rows_are_those_that_scim2_models_matches(
    rows: Rows, directory: list[dict[str, Any]], text: str
) -> None:
    rows.put(directory)
    judge = ScimFilter[JudgedUser](text)
    expected = [n for n, user in enumerate(directory) if judge.match(JudgedUser.model_validate(user))]
    assert rows.found(text) == expected
