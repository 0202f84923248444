"""Running planned notebooks: each in a fresh kernel, all cells in order, several at once."""

import asyncio
import contextlib
import os
import re
import signal
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from proofbook.autopsy import confinement
from proofbook.autopsy.atomic import write_atomic
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.guarded import ENDING_SIGNALS
from proofbook.autopsy.kernel_process import (
    STARTUP_SECONDS,
    RunningKernel,
    check_kernel_spec,
    running_kernel,
)
from proofbook.autopsy.models import PlannedNotebook
from proofbook.autopsy.notebook import Cell, Notebook, read_notebook
from proofbook.autopsy.outputs import shortened, tidy
from proofbook.autopsy.progress import Progress, silent
from proofbook.autopsy.run_record import CellError, CellResult, NotebookResult, NotebookStatus

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TRACE_LINES = 25
_LONGEST_MESSAGE = 2_000  # characters
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True)
class Conditions:
    """What a run fixes for every kernel: hash seed, threads and processor kernels of the BLAS."""

    hash_seed: int = 0
    threads: int = 1
    blas_core: str | None = None

    def environment(self) -> dict[str, str]:
        """Return the variables that a kernel gets on top of ours."""
        fixed = {
            "PYTHONHASHSEED": str(self.hash_seed),
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
            **dict.fromkeys(_THREADS, str(self.threads)),
        }
        return fixed | ({"OPENBLAS_CORETYPE": self.blas_core} if self.blas_core else {})


@dataclass(frozen=True)
class Engine:
    """Runs notebooks of the project at `root`; executed copies go to `executed`, evidence to `evidence`.

    Notebooks that prove a kernel are kept from `package`, the extracted code in the folder `verified`.
    """

    root: Path
    executed: Path
    evidence: Path
    workers: int
    conditions: Conditions = field(default_factory=Conditions)
    import_path: str | None = None
    package: str = ""
    verified: Path = Path()
    progress: Callable[[Progress], None] = silent

    def run(self, plan: list[PlannedNotebook]) -> list[NotebookResult]:
        """Run the notebooks, `workers` at once, and return their results in the plan's order.

        Ctrl-C and SIGTERM kill every kernel before they are passed on.

        Raises:
            ProofbookError: a notebook cannot be read or its kernel spec is unknown; nothing has run.
            KeyboardInterrupt: the run was interrupted.
        """
        notebooks = [read_notebook(self.root, item.path) for item in plan]
        for notebook in notebooks:
            check_kernel_spec(notebook.kernel_spec, notebook.path)
        self.evidence.mkdir(parents=True, exist_ok=True)  # notebooks append to files in it
        results: list[NotebookResult] = run_until_done(self._run_all(plan, notebooks))
        return results

    async def _run_all(
        self, plan: list[PlannedNotebook], notebooks: list[Notebook]
    ) -> list[NotebookResult]:
        places = asyncio.Semaphore(self.workers)

        async def in_turn(item: PlannedNotebook, notebook: Notebook) -> NotebookResult:
            async with places:
                return await _NotebookRun(self, item, notebook).run()

        pairs = zip(plan, notebooks, strict=True)
        return list(await asyncio.gather(*(in_turn(*pair) for pair in pairs)))

    def variables(self, item: PlannedNotebook) -> dict[str, str]:
        """Return the whole environment of a notebook's kernel.

        Only notebooks that check extracted code get the project's import path.
        """
        own = {
            "PROOFBOOK_ROOT": str(self.root),
            "PROOFBOOK_EVIDENCE": str(self.evidence_path(item.path)),
        }
        if self.import_path and item.kind == "implementation":
            own["PYTHONPATH"] = self.import_path
            own["PROOFBOOK_REPLAYED"] = str(self.evidence / replayed_name(item.path))
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PROOFBOOK_")}
        inherited.pop("OPENBLAS_CORETYPE", None)
        return inherited | self.conditions.environment() | own

    def first_line(self, item: PlannedNotebook) -> str:
        """Return what a notebook's kernel runs before its cells: one that proves is confined."""
        if item.kind != "kernel" or not self.package:
            return ""
        module = f"__import__({confinement.__name__!r}, fromlist=['confine'])"
        return f"{module}.confine({self.package!r}, {str(self.verified)!r})"

    def evidence_path(self, notebook: str) -> Path:
        """Return where a notebook's evidence is written."""
        return self.evidence / f"{Path(notebook).stem}.json"


def replayed_name(notebook: str) -> str:
    """Return the name of the file in which a notebook's replays are noted."""
    return f"{Path(notebook).stem}.replayed.jsonl"


class _NotebookRun:
    """One notebook's run, cell by cell."""

    def __init__(self, engine: Engine, item: PlannedNotebook, notebook: Notebook) -> None:
        self.engine, self.item, self.notebook = engine, item, notebook
        self.results: list[CellResult] = []
        self.content: Any = nbformat.read(engine.root / item.path, as_version=4)  # type: ignore[no-untyped-call]
        self.status: NotebookStatus = "passed"
        self.problem = self.remedy = ""
        self.under_way: Cell | None = None

    async def run(self) -> NotebookResult:
        start = time.perf_counter()
        try:
            await asyncio.wait_for(self._in_kernel(), self.item.notebook_timeout_s)
        except TimeoutError:
            self._note_limit()
        except RuntimeError as error:
            self.status, self.problem = "died", f"its kernel did not start: {error}"
        self._note_rest()
        self._keep_copy()
        self._tell(len(self.results), "", self.status)
        return NotebookResult(
            path=self.item.path,
            kind=self.item.kind,
            kernels=list(self.item.kernels),
            status=self.status,
            seconds=round(time.perf_counter() - start, 3),
            digest=self.notebook.digest,
            cells=self.results,
            problem=self.problem,
            remedy=self.remedy,
        )

    async def _in_kernel(self) -> None:
        folder = (self.engine.root / self.item.path).parent
        self._tell(0, "starting its kernel")
        async with running_kernel(
            self.notebook.kernel_spec,
            self.engine.variables(self.item),
            folder,
            self.engine.first_line(self.item),
        ) as kernel:
            client = NotebookClient(
                self.content,
                km=kernel.manager,
                timeout=self.item.cell_timeout_s,
                startup_timeout=STARTUP_SECONDS,
            )
            client.log.disabled = True
            client.reset_execution_trackers()
            try:
                channels = await client.async_start_new_kernel_client()
            except RuntimeError as error:
                raise RuntimeError(kernel.last_words()) from error
            try:
                await self._all_cells(client, kernel)
            finally:
                channels.stop_channels()

    async def _all_cells(self, client: NotebookClient, kernel: RunningKernel) -> None:
        for cell in self.notebook.cells:
            self._tell(len(self.results), cell.label)
            self.under_way = cell
            start = time.perf_counter()
            status, error = await self._one_cell(client, kernel, cell)
            seconds = round(time.perf_counter() - start, 3)
            lemmas = [mark.lemma for mark in cell.marks]
            self.results.append(CellResult(cell.id, cell.label, lemmas, status, seconds, error))
            self.under_way = None
            if status == "passed":
                continue
            self.status = "failed" if status == "failed" else status
            # A lemma that fails says nothing of the next one; any other cell is what the rest rests on.
            if status != "failed" or not lemmas:
                return

    async def _one_cell(
        self, client: NotebookClient, kernel: RunningKernel, cell: Cell
    ) -> tuple[Any, CellError | None]:
        try:
            await client.async_execute_cell(self.content.cells[cell.index], cell.index)
        except CellExecutionError as error:
            message = shortened(plain(error.evalue), _LONGEST_MESSAGE)
            return "failed", CellError(error.ename, message, _end_of(error.traceback))
        except CellTimeoutError:
            limit = f"took longer than its {self.item.cell_timeout_s} s and was stopped"
            return "timed out", CellError("Timeout", limit, "")
        except DeadKernelError as error:
            # nbclient says the same of a run that is being cancelled: by the time limit, or by Ctrl-C.
            task = asyncio.current_task()
            if task and task.cancelling():
                raise asyncio.CancelledError from error
            return "died", CellError("DeadKernel", await kernel.how_it_ended(), "")
        return "passed", None

    def _note_limit(self) -> None:
        limit = (
            f"the notebook took longer than its {self.item.notebook_timeout_s} s and was stopped"
        )
        self.status, self.problem = "timed out", limit
        self.remedy = "make it end sooner, or raise `notebook_timeout_s` in [tool.proofbook]"
        if self.under_way:
            cell, lemmas = self.under_way, [mark.lemma for mark in self.under_way.marks]
            error = CellError("Timeout", limit, "")
            self.results.append(CellResult(cell.id, cell.label, lemmas, "timed out", 0.0, error))

    def _note_rest(self) -> None:
        for cell in self.notebook.cells[len(self.results) :]:
            lemmas = [mark.lemma for mark in cell.marks]
            self.results.append(CellResult(cell.id, cell.label, lemmas, "not run", 0.0))

    def _keep_copy(self) -> None:
        for cell in self.content.cells:
            cell.metadata.pop("execution", None)
            if cell.cell_type == "code":
                cell.outputs = tidy(cell.outputs)
        text: str = nbformat.writes(self.content, version=4)  # type: ignore[no-untyped-call]
        write_atomic(self.engine.executed / Path(self.item.path).name, f"{text}\n".encode())

    def _tell(self, done: int, label: str, status: str = "") -> None:
        total = len(self.notebook.cells)
        self.engine.progress(Progress(self.item.path, done, total, label, status))


def plain(text: str) -> str:
    """Return text without terminal colours."""
    return _COLOUR.sub("", text)


def _end_of(trace: str) -> str:
    lines = plain(trace).splitlines()[-_TRACE_LINES:]
    return "\n".join(shortened(line, _LONGEST_MESSAGE) for line in lines)


def run_until_done(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine; on SIGINT, SIGTERM or SIGHUP cancel it, let it clean up, and say so.

    Raises:
        KeyboardInterrupt: a signal came.
    """
    # asyncio leaves default handlers behind; what the command had set must hold for what comes next.
    before = {number: signal.getsignal(number) for number in ENDING_SIGNALS}

    async def guarded() -> Any:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if task is None:
            raise ProofbookError("the event loop runs no task")
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            for number in ENDING_SIGNALS:
                if before[number] != signal.SIG_IGN:
                    loop.add_signal_handler(number, task.cancel)
        return await work

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError as error:
        raise KeyboardInterrupt from error
    finally:
        with contextlib.suppress(ValueError):  # not in the main thread, which alone has handlers
            for number, handler in before.items():
                if handler is not None:  # None: set by something other than Python
                    signal.signal(number, handler)
