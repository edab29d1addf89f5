-- How many rows should each kind of table hold on each requested date? `backfill validate` runs this first.
{{ expected_row_counts() }}
