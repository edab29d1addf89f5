"""Bring files as other programs left them into the raw contract: find, recognise, read, map, write, tell."""
