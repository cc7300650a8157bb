"""What SCIM costs, beside a bare Flask + SQLAlchemy application in the same run. Asserts nothing.

The probe keeps the same JSON in one table through the ORM: no token, no filter, no audit, no people. Times
are CPU milliseconds of one request through the WSGI stack (medians; the two applications take turns, request
by request). Both hold the same number of users, and ratios compare them at the same size.

    make bench ARGS="--small 1000 --large 20000 --times 300"
    .venv/bin/python -m bench.scim --import 100000    # Bulk import; memory per thousand users
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from bench.scim_apps import Scim, hostile_filters
from bench.scim_probe import Probe

Ask = Callable[[], int]
OK = {200, 201, 204}
WARM_UP = 10  # requests of each kind that are not counted
GROUP_SIZES = (10, 10_000)
# What both applications do: a verb of theirs, and the greatest ratio we want.
COMPARED = {
    "GET by id": ("get", 3.0),
    "filter userName eq": ("eq", 3.0),
    "POST a user": ("post", 3.0),
    "PATCH a user": ("patch", 3.0),
    "page of 100": ("page", 2.5),
}
OTHERS = {
    "filter externalId eq": "eq_external",
    "filter emails[type, value]": "eq_email",
    "filter userName sw": "sw",
    "PUT a user": "put",
    "page of 100 by cursor": "cursor",
}


@dataclass(frozen=True)
class Line:
    """One operation: CPU milliseconds at both sizes, of ours and of the probe. `target` is a ratio."""

    name: str
    ours: tuple[float, float]
    probe: tuple[float, float] | None
    target: float | None


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--small", type=int, default=1000)
    options.add_argument("--large", type=int, default=20_000)
    options.add_argument("--times", type=int, default=300, help="how often each request is sent")
    options.add_argument("--import", dest="imported", type=int, default=0, help="only import so many users")
    chosen = options.parse_known_args()[0]  # `make bench` gives its ARGS to all
    with tempfile.TemporaryDirectory() as folder:
        if chosen.imported:
            import_users(Scim(Path(folder) / "import.db"), chosen.imported)
            return
        sizes = (chosen.small, chosen.large)
        ours = [Scim(Path(folder) / f"scim-{size}.db") for size in sizes]
        probes = [Probe(Path(folder) / f"probe-{size}.db") for size in sizes]
        for size, app, probe in zip(sizes, ours, probes, strict=True):
            probe.fill(size)
            print(f"{size:7} users imported by Bulk, each in {app.fill(size) / size * 1000:.2f} ms")
        measure = Measure(chosen.times)
        print_lines(operations(measure, ours, probes), sizes)
        print_groups(measure, ours[1])
        print_hostile(ours[1])


class Measure:
    """Takes CPU milliseconds of requests in turn, so that a slow moment of the machine hits all alike."""

    def __init__(self, times: int) -> None:
        self.times = times

    def __call__(self, *asks: Ask) -> list[float]:
        """Return the median milliseconds of each."""
        found: list[list[float]] = [[] for _ in asks]
        for turn in range(WARM_UP + self.times):
            for ask, spent in zip(asks, found, strict=True):
                once = self._once(ask)
                if turn >= WARM_UP:
                    spent.append(once)
        return [statistics.median(spent) for spent in found]

    @staticmethod
    def _once(ask: Ask) -> float:
        began = time.process_time()
        status = ask()
        spent = time.process_time() - began
        if status not in OK:
            raise SystemExit(f"the answer was {status}: nothing was measured")
        return spent * 1000


def operations(measure: Measure, ours: list[Scim], probes: list[Probe]) -> Iterator[Line]:
    """Measure every operation, at both sizes, and the probe's where it has the same."""
    for name, (verb, target) in COMPARED.items():
        small, large, bare_small, bare_large = measure(*(getattr(app, verb) for app in [*ours, *probes]))
        yield Line(name, (small, large), (bare_small, bare_large), target)
    for name, verb in OTHERS.items():
        small, large = measure(*(getattr(app, verb) for app in ours))
        yield Line(name, (small, large), None, None)


def print_lines(lines: Iterator[Line], sizes: tuple[int, int]) -> None:
    """Print the table of operations."""
    heads = [f"{size} users" for size in sizes]
    print(
        f"\n{'CPU ms':28}{heads[0]:>13}{'ratio':>7}{heads[1]:>14}{'ratio':>7}{'target':>8}{'large/small':>13}"
    )
    for line in lines:
        small, large = line.ours
        ratios = [
            f"{mine / bare:.2f}" for mine, bare in zip(line.ours, line.probe or (), strict=bool(line.probe))
        ] or ["", ""]
        target = f"{line.target:.1f}" if line.target else ""
        ours = f"{small:13.2f}{ratios[0]:>7}{large:14.2f}{ratios[1]:>7}"
        print(f"{line.name:28}{ours}{target:>8}{large / small:13.2f}")


def print_groups(measure: Measure, app: Scim) -> None:
    """Print what groups cost: one member of few and of many, beside a PATCH of one user."""
    groups = [app.group(size) for size in GROUP_SIZES]
    user, *changes = measure(app.patch, *(cycle_members(app, group) for group in groups))
    reads = measure(*(lambda group=group: app.read_group(group) for group in groups))
    print(
        f"\n{'CPU ms':34}"
        + "".join(f"{size:>8} members" for size in GROUP_SIZES)
        + "   ratio to PATCH a user"
    )
    for name, found in (("PATCH: one member in or out", changes), ("GET excludedAttributes=members", reads)):
        ratios = ", ".join(f"{one / user:.2f}" for one in found) if found is changes else ""
        print(f"{name:34}" + "".join(f"{one:16.2f}" for one in found) + f"   {ratios}")


def cycle_members(app: Scim, group: str) -> Ask:
    """Add and remove somebody in turn."""
    turns = cycle((app.add_member, app.remove_member))
    return lambda: next(turns)(group)


def print_hostile(app: Scim) -> None:
    """Print how long filters take that must be refused: the slowest of twenty."""
    print(f"\n{'hostile filter, CPU ms':34}{'slowest':>9}  answer")
    for name, text in hostile_filters().items():
        slowest, status = 0.0, 0
        for _time in range(20):
            began = time.process_time()
            status = app.search(text)
            slowest = max(slowest, time.process_time() - began)
        print(f"{name:34}{slowest * 1000:9.2f}  {status}")


def import_users(app: Scim, count: int) -> None:
    """Import by Bulk and print what memory does."""
    print(f"{'users':>8}{'ms each':>10}{'MB at most':>12}")
    step = max(count // 10, 1)
    for done in range(0, count, step):
        spent = app.fill(step, first=done)
        app.ids.clear()  # ours, not Leadline's
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{done + step:8}{spent / step * 1000:10.2f}{peak:12.1f}")


if __name__ == "__main__":
    main()
