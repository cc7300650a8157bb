import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.serving import make_server

from plugin.sandbox.app import create_sandbox
from plugin.sandbox.keys import PlatformKey
from plugin.sandbox.school import School
from plugin.sandbox.visitor import Page, Visitor
from tests.sandbox.fake_tool import FakeTool

KEY = PlatformKey()


class Stage:
    """A WSGI application that can be exchanged while it is served."""

    app: Any = None

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.app(environ, start_response)


@contextmanager
def serving(app: Stage) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[Stage, str, Stage, str]]:
    """One pair of servers for all tests; what they serve is fresh for each."""
    sandbox, tool = Stage(), Stage()
    with serving(sandbox) as sandbox_url, serving(tool) as tool_url:
        yield sandbox, sandbox_url.replace("127.0.0.1", "localhost"), tool, tool_url


@pytest.fixture
def tool(servers: tuple[Stage, str, Stage, str]) -> FakeTool:
    sandbox, sandbox_url, stage, tool_url = servers
    fake = FakeTool(tool_url, sandbox_url)
    stage.app, sandbox.app = fake.app, create_sandbox(sandbox_url, key=KEY)
    return fake


@pytest.fixture
def school(tool: FakeTool, servers: tuple[Stage, str, Stage, str]) -> School:
    return servers[0].app.extensions["sandbox"]


@pytest.fixture
def visit(tool: FakeTool) -> Callable[..., Page]:
    """Sign in as somebody and open a path: visit("tomas", "/courses/2")."""

    def open_as(username: str, path: str = "/") -> Page:
        return Visitor().get(f"{tool.sandbox_url}/as/{username}?next={path}")

    return open_as


@pytest.fixture
def registered(tool: FakeTool, visit: Any) -> FakeTool:
    page = visit("ines", "/admin/tools").form("/admin/tools/register")
    page.fill(url=f"{tool.url}/register?invitation=1").submit().iframe()
    return tool


@pytest.fixture
def course(registered: FakeTool, visit: Any) -> FakeTool:
    """The tool is registered, and two activities are in the course; the first has a column of 40 points."""
    page = visit("tomas", "/courses/2/add").link("Probe Tool").iframe()
    assert page.heading == "2 activities added"
    return registered


@pytest.fixture
def column(course: FakeTool) -> str:
    """The address of the column's scores."""
    return f"{course.sandbox_url}/services/2/lineitems/1/lineitem/scores?type_id=1"
