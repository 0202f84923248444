"""How every command line of the project ends: 0 accepted, 1 refused, 2 could not run, 130 interrupted."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

import typer
from rich.markup import escape

from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.guarded import ENDING_SIGNALS
from proofbook.terminal import console_for

ACCEPTED, REFUSED, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 130

# typer carries its own click, so click's exceptions are known here by their common base alone.
_UsageProblem: type[Exception] = next(
    base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException"
)


def run_and_exit(app: typer.Typer) -> None:
    """Run a command line and exit with its code; what a user can mend is one line, no traceback."""
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, _interrupt)
    # Typer's own main would turn a broken pipe into 1, which here means refused.
    command = typer.main.get_command(app)
    name = Path(sys.argv[0]).name.replace("__main__.py", "proofbook")
    try:
        with command.make_context(name, sys.argv[1:]) as context:
            command.invoke(context)
        sys.stdout.flush()
        code = ACCEPTED
    except typer.Exit as done:
        code = done.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = INTERRUPTED
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted; nothing is left running")
        code = INTERRUPTED
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        _explain(error)
        code = COULD_NOT_RUN
    for (
        number
    ) in ENDING_SIGNALS:  # the verdict stands; a late Ctrl-C must not turn it into a traceback
        signal.signal(number, signal.SIG_IGN)
    sys.exit(code)


class _Interrupted(KeyboardInterrupt):
    """A class of its own: Python ends by SIGINT if a plain KeyboardInterrupt ever passed through `exec`."""


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise _Interrupted


def _explain(error: Exception) -> None:
    if isinstance(error, ProofbookError):
        _say(error.line())
    elif isinstance(error, _UsageProblem):
        if type(error).__name__ == "NoArgsIsHelpError":
            error.show()  # type: ignore[attr-defined]
            return
        message: str = error.format_message()  # type: ignore[attr-defined]
        context = error.ctx  # type: ignore[attr-defined]
        path = context.command_path if context else "proofbook"
        _say(f"{message.rstrip('.')} (`{path} --help` lists what there is)")
    elif isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        _say(f"{place}{error.strerror or error} (`--debug` shows where)")
    else:
        text = " ".join(str(error).split())
        _say(f"a fault of its own: {type(error).__name__}: {text} (`--debug` shows where)")


def _say(line: str) -> None:
    console_for(stderr=True).print(f"proofbook: {escape(line)}", soft_wrap=True)
