"""The conventions of `make lint`: the project keeps them all, and each rule names the fault it is for."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from building import PROJECT
from dbt.cli.main import dbtRunner

CONFIG = yaml.safe_load((PROJECT / "dbt-bouncer.yml").read_text())
RULES = [rule["name"] for rule in CONFIG["manifest_checks"]]
Manifest = dict[str, Any]
Break = Callable[[dict[str, Any]], None]


def setting(key: str, value: object) -> Break:
    """A break that gives one entry of a node another value."""
    return lambda node: node.__setitem__(key, value)


def without_meta(key: str) -> Break:
    """A break that takes a key out of the meta of a node."""

    def apply(node: dict[str, Any]) -> None:
        for meta in (node["meta"], node["config"]["meta"]):
            meta.pop(key, None)

    return apply


def undescribed_column(node: dict[str, Any]) -> None:
    next(iter(node["columns"].values()))["description"] = ""


def without_contract(node: dict[str, Any]) -> None:
    for contract in (node["contract"], node["config"]["contract"]):
        contract["enforced"] = False


@dataclass(frozen=True)
class Fault:
    """A resource, what is broken of it, and the rule that must name it: the nth of that name in dbt-bouncer.yml."""

    resource: str
    apply: Break
    rule: str
    nth: int = 0

    @property
    def place(self) -> int:
        """Place of the rule in dbt-bouncer.yml."""
        return [place for place, name in enumerate(RULES) if name == self.rule][self.nth]

    def node(self, manifest: Manifest) -> dict[str, Any]:
        """The resource in a manifest."""
        kind, name = self.resource.split(".")
        pool = {"source": "sources", "macro": "macros"}.get(kind, "nodes")
        (found,) = (
            node
            for node in manifest[pool].values()
            if node["resource_type"] == kind and node["name"] == name and node["package_name"] == "nba_backfill"
        )
        return found


# All are in one manifest: each is of another resource.
FAULTS = {
    "a model in a folder that is no layer": Fault(
        "model.latest_attempts",
        setting("original_file_path", "models/marts/latest_attempts.sql"),
        "check_model_directories",
    ),
    "a staging model without its source": Fault(
        "model.stg_registry__players",
        setting("name", "stg_players"),
        "check_model_names",
    ),
    "an intermediate model without its topic": Fault(
        "model.int_teams__form_entering",
        setting("name", "team_form"),
        "check_model_names",
        1,
    ),
    "a public table named like an intermediate one": Fault(
        "model.data_gaps",
        setting("name", "int_gaps"),
        "check_model_names",
        2,
    ),
    "a model without its header": Fault(
        "model.player_daily_cache",
        setting("raw_code", "select 1 as one"),
        "check_model_code_does_not_contain_regexp_pattern",
    ),
    "a model that no YAML file knows": Fault(
        "model.int_players__lists",
        setting("patch_path", None),
        "check_model_has_properties_file",
    ),
    "a model described in another folder": Fault(
        "model.int_players__listings",
        setting("patch_path", "nba_backfill://models/analytics/player_game_summary.yml"),
        "check_model_documented_in_same_directory",
    ),
    "a model lost its description": Fault(
        "model.player_game_summary",
        setting("description", ""),
        "check_model_description_populated",
    ),
    "a model lost its grain": Fault("model.int_schedule__games", without_meta("grain"), "check_model_has_meta_keys"),
    "a public model lost its owner": Fault(
        "model.team_offense_game_summary",
        without_meta("owner"),
        "check_model_has_meta_keys",
        1,
    ),
    "a public model lists no column": Fault(
        "model.unresolved_player_names",
        setting("columns", {}),
        "check_model_lists_its_columns",
    ),
    "a column lost its description": Fault(
        "model.player_composite_factors",
        undescribed_column,
        "check_model_column_description_populated",
    ),
    "a table lost its contract": Fault(
        "model.ml_feature_store_v2",
        without_contract,
        "check_model_has_contracts_enforced",
    ),
    "a source lost its description": Fault(
        "source.nbac_schedule",
        setting("source_description", ""),
        "check_source_top_level_description_populated",
    ),
    "a raw table lost its description": Fault(
        "source.nbac_injury_report",
        setting("description", ""),
        "check_source_description_populated",
    ),
    "a raw table lost its key": Fault(
        "source.bdl_player_boxscores",
        without_meta("key"),
        "check_source_has_meta_keys",
    ),
    "a column of a raw table lost its description": Fault(
        "source.odds_api_game_lines",
        undescribed_column,
        "check_source_columns_are_described",
    ),
    "a seed lost its description": Fault("seed.venues", setting("description", ""), "check_seed_description_populated"),
    "a column of a seed lost its description": Fault(
        "seed.team_names",
        undescribed_column,
        "check_seed_columns_are_described",
    ),
    "a file of macros without a comment": Fault(
        "macro.in_window",
        setting("original_file_path", "models/analytics/player_game_summary.sql"),
        "check_macro_file_begins_with_a_comment",
    ),
    "a data test that no fault turns red": Fault(
        "test.no_player_is_dropped",
        setting("name", "a_test_that_cannot_fail"),
        "check_test_has_a_red_fixture",
    ),
}


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """What dbt parsed, as it is written for other tools."""
    target = tmp_path_factory.mktemp("parsed")
    where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(target)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBA_DUCKDB_PATH", ":memory:")
        outcome = dbtRunner().invoke(["parse", *where, "--log-level", "none", "--log-level-file", "none"])
    assert outcome.success, outcome.exception
    return json.loads((target / "manifest.json").read_text())


def failures(manifest: Manifest, folder: Path) -> dict[tuple[int, str], str]:
    """(place of the rule in dbt-bouncer.yml, unique id of the resource) -> what the rule says of it."""
    config = {**CONFIG, "dbt_artifacts_dir": str(folder), "custom_checks_dir": str(PROJECT / "tests" / "conventions")}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "dbt-bouncer.yml").write_text(yaml.safe_dump(config))
    report = folder / "report.json"
    command = [sys.executable, "-c", "from dbt_bouncer.main import app; app()", "run"]
    command += ["--config-file", str(folder / "dbt-bouncer.yml"), "--output-file", str(report)]
    outcome = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert report.exists(), outcome.stdout + outcome.stderr
    rows = [row for row in json.loads(report.read_text()) if row["outcome"] != "success"]
    assert (outcome.returncode == 0) == (not rows), outcome.stdout + outcome.stderr
    return {(int(row["check_run_id"].split(":")[1]), row["unique_id"]): row["failure_message"] for row in rows}


@pytest.fixture(scope="module")
def broken(parsed: Manifest, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, str], str]:
    """What the rules say of a project with every fault."""
    manifest = deepcopy(parsed)
    for fault, node in [(fault, fault.node(manifest)) for fault in FAULTS.values()]:
        fault.apply(node)
    return failures(manifest, tmp_path_factory.mktemp("broken"))


def test_the_project_keeps_its_conventions(parsed: Manifest, tmp_path: Path) -> None:
    assert failures(parsed, tmp_path) == {}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_is_named_by_its_rule(parsed: Manifest, broken: dict[tuple[int, str], str], fault: str) -> None:
    at = FAULTS[fault]
    assert (at.place, at.node(parsed)["unique_id"]) in broken


def test_every_rule_has_a_fault() -> None:
    assert {fault.place for fault in FAULTS.values()} == set(range(len(RULES)))


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("ask/gaps.py", "from backfill.build.planning import make_plan"),
        ("base/errors.py", "from backfill.contract import load_contract"),
        ("quality/suites.py", "from backfill.site.pages import Site"),
    ],
)
def test_an_import_that_goes_upwards_is_refused(tmp_path: Path, module: str, line: str) -> None:
    shutil.copytree(PROJECT / "scripts/backfill", tmp_path / "backfill")
    with (tmp_path / "backfill" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    outcome = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", PROJECT / "pyproject.toml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 1
    assert line.split()[1] in outcome.stdout
