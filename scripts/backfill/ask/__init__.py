"""Questions: commands that read the warehouse and the ledger, and build nothing."""
