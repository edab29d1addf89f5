"""Fetch answers from where they are published, politely, into files that `backfill raw import` takes."""
