"""Data Docs that look right without a network: links to foreign servers out, our own style sheet in."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import NamedTuple

STYLE = Path(__file__).with_name("data_docs.css")
FOREIGN = re.compile(
    r"""<link\b[^>]*href=["'](?:https?:)?//[^>]*>"""
    r"""|<script\b[^>]*src=["'](?:https?:)?//[^>]*>\s*</script>"""
    r"""|<img\b[^>]*src=["'](?:https?:)?//[^>]*>""",
    re.IGNORECASE,
)
SCRIPT = re.compile(r"<script\b.*?</script>", re.IGNORECASE | re.DOTALL)
STYLE_URL = re.compile(r"""@import\s+url\([^)]*\);?|url\(["']?(?:https?:)?//[^)]*\)""", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")


class SuiteResult(NamedTuple):
    """One suite of the last validation: its page, relative to the Data Docs, its name, and whether everything held."""

    link: str
    suite: str
    held: bool


def suite_results(folder: Path) -> list[SuiteResult]:
    """Every suite that has a page of results under `folder`, by name."""
    pages = sorted((folder / "validations").rglob("*.html"), key=lambda page: page.stem)
    found = []
    for page in pages:
        text = " ".join(TAG.sub(" ", page.read_text(encoding="utf-8")).split())
        name = page.stem.removeprefix("nba-")
        found.append(SuiteResult(page.relative_to(folder).as_posix(), name, "Status: Succeeded" in text))
    return found


def make_offline(folder: Path) -> Path:
    """Rewrite every page under `folder` in place and return its index. A page loads nothing from elsewhere.

    Scripts go, too: they fold and sort with libraries that are loaded from elsewhere; without them all is unfolded. The
    index is written anew, because its list is drawn by such a script.
    """
    style = f"<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>"
    for page in folder.rglob("*.html"):
        text = STYLE_URL.sub("", SCRIPT.sub("", FOREIGN.sub("", page.read_text(encoding="utf-8"))))
        page.write_text(text.replace("</head>", style, 1), encoding="utf-8")
    rows = "\n".join(
        f'<tr><td><a href="{html.escape(link)}">{html.escape(suite)}</a></td>'
        f"<td>{'everything held' if held else 'something failed'}</td></tr>"
        for link, suite, held in suite_results(folder)
    )
    index = folder / "index.html"
    index.write_text(
        f"<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>Data Docs</title>{style}<body>"
        f"<h1>Results of the last validation</h1>\n<table><tr><th>suite</th><th>result</th></tr>\n{rows}\n</table>"
        "</body></html>\n",
        encoding="utf-8",
    )
    return index
