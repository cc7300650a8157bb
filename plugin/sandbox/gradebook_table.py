"""The gradebook as text, for a terminal."""

from typing import Any


def gradebook_table(book: dict[str, Any]) -> str:
    """Draw people against columns; a dash where there is no grade."""
    columns = book["columns"]
    rows = [["Person", *(f"{column['label']} (of {column['maximum']:g})" for column in columns)]]
    rows += [[person["name"], *(_cell(person, column) for column in columns)] for person in book["people"]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _cell(person: dict[str, Any], column: dict[str, Any]) -> str:
    score = person["grades"].get(str(column["id"]), {}).get("score")
    return "-" if score is None else f"{score:g}"
