"""Writing pages: Jinja templates with everything escaped, relative links only, scripts and styles as shared files."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jinja2

from backfill.ask.answers import season, shown
from backfill.base.errors import BackfillError

HERE = Path(__file__).parent
#: Written into the folder of a site, so that the next build knows that it may replace it.
MARK = "backfill-site.txt"
SECTIONS = (
    ("index.html", "Overview"),
    ("calendar/index.html", "Calendar"),
    ("tables/index.html", "Tables"),
    ("rules/index.html", "Rules"),
    ("pictures/index.html", "Pictures"),
    ("pictures/shots.html", "Shot zones"),
    ("predictions/index.html", "Predictions"),
    ("predictions/slate.html", "Slate"),
    ("predictions/player.html", "Players"),
)


class Site:
    """A folder that is filled with pages. `path` of a page is relative to it, with forward slashes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written_at = datetime.now(UTC)
        self.templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters |= {"shown": shown, "season": season, "day": day}

    def page(self, path: str, template: str, title: str, **context: Any) -> None:
        """Write one page. `root` leads from it to the first page, and every link begins with it."""
        root = "../" * path.count("/")
        text = self.templates.get_template(template).render(
            root=root, path=path, title=title, sections=SECTIONS, written_at=self.written_at, **context
        )
        self.text(path, text)

    def text(self, path: str, text: str) -> None:
        """Write a file as it is."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def data(self, path: str, name: str, value: Any) -> None:
        """Write a script that hands `value` to the page as window.<name>: pages from disk may not fetch JSON."""
        document = json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))
        self.text(path, f"window.{name}={document};\n")


def check_folder(folder: Path) -> None:
    """Raise BackfillError when a site may not be written to `folder`: it holds other things, or cannot be made."""
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).is_file())):
        raise BackfillError(f"{folder} holds something else than a site", "choose another folder with --to")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackfillError(f"{folder} cannot be written: {error.strerror}", "choose another --to") from error


def copy_assets(site: Site) -> None:
    """Styles and scripts of our own, and plotly.js from its Python package: one file that all pages share."""
    import plotly

    site.text(MARK, "Written by `backfill site`, which replaces this folder.\n")
    shutil.copytree(HERE / "assets", site.folder / "assets")
    shutil.copy(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", site.folder / "assets")


def day(value: date) -> str:
    """'Fri 2021-11-05'."""
    return f"{value:%a} {value}"
