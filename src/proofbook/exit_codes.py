"""How every command line of the project ends: 0 accepted, 1 refused, 2 could not run, 130 interrupted."""

import os
import sys

import typer
from rich.markup import escape

from proofbook.autopsy.errors import ProofbookError
from proofbook.terminal import console_for

ACCEPTED, REFUSED, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 130

# typer carries its own click, so click's exceptions are known here by their common base alone.
_UsageProblem: type[Exception] = next(
    base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException"
)


def run_and_exit(app: typer.Typer) -> None:
    """Run a command line and exit with its code; what a user can mend is one line, no traceback."""
    try:
        code = int(app(standalone_mode=False) or ACCEPTED)
    except ProofbookError as error:
        if "--debug" in sys.argv:
            raise
        console_for(stderr=True).print(f"proofbook: {escape(error.line())}", soft_wrap=True)
        code = COULD_NOT_RUN
    except _UsageProblem as error:
        error.show()  # type: ignore[attr-defined]
        code = COULD_NOT_RUN
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = INTERRUPTED
    except (KeyboardInterrupt, typer.Abort):
        console_for(stderr=True).print("proofbook: interrupted; nothing is left running")
        code = INTERRUPTED
    sys.exit(code)
