"""Files in the shapes in which other programs leave them, made for tests."""
