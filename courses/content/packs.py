"""The one reader of module packs: content as data, checked against pack.schema.json when first asked for.

A pack holds one version of its snapshot. Older versions come with content versioning; until then, whoever
answered an older one keeps what it earned, sees no picture of it, and cannot answer again for comparison, so
that module does not complete for them. Change a snapshot's questions (and its `version`) with that in mind.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from courses.content.fields import Field, Form, Kind, Part, Rule

HERE = Path(__file__).parent
TOTAL = 100
RESERVED = {"action", "csrf_token", "occasion", "revision"}  # what every form posts beside its fields


class BadPack(Exception):
    """A content file is wrong; the message names the file, the place in it and the reason."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the brief and the paragraphs under it."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What to read first, and the question that closes it."""

    minutes: int
    sections: tuple[Section, ...]
    question: str
    question_help: str


@dataclass(frozen=True, slots=True)
class Subscale:
    """A theme of the snapshot."""

    key: str
    title: str
    tip: str


@dataclass(frozen=True, slots=True)
class Item:
    """A statement of the snapshot. `reversed` ones count as 6 - answer."""

    key: str
    text: str
    subscale: str
    reversed: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The self-assessment. A second answer is compared only with one of the same `version`."""

    version: str
    scale: str
    subscales: tuple[Subscale, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Artefact:
    """The structured piece of work. `rubric_own` is the module's own criterion, as a question."""

    title: str
    summary: str
    minutes: int
    rubric_own: str
    form: Form


@dataclass(frozen=True, slots=True)
class Pack:
    """One module's content."""

    key: str
    step: int
    version: str
    title: str
    theme: str
    summary: str
    weeks: int
    hours: float
    weights: Mapping[str, int]
    brief: Brief
    snapshot: Snapshot
    problem_seed: str
    artefact: Artefact | None
    commitment_help: str
    commitment_example: Mapping[str, str]
    log_title: str
    log_needed: int
    check_question: str
    facilitator: tuple[str, ...]


@cache
def packs() -> Mapping[str, Pack]:
    """Read every pack, by key in the order of steps. Raises BadPack."""
    found = [read_pack(path) for path in sorted(HERE.glob("m*.json"))]
    return {pack.key: pack for pack in sorted(found, key=lambda pack: pack.step)}


def read_pack(path: Path) -> Pack:
    """Read and check one content file. Raises BadPack."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadPack(f"{path.name}: not JSON: {error}") from error
    _check_schema(path.name, raw)
    _check_sense(path.name, raw)
    return _pack(raw)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((HERE / "pack.schema.json").read_text(encoding="utf-8")))


def _check_schema(name: str, raw: Any) -> None:
    error = min(_validator().iter_errors(raw), key=lambda error: error.json_path, default=None)
    if error is not None:
        raise BadPack(f"{name}: {error.json_path}: {error.message}")


def _check_sense(name: str, raw: dict[str, Any]) -> None:
    """Check what a schema cannot say."""
    if (total := sum(raw["weights"].values())) != TOTAL:
        raise BadPack(f"{name}: $.weights: they total {total}, not {TOTAL}")
    subscales = {subscale["key"] for subscale in raw["snapshot"]["subscales"]}
    seen: set[str] = set()
    for place, item in enumerate(raw["snapshot"]["items"]):
        where = f"{name}: $.snapshot.items[{place}]"
        if item["subscale"] not in subscales:
            raise BadPack(f"{where}.subscale: there is no subscale {item['subscale']!r}")
        if item["key"] in seen:
            raise BadPack(f"{where}.key: {item['key']!r} is taken")
        seen.add(item["key"])
    _check_references(name, raw.get("artefact", {}).get("parts", []))


def _check_references(name: str, parts: list[dict[str, Any]]) -> None:
    fields = {field["key"]: field for part in parts for field in part["fields"]}
    if taken := RESERVED & fields.keys():
        raise BadPack(f"{name}: $.artefact.parts: {', '.join(sorted(taken))}: the form itself uses that name")
    for place, part in enumerate(parts):
        where = f"{name}: $.artefact.parts[{place}]"
        inner = [deep for field in part["fields"] for deep in field.get("fields", [])]
        for field in [*part["fields"], *inner]:
            if "of" in field and field["of"] not in fields:
                raise BadPack(f"{where}: {field['key']!r} refers to {field['of']!r}, which does not exist")
        for rule in part.get("rules", []):
            if not _leads_somewhere(rule["field"], fields):
                raise BadPack(f"{where}.rules: there is no field {rule['field']!r}")


def _leads_somewhere(path: str, fields: dict[str, Any]) -> bool:
    top, _star, inner = path.partition(".*.")
    known = {field["key"] for field in fields.get(top, {}).get("fields", [])}
    return top in fields and (not inner or inner in known)


def _pack(raw: dict[str, Any]) -> Pack:
    same = ("key", "step", "version", "title", "theme", "summary", "weeks", "hours", "weights")
    return Pack(
        **{name: raw[name] for name in same},
        brief=_brief(raw["brief"]),
        snapshot=_snapshot(raw["snapshot"]),
        problem_seed=raw["problem"]["seed"],
        artefact=_artefact(raw["artefact"]) if "artefact" in raw else None,
        commitment_help=raw["commitment"]["help"],
        commitment_example=raw["commitment"]["example"],
        log_title=raw["log"]["title"],
        log_needed=raw["log"]["needed"],
        check_question=raw["check"]["question"],
        facilitator=tuple(raw["facilitator"]),
    )


def _brief(raw: dict[str, Any]) -> Brief:
    sections = tuple(Section(one["heading"], tuple(one["paragraphs"])) for one in raw["sections"])
    return Brief(**{**raw, "sections": sections})


def _snapshot(raw: dict[str, Any]) -> Snapshot:
    subscales = tuple(Subscale(**one) for one in raw["subscales"])
    return Snapshot(raw["version"], raw["scale"], subscales, tuple(Item(**one) for one in raw["items"]))


def _artefact(raw: dict[str, Any]) -> Artefact:
    rest = {name: value for name, value in raw.items() if name != "parts"}
    return Artefact(**rest, form=read_form(raw["parts"]))


def read_form(parts: list[dict[str, Any]]) -> Form:
    """Turn declared parts into a form."""
    return Form(tuple(_part(part) for part in parts))


def _part(raw: dict[str, Any]) -> Part:
    return Part(
        raw["key"],
        raw["title"],
        fields=tuple(_field(field) for field in raw["fields"]),
        help=raw.get("help", ""),
        rules=tuple(_rule(rule) for rule in raw.get("rules", [])),
        example=tuple(raw.get("example", ())),
    )


def _field(raw: dict[str, Any]) -> Field:
    made = {
        "kind": Kind(raw["kind"]),
        "options": tuple((option["value"], option["label"]) for option in raw.get("options", [])),
        "fields": tuple(_field(inner) for inner in raw.get("fields", [])),
    }
    return Field(**{**raw, **made})


def _rule(raw: dict[str, Any]) -> Rule:
    parameters = {name: value for name, value in raw.items() if name not in ("rule", "field", "say")}
    return Rule(raw["rule"], raw["field"], raw["say"], parameters)
