"""Rules that dbt-bouncer has no check for. dbt-bouncer.yml says where each holds."""

from functools import cache
from pathlib import Path

from dbt_bouncer.check_framework.decorator import check, fail

ROOT = Path(__file__).resolve().parents[3]
#: Where faults are and the data tests they must turn red.
FAULTS = ROOT / "tests" / "python" / "test_checks_bite.py"


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _undescribed(columns: dict) -> list[str]:
    """Columns without a description."""
    return [name for name, column in (columns or {}).items() if not (column.description or "").strip()]


@check(code="NB001")
def check_model_lists_its_columns(model):
    """A model that is a relation of the warehouse lists its columns; an ephemeral one is none."""
    if model.config.materialized != "ephemeral" and not model.columns:
        fail(f"`{model.name}` lists no column.")


@check(code="NB002")
def check_source_columns_are_described(source):
    """Every column of a raw table has a description and a type; a table without columns is not described."""
    missing = _undescribed(source.columns)
    untyped = [name for name, column in source.columns.items() if not column.data_type]
    if missing or untyped or not source.columns:
        fail(f"`{source.source_name}.{source.name}` has columns without description {missing} or type {untyped}.")


@check(code="NB003")
def check_seed_columns_are_described(seed):
    """The columns of a seed's file are those that are described, and those that have a type."""
    header = set(_text(ROOT / seed.original_file_path).splitlines()[0].split(","))
    wrong = sorted({*_undescribed(seed.columns), *(header ^ set(seed.columns))})
    untyped = sorted(header ^ set(seed.config.column_types or {}))
    if wrong or untyped:
        fail(f"`{seed.name}` differs from its file: in descriptions {wrong}, in types {untyped}.")


@check(code="NB004")
def check_macro_file_begins_with_a_comment(macro):
    """The file of a macro begins with a Jinja comment."""
    if not _text(ROOT / macro.original_file_path).lstrip().startswith("{#"):
        fail(f"`{macro.original_file_path}` does not begin with a comment that says what it is for.")


@check(code="NB005")
def check_test_has_a_red_fixture(test):
    """A singular data test is named by a fault; test_checks_bite.py proves that the fault turns it red."""
    if getattr(test, "test_metadata", None) is None and f'"{test.name}"' not in _text(FAULTS):
        fail(f"`{test.name}` is named by no fault in {FAULTS.relative_to(ROOT)}: nobody knows that it can fail.")
