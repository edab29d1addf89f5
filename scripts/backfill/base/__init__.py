"""What every command needs: where the project is, dbt, the warehouse and its lease, the terminal, errors."""
