"""What a statement reads and what a build costs on BigQuery."""
