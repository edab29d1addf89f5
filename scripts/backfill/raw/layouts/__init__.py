"""Layouts in which people keep NBA data: a folder each, with LAYOUT, its README and nothing that others know."""
