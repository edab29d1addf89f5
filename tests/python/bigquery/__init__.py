"""BigQuery's local stand-in: a BigQuery emulator that the real dbt-bigquery adapter talks to.

gaps       what the emulator lacks, filled in here and nowhere else; docs/bigquery.md lists each with a reproduction
standin    starts the emulator on a copy of the raw tables of a DuckDB warehouse, and builds a range in it
parity     compares every table of both engines cell by cell
trained    trained versions in the emulator, their scores held against the library
bounds     reads of partitioned tables held against meta.reads
month      `make bigquery`: a real month through both engines, and the parity table
"""
