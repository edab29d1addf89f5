"""Data Docs that look right without a network: links to foreign servers out, our own style sheet in."""

from __future__ import annotations

import re
from pathlib import Path

STYLE = Path(__file__).with_name("data_docs.css")
FOREIGN = re.compile(
    r"""<link\b[^>]*href=["'](?:https?:)?//[^>]*>"""
    r"""|<script\b[^>]*src=["'](?:https?:)?//[^>]*>\s*</script>"""
    r"""|<img\b[^>]*src=["'](?:https?:)?//[^>]*>""",
    re.IGNORECASE,
)
SCRIPT = re.compile(r"<script\b.*?</script>", re.IGNORECASE | re.DOTALL)
STYLE_URL = re.compile(r"""@import\s+url\([^)]*\);?|url\(["']?(?:https?:)?//[^)]*\)""", re.IGNORECASE)


def make_offline(folder: Path) -> Path:
    """Rewrite every page under `folder` in place and return its index. A page loads nothing from elsewhere.

    Scripts go, too: they fold and sort with libraries that are loaded from elsewhere; without them all is unfolded.
    """
    style = f"<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>"
    for page in folder.rglob("*.html"):
        text = STYLE_URL.sub("", SCRIPT.sub("", FOREIGN.sub("", page.read_text(encoding="utf-8"))))
        page.write_text(text.replace("</head>", style, 1), encoding="utf-8")
    return folder / "index.html"
