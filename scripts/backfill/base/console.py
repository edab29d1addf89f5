"""The shared rich consoles: results on stdout, errors on stderr."""

from rich.console import Console

from backfill.base.errors import BackfillError

console = Console()
error_console = Console(stderr=True)


def print_error(error: BackfillError) -> None:
    """Print the error as one red message on stderr, unwrapped, so that paths and commands can be copied."""
    error_console.print(f"Error: {error}", style="bold red", markup=False, highlight=False, soft_wrap=True)
