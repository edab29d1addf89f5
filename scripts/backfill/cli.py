"""The command `backfill`. One module a command; each is added to `app` at the end of this file."""

import errno
import gc
import sys
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from backfill.ask.contamination import contamination
from backfill.ask.coverage import coverage
from backfill.ask.doctor import doctor
from backfill.ask.gaps import gaps
from backfill.ask.history import history
from backfill.ask.preflight import preflight
from backfill.ask.query import query
from backfill.ask.report import report
from backfill.ask.status import status
from backfill.ask.verify import verify
from backfill.ask.why import why
from backfill.base.console import console, print_error
from backfill.base.errors import BackfillError
from backfill.build.accept import accept
from backfill.build.heal import heal
from backfill.build.plan import plan
from backfill.build.rehearse import rehearse
from backfill.build.run import run
from backfill.models.command import models, train
from backfill.quality.validate import validate
from backfill.raw.cli import app as raw_app
from backfill.site.command import site

#: Exit code of a command that the user stopped, as shells have it: 128 and the number of the signal.
INTERRUPTED = 130


class BackfillGroup(TyperGroup):
    """The one place where a BackfillError of any command becomes a message and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a BackfillError is printed, not traced."""
        try:
            return super().invoke(ctx)
        except BackfillError as error:
            print_error(error)
            raise typer.Exit(1) from error
        except KeyboardInterrupt as error:
            print_error(BackfillError("interrupted; what was finished is kept", "the same command again: it goes on"))
            raise typer.Exit(INTERRUPTED) from error
        except OSError as error:
            if error.errno not in (errno.EROFS, errno.EACCES, errno.ENOSPC):
                raise
            print_error(BackfillError(f"{error.filename or 'a file'} cannot be written: {error.strerror}"))
            raise typer.Exit(1) from error


app = typer.Typer(
    cls=BackfillGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Load raw NBA data, plan and run date ranges, and check what was built.",
)


def _print_version(requested: bool) -> None:
    if requested:
        console.print(f"backfill {version('nba-backfill')}", highlight=False)
        raise typer.Exit


@app.callback()
def main(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Hold the options that belong to no command, and look for garbage rarely: dbt's large graphs outlive a command."""
    gc.set_threshold(50_000)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign shows another


app.add_typer(raw_app, name="raw")
for command in (plan, rehearse, run, heal, accept, train):
    app.command()(command)
for question in (doctor, preflight, status, gaps, coverage, contamination, verify, history, why, report, query, models):
    app.command()(question)
for command in (validate, site):
    app.command()(command)
