"""Tables in the answers of stats.nba.com, however saved: the raw answer, nba_api's normalized form, or CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from backfill.raw.imports.documents import Document, Refused

Row = dict[str, Any]


def tables(document: Document) -> dict[str, list[Row]]:
    """Rows by table of an answer of the form {resultSets: [{name, headers, rowSet}]} or {name: [{...}]}.

    Raises Refused for a document of neither form.
    """
    answer = document.json()
    sets = answer.get("resultSets", answer.get("resultSet")) if isinstance(answer, dict) else None
    if sets is not None:
        return {
            one["name"]: [dict(zip(one["headers"], cells, strict=True)) for cells in one["rowSet"]]
            for one in (sets if isinstance(sets, list) else [sets])
        }
    if isinstance(answer, dict):
        found = {name: rows for name, rows in answer.items() if isinstance(rows, list)}
        if found:
            return found
    if isinstance(answer, list) and answer and isinstance(answer[0], dict):
        return {"": answer}
    raise Refused(f"{document.label} holds no table: expected resultSets, as stats.nba.com answers")


def rows_of(document: Document, *names: str) -> Iterator[tuple[str, Row]]:
    """Place (line or record) and row of a CSV, or of the first of the named tables that an answer has."""
    if document.kind == "csv":
        for line, row in document.rows():
            yield f"line {line}", row
        return
    found = tables(document)
    name = next((one for one in (*names, "") if one in found), None)
    for number, row in enumerate(found[name] if name is not None else [], 1):
        yield f"record {number}", row


def each_row(document: Document, use: Callable[[Row], None], *names: str) -> None:
    """Use every row; what it cannot make sense of is refused with file, line or record, and what was found."""
    for place, row in rows_of(document, *names):
        try:
            use(row)
        except KeyError as error:
            raise Refused(f"{document.label}: {place} has no {error}") from error
        except (ValueError, TypeError) as error:
            raise Refused(f"{document.label}: {place}: {error}") from error
