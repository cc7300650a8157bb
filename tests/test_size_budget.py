"""The size budget of docs/architecture.md: short files with one subject, short functions."""

import ast
import statistics
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILE_MEDIAN, FILE_MOST = 110, 300
FUNCTION_MEDIAN, FUNCTION_MOST, FUNCTION_NINE_OF_TEN = 8, 40, 25


def _sources() -> dict[str, str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],  # noqa: S607 - git is on the path
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    product = [name for name in listed if name.split("/")[0] in {"courses", "lti", "scim", "plugin"}]
    assert product, "no sources found: is this a git checkout?"
    return {name: (ROOT / name).read_text() for name in product if (ROOT / name).exists()}


def _functions(name: str, text: str) -> list[tuple[int, str]]:
    return [
        ((node.end_lineno or node.lineno) - node.lineno + 1, f"{name}:{node.lineno} {node.name}")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_files_are_short() -> None:
    lengths = {name: text.count("\n") for name, text in _sources().items()}
    assert {name: length for name, length in lengths.items() if length > FILE_MOST} == {}
    assert statistics.median(lengths.values()) <= FILE_MEDIAN


def test_functions_are_short() -> None:
    found = sorted(entry for name, text in _sources().items() for entry in _functions(name, text))
    lengths = [length for length, _where in found]
    assert [entry for entry in found if entry[0] > FUNCTION_MOST] == []
    assert statistics.median(lengths) <= FUNCTION_MEDIAN
    assert lengths[int(len(lengths) * 0.9)] <= FUNCTION_NINE_OF_TEN
