"""A platform's grade service on loopback, in Moodle's manner, that can be told to fail."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

Fault = Callable[["GradeService", Request], Response | None]


@dataclass
class Cell:
    """What the gradebook shows for one learner."""

    points: float
    timestamp: datetime


@dataclass
class GradeService:
    """Takes scores as Moodle does: an equal or older whole second is 409. `faults` are used up in order,
    `odd_results` are shown instead of results."""

    url: str = ""
    cells: dict[str, Cell] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    unreadable: bool = False
    odd_results: list[str] = field(default_factory=list)

    @property
    def line_item(self) -> str:
        return f"{self.url}/lineitems/2/lineitem?type_id=1"

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        request.get_data()
        return self.answer(request)(environ, start_response)

    def answer(self, request: Request) -> Response:
        self.requests.append(request)
        if request.path.endswith("/results"):
            return self.result(request.args["user_id"])
        self.posts.append(json.loads(request.get_data()))
        fault = self.faults.popleft() if self.faults else None
        return (fault and fault(self, request)) or self.take(self.posts[-1])

    def take(self, score: dict[str, Any]) -> Response:
        timestamp = datetime.fromisoformat(score["timestamp"]).replace(microsecond=0)
        known = self.cells.get(score["userId"])
        if known and timestamp <= known.timestamp.replace(microsecond=0):
            return Response("[]", 409)
        self.cells[score["userId"]] = Cell(score["scoreGiven"], timestamp)
        return Response("", 200)

    def result(self, user_id: str) -> Response:
        if self.unreadable:
            return Response("", 403)
        if self.odd_results:
            return Response(self.odd_results.pop(), content_type="application/json")
        cell = self.cells.get(user_id)
        rows = [self.row(user_id, cell)] if cell else []
        return Response(json.dumps(rows), content_type="application/vnd.ims.lis.v2.resultcontainer+json")

    def row(self, user_id: str, cell: Cell) -> dict[str, Any]:
        shown = {"resultScore": cell.points * 0.4, "resultMaximum": 40} if cell.points else {}
        return {"userId": user_id, "timestamp": cell.timestamp.isoformat(), **shown}

    def edit(self, user_id: str, points: float, *, later: timedelta) -> None:
        """A teacher types a grade."""
        self.cells[user_id] = Cell(points, self.cells[user_id].timestamp + later)

    def fail(self, status: int, body: str = "", **headers: str) -> None:
        """Answer the next score like this, without taking it."""
        self.faults.append(lambda _service, _request: Response(body, status, headers))

    def lose(self) -> None:
        """Take the next score, and lose the answer."""

        def fault(service: GradeService, _request: Request) -> Response:
            service.take(service.posts[-1])
            return Response("", 504)

        self.faults.append(fault)

    def on_next(self, action: Callable[[], object]) -> None:
        """Do something while the next score is under way."""

        def fault(_service: GradeService, _request: Request) -> None:
            action()

        self.faults.append(fault)


@contextmanager
def serving(service: GradeService) -> Iterator[GradeService]:
    """Serve on a free port of loopback, in a thread."""
    server = make_server("127.0.0.1", 0, service, threaded=True)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
