"""The README and the docs name only commands, options, targets and files that exist."""

import re
import shlex
from pathlib import Path

import pytest
from backfill.cli import app
from building import PROJECT
from typer.testing import CliRunner

PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
COMMANDS = [
    (page, line.split("#")[0].strip())
    for page in PAGES
    for block in re.findall(r"```bash\n(.*?)```", page.read_text(), re.S)
    for line in block.splitlines()
    if line.strip() and not line.startswith("#")
]


def test_the_readme_is_short() -> None:
    assert len((PROJECT / "README.md").read_text().splitlines()) <= 150


@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=[command for _, command in COMMANDS])
def test_a_command_of_the_docs_exists(page: Path, command: str) -> None:
    words = [word for word in shlex.split(command) if not re.match(r"[A-Z_]+=", word)]
    if words[0] == "make":
        assert re.search(rf"^{words[1]}:", (PROJECT / "Makefile").read_text(), re.M), (
            f"{page.name}: no target {words[1]}"
        )
    elif words[0] == "backfill":
        path = [word for word in words[1:3] if re.fullmatch(r"[a-z]+", word)]
        subcommand = path if path[0] == "raw" else path[:1]
        shown = CliRunner().invoke(app, [*subcommand, "--help"], env={"COLUMNS": "200"})
        assert shown.exit_code == 0, f"{page.name}: no command {' '.join(subcommand)}"
        for option in (word for word in words if word.startswith("--")):
            assert option in shown.output, f"{page.name}: {' '.join(subcommand)} has no {option}"
    else:
        assert words[0] in {"dbt", "source", "export"}, f"{page.name}: {command} is neither make, backfill nor dbt"


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_linked_or_quoted_file_exists(page: Path) -> None:
    text = page.read_text()
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    for link in links:
        assert (page.parent / link).exists(), f"{page.name} links {link}"
    for quoted in re.findall(r"`((?:models|macros|tests|docs|scripts|seeds)/[\w./]+\.\w+)`", text):
        assert (PROJECT / quoted).exists(), f"{page.name} names {quoted}"
