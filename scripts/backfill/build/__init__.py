"""Plan what a range needs, build it, and heal what is stale."""
