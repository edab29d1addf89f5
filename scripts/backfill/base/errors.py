"""The one exception a user of the command line is meant to see."""


class BackfillError(Exception):
    """Something the user can put right.

    The message says what was wrong and where; `command` is the one command that helps, shown on its own line.
    """

    def __init__(self, message: str, command: str | None = None) -> None:
        super().__init__(f"{message}\nTry: {command}" if command else message)
