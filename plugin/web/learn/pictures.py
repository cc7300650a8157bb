"""Coordinates of the learner's pictures. In dials the coordinates are the data: 100 units = 100 points."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ARC = 0.94  # of a step's hundred units; the rest is the gap between arcs
LETTER = 7.5  # units that one letter of a label takes, about


@dataclass(frozen=True, slots=True)
class Arc:
    """One step's share of the wheel, in units of which the whole ring has 700."""

    length: float
    start: float
    hollow: bool

    @property
    def dashes(self) -> str:
        """The ring's dashes that show this arc alone."""
        return f"{self.length:g} {700 - self.length:g}"


def wheel(steps: Iterable[tuple[int, int, bool]]) -> list[Arc]:
    """Draw the wheel from (step, points, waits for the manager); hollow arcs follow their solid ones."""
    arcs: list[Arc] = []
    for step, points, waiting in steps:
        length, start = round(points * ARC, 2), (step - 1) * 100 + 3
        if length:
            arcs.append(Arc(length, -start, hollow=False))
        if waiting and length > 2:  # noqa: PLR2004 - the rim that stays around the hollow, one unit a side
            arcs.append(Arc(length - 2, -start - 1, hollow=True))
    return arcs


@dataclass(frozen=True, slots=True)
class Label:
    """A theme's name at the end of its axis."""

    text: str
    x: float
    y: float
    css: str


@dataclass(frozen=True, slots=True)
class Radar:
    """A radar of three axes or more, the first one up, then clockwise."""

    labels: list[Label]
    rings: list[str]
    spokes: list[tuple[float, float]]
    now: list[tuple[float, float]]
    then: list[tuple[float, float]]
    view_box: str

    @staticmethod
    def points(corners: Sequence[tuple[float, float]]) -> str:
        """Write corners as SVG wants them."""
        return " ".join(f"{x:g},{y:g}" for x, y in corners)


def radar(names: Sequence[str], now: Sequence[float], then: Sequence[float] = ()) -> Radar:
    """Draw a radar of values 0 to 100; `then` are the earlier ones, if any."""
    count = len(names)
    labels = [_label(name, *_corner(place, count, 112)) for place, name in enumerate(names)]
    beside = [len(label.text) for label in labels if label.css != "v-mid"]
    half = 118 + LETTER * max(beside, default=0)
    return Radar(
        labels,
        [Radar.points(_corners([ring] * count)) for ring in (25, 50, 75, 100)],
        _corners([100] * count),
        _corners(now),
        _corners(then),
        f"{-half:g} -130 {2 * half:g} 260",
    )


def _corners(values: Sequence[float]) -> list[tuple[float, float]]:
    return [_corner(place, len(values), value) for place, value in enumerate(values)]


def _corner(place: int, count: int, value: float) -> tuple[float, float]:
    angle = 2 * math.pi * place / count
    return round(value * math.sin(angle), 2) + 0.0, round(-value * math.cos(angle), 2) + 0.0


def _label(text: str, x: float, y: float) -> Label:
    if abs(x) < 1:
        return Label(text, 0, y + (2 if y < 0 else 10), "v-mid")
    return Label(text, x, y + 4, "v-end" if x < 0 else "")
