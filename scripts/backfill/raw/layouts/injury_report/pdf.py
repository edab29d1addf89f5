"""The injury report's table out of its PDF: words by their place, columns under the header of the first page."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from backfill.base.errors import BackfillError
from backfill.raw.imports.documents import Document, Refused

HEADERS = ("Game Date", "Game Time", "Matchup", "Team", "Player Name", "Current Status", "Reason")
#: What a row without it takes from the row above.
CARRIED = ("Game Date", "Game Time", "Matchup", "Team")
NOT_YET = "NOT YET SUBMITTED"
#: Points: words of one line differ less in height; a word may begin so much before its column's header.
SAME_LINE, SLACK = 3, 4


def rows(document: Document) -> Iterator[dict[str, str]]:
    """Rows in the form that parsers give them. Raises Refused for a PDF that is no injury report."""
    try:
        import pdfplumber
        from pdfminer.pdfparser import PDFSyntaxError
        from pdfplumber.utils.exceptions import PdfminerException
    except ImportError as error:
        raise BackfillError(
            f"{document.label} is a PDF, and nothing is installed that reads one",
            "pip install 'nba-backfill[documents]'",
        ) from error
    try:
        with pdfplumber.open(io.BytesIO(document.bytes())) as pdf:
            pages = [page.extract_words(x_tolerance=1.5) for page in pdf.pages]
    except (PdfminerException, PDFSyntaxError) as error:
        raise Refused(f"{document.label} is no readable PDF: {error}", "fetch the file again") from error
    columns = _columns(pages[0] if pages else [])
    if columns is None:
        raise Refused(f"{document.label} is no injury report: its first page has no header {', '.join(HEADERS)}")
    carried = dict.fromkeys(CARRIED, "")
    for words in pages:
        for row in _rows_of(words, columns):
            for name in CARRIED:
                carried[name] = row[name] = row.get(name) or carried[name]
            yield {name: row.get(name, "") for name in HEADERS}


def _columns(words: list[dict[str, Any]]) -> list[tuple[float, str]] | None:
    """Left edge and name of each column."""
    for line in _lines(words).values():
        printed = " ".join(word["text"] for word in line)
        if printed == " ".join(HEADERS):
            starts = []
            for name in HEADERS:
                position = " ".join(HEADERS).index(name)
                starts.append((line[len(printed[:position].split())]["x0"], name))
            return starts
    return None


def _lines(words: list[dict[str, Any]]) -> dict[float, list[dict[str, Any]]]:
    lines: dict[float, list[dict[str, Any]]] = {}
    for word in sorted(words, key=lambda one: (one["top"], one["x0"])):
        top = next((known for known in lines if abs(known - word["top"]) < SAME_LINE), word["top"])
        lines.setdefault(top, []).append(word)
    return {top: sorted(line, key=lambda one: one["x0"]) for top, line in lines.items()}


def _rows_of(words: list[dict[str, Any]], columns: list[tuple[float, str]]) -> Iterator[dict[str, str]]:
    """A row is a line with a status, or one of a team that has not reported; a reason of several lines stands around
    the line that it belongs to."""
    cells: dict[float, dict[str, list[str]]] = {}
    for top, line in _lines(words).items():
        found: dict[str, list[str]] = defaultdict(list)
        if " ".join(word["text"] for word in line).startswith("Injury Report:"):
            continue  # the title, on every page
        for word in line:
            name = [name for left, name in columns if word["x0"] >= left - SLACK][-1:]
            if name:
                found[name[0]].append(word["text"])
        cells[top] = found
    titles = {top for top, found in cells.items() if " ".join(found["Matchup"]) == "Matchup" or not found}
    anchors = [
        top
        for top, found in cells.items()
        if top not in titles
        and ((found["Player Name"] and found["Current Status"]) or " ".join(found["Reason"]) == NOT_YET)
    ]
    reasons: dict[float, list[str]] = defaultdict(list)
    for top, found in cells.items():
        nearest = min(anchors, key=lambda anchor: abs(anchor - top), default=None)
        # a row is less than 12 points away; further off is the title or the number of the page
        if nearest is not None and found["Reason"] and abs(nearest - top) < 12 and top not in titles:
            reasons[nearest] += found["Reason"]
    for top in anchors:
        row = {name: " ".join(parts) for name, parts in cells[top].items()}
        row["Reason"] = " ".join(reasons[top])
        yield row
