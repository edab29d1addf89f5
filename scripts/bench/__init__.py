"""`make bench`: how long the work takes, against its own SQL alone and against other ways of doing it."""
