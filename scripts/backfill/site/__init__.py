"""`backfill site`: the static site about a warehouse: what exists, where it comes from, what is sound, what it says."""
