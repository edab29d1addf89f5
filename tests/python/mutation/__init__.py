"""The mutation score of the SQL: small faults put into each published model, and which of them a test notices."""
