"""What a snapshot's answers come to, as the learner alone sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext as _

from courses.content.packs import Item, Pack
from courses.modules.forms import Values
from courses.modules.progress import Progress
from courses.modules.rules import instrument_score
from courses.modules.sheets import answer_key
from plugin.web.learn.pictures import Radar, radar


@dataclass(frozen=True, slots=True)
class Theme:
    """One subscale: its value now, and then if it was answered twice."""

    title: str
    tip: str
    now: Decimal
    then: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """How far it moved."""
        return None if self.then is None else self.now - self.then


@dataclass(frozen=True, slots=True)
class Shape:
    """What the answers come to. `themes` are in the pack's order, `tips` begin where to look first."""

    themes: list[Theme]
    overall: Theme
    tips: list[Theme]
    picture: Radar


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """Everything the result page shows. There is no `shape` once the pack asks other questions."""

    heading: str
    shape: Shape | None
    first_at: datetime
    second_at: datetime | None
    opens_at: datetime | None
    opens_now: bool


def snapshot_page(progress: Progress, moment: datetime) -> SnapshotPage:
    """Work out the result page of somebody who has answered at least once."""
    first_at = progress.when("snapshot", "t1")
    if first_at is None:
        raise LookupError("there are no answers to show")
    shape = None if progress.questions_changed else _shape(progress)
    return SnapshotPage(
        _heading(shape.themes) if shape else _("The questions have changed since you answered"),
        shape,
        first_at,
        progress.when("snapshot", "t2"),
        progress.second_snapshot_opens,
        progress.second_snapshot_is_open(moment),
    )


def _shape(progress: Progress) -> Shape:
    pack = progress.pack
    first, second = progress.answers("snapshot", "t1"), progress.answers("snapshot", "t2")
    themes = [
        Theme(one.title, one.tip, *_now_and_then(_items(pack, one.key), first, second))
        for one in pack.snapshot.subscales
    ]
    then = [float(theme.then) for theme in themes if theme.then is not None]
    return Shape(
        themes,
        Theme("", "", *_now_and_then(pack.snapshot.items, first, second)),
        sorted(themes, key=lambda theme: theme.now if theme.change is None else theme.change),
        radar([theme.title for theme in themes], [float(theme.now) for theme in themes], then),
    )


def _items(pack: Pack, subscale: str) -> list[Item]:
    return [item for item in pack.snapshot.items if item.subscale == subscale]


def _now_and_then(items: Sequence[Item], first: Values, second: Values) -> tuple[Decimal, Decimal | None]:
    then = _score(items, first)
    return (_score(items, second), then) if second else (then, None)


def _score(items: Sequence[Item], answers: Values) -> Decimal:
    turned = frozenset(item.key for item in items if item.reversed)
    return instrument_score({item.key: int(answers[answer_key(item)]) for item in items}, turned)


def _heading(themes: list[Theme]) -> str:
    """Say what is so, in words and not in numbers."""
    if any(theme.change is not None for theme in themes):
        return _changed([(theme.change or Decimal(0), theme.title) for theme in themes])
    (lowest, name), highest = min((theme.now, theme.title) for theme in themes), max(t.now for t in themes)
    if lowest == highest:
        words: str = _("All your themes stand level")
    else:
        words = _("A good place to look first: %(theme)s", theme=name)
    return words


def _changed(changes: list[tuple[Decimal, str]]) -> str:
    (fall, lower), (rise, higher) = min(changes), max(changes)
    if rise > 0 and fall < 0:
        words: str = _("Higher on %(higher)s than before, lower on %(lower)s", higher=higher, lower=lower)
    elif rise > 0:
        words = _("Higher on %(theme)s than before", theme=higher)
    elif fall < 0:
        words = _("Lower on %(theme)s than before", theme=lower)
    else:
        words = _("Your answers are the same as before")
    return words
