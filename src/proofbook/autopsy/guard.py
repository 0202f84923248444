"""Parent of one process: ends it with all that it started, when told to, when it ends, or when we are gone.

`python -I -S guard.py RUNNER FOLDER COMMAND…`, on Linux, with the standard library alone. RUNNER is the
process that started the guard; when it dies, even by SIGKILL, Linux tells the guard (`PDEATHSIG`), which
kills everything and removes FOLDER (`-` for none). Being a subreaper, the guard inherits what its process
leaves behind, daemons in sessions of their own included. It ends as its process ended: same code, same
signal.
"""

import ctypes
import os
import resource
import signal
import sys
from typing import NoReturn

_SET_DEATH_SIGNAL, _SET_SUBREAPER = 1, 36  # PR_SET_PDEATHSIG and PR_SET_CHILD_SUBREAPER of prctl(2)
_WOKEN_BY = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}


def main(runner: int, folder: str, command: list[str]) -> NoReturn:
    """Start a command, wait for one end or the other, clear up, and end as the command did."""
    system = ctypes.CDLL(None)
    signal.pthread_sigmask(signal.SIG_BLOCK, _WOKEN_BY)
    system.prctl(_SET_SUBREAPER, 1, 0, 0, 0)
    system.prctl(_SET_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
    process = _start(system, command)
    status = None
    while status is None and os.getppid() == runner:
        if signal.sigwait(_WOKEN_BY) != signal.SIGCHLD:
            break
        status = _reap(process)
    last = _end_all()
    if os.getppid() != runner and folder != "-":
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
    _end_as(status if status is not None else last.get(process, signal.SIGKILL))


def _start(system: ctypes.CDLL, command: list[str]) -> int:
    guard = os.getpid()
    process = os.fork()
    if process:
        return process
    try:
        # A session of its own: signals that it sends to its group must not reach the guard.
        os.setsid()
        system.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        # A crash must leave no core file among the notebooks; writing one also takes seconds.
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WOKEN_BY)
        if "JPY_PARENT_PID" in os.environ:  # whom a Jupyter kernel expects as its parent
            os.environ["JPY_PARENT_PID"] = str(guard)
        if os.getppid() == guard:
            os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
    os._exit(127)


def _reap(process: int) -> int | None:
    """Collect ended children; return the wait status of `process` if it is among them."""
    found = None
    while True:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if not child:
            return found
        if child == process:
            found = status


def _end_all() -> dict[int, int]:
    """Kill children until none is left; what they leave behind becomes a child and is next."""
    ended: dict[int, int] = {}
    while True:
        for child in _children():
            try:
                os.kill(child, signal.SIGKILL)
            except PermissionError:  # it became another user's; nobody but root ends it
                return ended
        try:
            child, status = os.waitpid(-1, 0)
        except ChildProcessError:
            return ended
        ended[child] = status


def _children() -> list[int]:
    me, found = str(os.getpid()), []
    for entry in os.listdir("/proc"):  # noqa: PTH208
        if entry.isdigit():
            try:
                # The name in parentheses may hold anything; the parent is the second field after it.
                with open(f"/proc/{entry}/stat", "rb") as stat:  # noqa: PTH123
                    fields = stat.read().rpartition(b")")[2].split()
            except OSError:
                continue
            if fields[1].decode() == me:
                found.append(int(entry))
    return found


def _end_as(status: int) -> NoReturn:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        signal.signal(number, signal.SIG_DFL) if number != signal.SIGKILL else None
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
