import ast
import json
from pathlib import Path
from typing import Any

import pytest

from courses.content import packs as content
from courses.content.packs import BadPack, packs, read_pack
from courses.modules.checks import CHECKS
from courses.modules.spine import ACTIVITIES, STEPS

M1 = Path(content.__file__).parent / "m1.json"


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "m1.json"
    path.write_text(json.dumps({**json.loads(M1.read_text()), **changes}))
    return path


def test_every_pack_is_sound_and_has_the_name_of_its_step() -> None:
    assert {key: pack.title for key, pack in packs().items()} == {key: STEPS[key] for key in packs()}


def test_weights_name_the_eight_activities() -> None:
    assert all(set(pack.weights) == {activity.key for activity in ACTIVITIES} for pack in packs().values())


def test_each_brief_can_be_read_in_six_minutes() -> None:
    for pack in packs().values():
        words = [len(text.split()) for section in pack.brief.sections for text in section.paragraphs]
        assert 600 <= sum(words) <= 900, pack.key


def test_every_rule_that_a_pack_can_name_exists() -> None:
    schema = json.loads((M1.parent / "pack.schema.json").read_text())
    assert set(schema["$defs"]["rule"]["properties"]["rule"]["enum"]) == set(CHECKS)


def test_module_one_asks_the_eight_statements_of_the_design() -> None:
    items = packs()["m1"].snapshot.items
    assert [item.key for item in items] == list("12345678")
    assert [item.key for item in items if item.reversed] == ["8"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"title": ""}, r"m1\.json: \$\.title: "),
        ({"weights": {"brief": 5}}, r"m1\.json: \$\.weights: "),
        ({"weight": 1}, r"m1\.json: \$: "),
    ],
)
def test_a_pack_that_breaks_the_schema_is_refused_by_place(
    tmp_path: Path, changes: dict[str, Any], place: str
) -> None:
    with pytest.raises(BadPack, match=place):
        read_pack(written(tmp_path, **changes))


def test_weights_must_total_100(tmp_path: Path) -> None:
    weights = {**json.loads(M1.read_text())["weights"], "check": 11}
    with pytest.raises(BadPack, match=r"m1\.json: \$\.weights: they total 101, not 100"):
        read_pack(written(tmp_path, weights=weights))


def test_an_item_must_belong_to_a_subscale_and_have_a_key_of_its_own(tmp_path: Path) -> None:
    snapshot = json.loads(M1.read_text())["snapshot"]
    snapshot["items"][2]["subscale"] = "luck"
    with pytest.raises(BadPack, match=r"items\[2\]\.subscale: there is no subscale 'luck'"):
        read_pack(written(tmp_path, snapshot=snapshot))
    snapshot["items"][2] |= {"subscale": "purpose", "key": "1"}
    with pytest.raises(BadPack, match=r"items\[2\]\.key: '1' is taken"):
        read_pack(written(tmp_path, snapshot=snapshot))


def test_rules_and_references_must_lead_somewhere(tmp_path: Path) -> None:
    artefact = json.loads(M1.read_text())["artefact"]
    artefact["parts"][2]["rules"][0]["field"] = "goals.*.aim"
    with pytest.raises(BadPack, match=r"parts\[2\]\.rules: there is no field 'goals\.\*\.aim'"):
        read_pack(written(tmp_path, artefact=artefact))
    artefact["parts"][2]["fields"][0]["fields"][-1]["of"] = "missions"
    with pytest.raises(BadPack, match="'parent' refers to 'missions'"):
        read_pack(written(tmp_path, artefact=artefact))


def test_a_field_cannot_take_a_name_that_the_form_uses(tmp_path: Path) -> None:
    artefact = json.loads(M1.read_text())["artefact"]
    artefact["parts"][0]["fields"][0]["key"] = "action"
    with pytest.raises(BadPack, match="action: the form itself uses that name"):
        read_pack(written(tmp_path, artefact=artefact))


def test_content_knows_nothing_of_what_is_done_with_it() -> None:
    imports = {
        node.module or ""
        for path in M1.parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
    }
    assert {name for name in imports if name.startswith(("courses", "sqlalchemy"))} == {
        "courses.content.fields"
    }


def test_what_is_not_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m1.json"
    path.write_text("{")
    with pytest.raises(BadPack, match=r"m1\.json: not JSON"):
        read_pack(path)
