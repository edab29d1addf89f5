"""The fault matrix: every kind of fault that cost users days, and the check that has to name it."""
