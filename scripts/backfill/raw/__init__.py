"""Raw data: load real files, or simulate a league."""
