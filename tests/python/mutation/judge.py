"""What notices a mutant: the data tests on a real week that it builds, and the model's unit tests."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import sqlglot
from building import dbt

from mutation.makers import Mutant, Tree

#: The real week that mutants build, a month into the season: every published table has rows in it.
WEEK = ("2021-11-18", "2021-11-24")
#: A mutant that takes longer is dead: the sound model takes less than a second.
SECONDS = 20
SOUND, DATA, UNIT, STILLBORN, SURVIVED = "sound", "data tests", "unit tests", "stillborn", "survived"


@dataclass
class UnitTest:
    """A unit test whose inputs are tables of a schema of their own."""

    schema: str
    tree: Tree
    columns: str
    expected: Counter


@dataclass
class Model:
    """A model, compiled for the week, with the tests that read it."""

    name: str
    relation: str
    tree: Tree
    data_tests: dict[str, str] = field(default_factory=dict)
    unit_tests: dict[str, UnitTest] = field(default_factory=dict)


class Judge:
    """Runs mutants on a warehouse, each in a transaction that is rolled back, and on the inputs of unit tests."""

    def __init__(self, warehouse: Path, *select: str) -> None:
        """Compile the selected models and the tests that read them, and run the unit tests."""
        #: Unit tests of one model for one day differ in their inputs only.
        self.trees: dict[str, Tree] = {}
        self.inputs = duckdb.connect(":memory:")
        compiled = dbt(warehouse, "compile", "--select", *select, "test_type:data", window=WEEK)
        assert compiled.success, compiled.message
        nodes = [result.node for result in compiled.results]
        self.models = {
            node.unique_id: Model(node.name, f"{node.schema}.{node.name}", Tree.of(node.name, node.compiled_code))
            for node in nodes
            if node.resource_type == "model"
        }
        for node in nodes:
            for read in node.depends_on.nodes if node.resource_type == "test" else []:
                if read in self.models:
                    self.models[read].data_tests[node.name] = node.compiled_code
        units = dbt(warehouse, "test", "--select", *(f"{one},test_type:unit" for one in select), window=WEEK)
        assert units.success, units.message
        self.week = duckdb.connect(str(warehouse))
        for connection in (self.week, self.inputs):
            connection.execute("set timezone = 'UTC'")
        for result in units.results:
            model = self.models.get(getattr(result.node, "tested_node_unique_id", None))
            if model:
                model.unit_tests[result.node.name] = self._unit_test(model.name, result.node)
        self.sound = {test: self._rows(sql) for model in self.models.values() for test, sql in model.data_tests.items()}

    def close(self) -> None:
        """Let go of the warehouse."""
        self.week.close()
        self.inputs.close()

    def verdict(self, model: Model, mutant: Mutant | None = None) -> tuple[str, str]:
        """What became of a mutant, and by which test; without one, of the model as it is. Data tests come second."""
        try:
            by = self._unit_test_that_fails(model, mutant)
            if by:
                return UNIT, by
            with self._rolled_back(), self._in_time(self.week):
                by = self._data_test_that_fails(model, mutant)
        except (duckdb.BinderException, duckdb.ParserException) as problem:
            return STILLBORN, _first_line(problem)
        except duckdb.Error as problem:
            by = f"its build: {_first_line(problem)}"
        return (DATA, by) if by else (SURVIVED, "")

    def _unit_test_that_fails(self, model: Model, mutant: Mutant | None) -> str:
        written: dict[int, str] = {}
        for name, test in model.unit_tests.items():
            sql = written.get(id(test.tree)) or test.tree.sql(mutant)
            written[id(test.tree)] = sql
            self.inputs.execute(f"set schema = '{test.schema}'")
            try:
                with self._in_time(self.inputs):
                    rows = self.inputs.execute(f"select {test.columns} from ({sql})").fetchall()
            except duckdb.Error:
                # inputs written as SQL have only the columns that the model reads: is it SQL on the whole ones?
                self.week.execute(f"explain {model.tree.sql(mutant)}")
                return name
            if _counted(rows) != test.expected:
                return name
        return ""

    def _data_test_that_fails(self, model: Model, mutant: Mutant | None) -> str:
        self.week.execute(f"create temp table mutant as {model.tree.sql(mutant)}")
        if self._same(model):
            return ""
        self.week.execute(f"delete from {model.relation} where {_in_week()}")
        self.week.execute(f"insert into {model.relation} by name select * from mutant")
        return next((test for test, sql in model.data_tests.items() if self._rows(sql) > self.sound[test]), "")

    def _same(self, model: Model) -> bool:
        """TRUE when the mutant built what is stored, cell by cell."""
        names = ", ".join(f'"{row[0]}"' for row in self.week.execute("describe mutant").fetchall())
        stored, built = f"select {names} from {model.relation} where {_in_week()}", f"select {names} from mutant"
        return not self._rows(f"({stored} except all {built}) union all ({built} except all {stored})")

    def _rows(self, sql: str) -> int:
        return self.week.execute(f"select count(*) from ({sql})").fetchone()[0]

    def _unit_test(self, model: str, node: object) -> UnitTest:
        """Store the inputs of a unit test as tables, and what dbt expects of its columns."""
        query = sqlglot.parse_one(node.compiled_code, read="duckdb")
        self.inputs.execute(f"create schema {node.name}; set schema = '{node.name}'")
        for cte in list(query.args["with_"].expressions):
            if cte.alias.startswith("__dbt__cte__"):
                self.inputs.execute(f"create table {cte.alias} as {cte.this.sql(dialect='duckdb')}")
                cte.pop()
        both = self.week.execute(Path(node.build_path).read_text())
        columns = ", ".join(f'"{column[0]}"' for column in both.description[:-1])
        rows = both.fetchall()
        expected = _counted([row[:-1] for row in rows if row[-1] == "expected"])
        sql = query.sql(dialect="duckdb")
        if sql not in self.trees:
            self.trees[sql] = Tree.of(model, sql)
        return UnitTest(node.name, self.trees[sql], columns, expected)

    @contextmanager
    def _rolled_back(self) -> Iterator[None]:
        self.week.execute("begin")
        try:
            yield
        finally:
            self.week.execute("rollback")

    @contextmanager
    def _in_time(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Interrupt what takes too long; DuckDB then raises an error."""
        timer = threading.Timer(SECONDS, connection.interrupt)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _in_week() -> str:
    return f"game_date between '{WEEK[0]}' and '{WEEK[1]}'"


def _first_line(problem: Exception) -> str:
    return str(problem).splitlines()[0]


def _counted(rows: list[tuple]) -> Counter:
    """Rows without order; arrays as text."""
    return Counter(tuple(str(value) for value in row) for row in rows)
