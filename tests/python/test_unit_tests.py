"""The dbt unit tests: the worked examples of the specification and the rules that are easy to get wrong."""

from pathlib import Path

from building import dbt


def test_dbt_unit_tests_pass(built_warehouse: Path) -> None:
    """dbt reads the column types of the fixtures from the built warehouse."""
    outcome = dbt(built_warehouse, "test", "--select", "test_type:unit", window=("2021-11-10", "2021-11-10"))
    unit_tests = [result for result in outcome.results if result.node.resource_type == "unit_test"]
    assert {result.node.name: result.message for result in unit_tests if result.status != "pass"} == {}
    assert len(unit_tests) > 20, "unit tests were not found"
