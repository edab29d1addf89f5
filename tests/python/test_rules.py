"""Rules are at home: what is cited is in docs/rules.md, and what is there is cited or kept everywhere."""

import re
from collections.abc import Iterator

from building import PROJECT

PAGE = PROJECT / "docs" / "rules.md"
CITING = (
    "README.md",
    "dbt_project.yml",
    "selectors.yml",
    "analyses",
    "docs",
    "macros",
    "models",
    "scripts",
    "seeds",
    "tests",
)
ID = r"(?:[A-Z]\d+|(?:section )?\d+(?:\.\d+)*)(?!\w|\.\d)"
CITATION = re.compile(
    rf"\b(?P<family>definitions|decisions|audits|predictions|operations|story|stories),? "
    rf"(?P<ids>{ID}(?:(?:, | and | to ){ID})*)"
)


def expand(first: str, last: str) -> list[str]:
    """The ids of a range such as M1 to M12, without the first."""
    letter = first[0]
    return [f"{letter}{number}" for number in range(int(first[1:]) + 1, int(last[1:]) + 1)]


def cited(text: str) -> Iterator[tuple[str, str]]:
    """Family and id of each citation of a text, also where a comment wraps."""
    plain = re.sub(r"\s*\n\s*(?:--|#)?\s*", " ", text)
    for match in CITATION.finditer(plain):
        family = "stories" if match["family"] == "story" else match["family"]
        parts = re.split(r"(, | and | to )", match["ids"])
        for place in range(0, len(parts), 2):
            is_range = place and parts[place - 1] == " to "
            for identifier in expand(parts[place - 2], parts[place]) if is_range else [parts[place]]:
                yield family, identifier.removeprefix("section ") if family == "operations" else identifier


def declared(page: str) -> dict[tuple[str, str], bool]:
    """Family and id of each rule of the page, and whether it is general."""
    found: dict[tuple[str, str], bool] = {}
    family = ""
    for line in page.splitlines():
        if line.startswith("## "):
            family = line.removeprefix("## ")
        elif row := re.match(rf"\| ({ID})( \(general\))? \|", line):
            key = (family, row[1])
            assert key not in found, f"{family} {row[1]} stands twice in docs/rules.md"
            found[key] = bool(row[2])
    return found


def citations() -> dict[tuple[str, str], str]:
    """Each rule that the project cites, with a file that does."""
    found: dict[tuple[str, str], str] = {}
    for name in CITING:
        root = PROJECT / name
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.suffix in {".md", ".sql", ".yml", ".py", ".csv"} and path not in (
                PAGE,
                PROJECT / "tests/python/test_rules.py",
            ):
                for key in cited(path.read_text()):
                    found.setdefault(key, str(path.relative_to(PROJECT)))
    return found


def unknown(rules: dict[tuple[str, str], bool], found: dict[tuple[str, str], str]) -> list[str]:
    """Citations of rules that are not on the page."""
    return [
        f"{file}: {' '.join(key)} is not in docs/rules.md" for key, file in sorted(found.items()) if key not in rules
    ]


def idle(rules: dict[tuple[str, str], bool], found: dict[tuple[str, str], str]) -> list[str]:
    """Rules that nobody cites and that are not general."""
    return [" ".join(key) for key, general in rules.items() if not general and key not in found]


def test_every_cited_rule_exists() -> None:
    assert unknown(declared(PAGE.read_text()), citations()) == []


def test_every_rule_is_cited_or_general() -> None:
    assert idle(declared(PAGE.read_text()), citations()) == []


def test_a_wrong_citation_and_an_idle_rule_are_found() -> None:
    rules = declared("## definitions\n| M1 | a | b |\n| M2 | a | b |\n| M9 (general) | a | b |\n")
    found = dict.fromkeys(cited("-- definitions M1 and\n-- G99; story 4"), "a.sql")
    assert unknown(rules, found) == [
        "a.sql: definitions G99 is not in docs/rules.md",
        "a.sql: stories 4 is not in docs/rules.md",
    ]
    assert idle(rules, found) == ["definitions M2"]
    assert [rule for _, rule in cited("definitions M1 to M3")] == ["M1", "M2", "M3"]


def test_each_page_is_in_its_index() -> None:
    for folder in (PROJECT / "docs", PROJECT / "docs" / "lessons"):
        index = (folder / "README.md").read_text()
        assert {page.name for page in folder.glob("*.md")} - {"README.md"} == set(
            re.findall(r"\]\(([\w-]+\.md)\)", index)
        )
