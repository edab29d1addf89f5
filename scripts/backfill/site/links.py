"""Links of a site: every one leads to a file of the site, to an anchor that exists, and never to another server."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: One-page applications of other tools: their anchors are routes of their own scripts, and they bring no links.
APPLICATIONS = ("docs/index.html", "lineage/index.html")
LOADED = {"img": "src", "script": "src", "link": "href", "iframe": "src", "a": "href"}


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        for name in ("id", "name"):
            if given.get(name):
                self.anchors.add(given[name] or "")
        if given.get(LOADED.get(tag, "")):
            self.links.append((tag, given[LOADED[tag]] or ""))


def broken_links(folder: Path) -> list[str]:
    """'page: link: what is wrong' for each link that a reader cannot follow; empty when all is well."""
    read = {
        page: _Page(page.read_text(encoding="utf-8"))
        for page in sorted(folder.rglob("*.html"))
        if page.relative_to(folder).as_posix() not in APPLICATIONS
    }
    root = folder.resolve()
    resolved = {path.resolve(): content for path, content in read.items()}
    found = []
    for page, content in read.items():
        for tag, link in content.links:
            wrong = _wrong(root, page.resolve(), tag, link, resolved)
            if wrong:
                found.append(f"{page.relative_to(folder).as_posix()}: {link}: {wrong}")
    return found


def _wrong(root: Path, page: Path, tag: str, link: str, read: dict[Path, _Page]) -> str:
    parts = urlsplit(link)
    if parts.scheme in ("mailto", "data", "javascript"):
        return ""
    if parts.scheme or parts.netloc:
        # a reader may go elsewhere, a page may not load from there
        return "" if tag == "a" and parts.scheme in ("http", "https") else "loads from another server"
    if parts.path.startswith("/"):
        return "begins at the root of a server"
    file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not file.is_relative_to(root):
        return "leads out of the site"
    if not file.is_file():
        return "no such file"
    if parts.fragment and file in read and unquote(parts.fragment) not in read[file].anchors:
        return "no such anchor"
    return ""
