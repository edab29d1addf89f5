"""The command line of the NBA stats warehouse: thin over dbt, DuckDB and the run ledger."""
