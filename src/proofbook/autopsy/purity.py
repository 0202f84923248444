"""What a notebook may not do: import unverified project code, draw unseeded, read a clock or the network.

A static reading of each cell. Names are followed through `import … as …` and `from … import …`, so
`from numpy import random as r; r.rand()` is seen; code hidden behind `exec` of a computed string is not,
which is why `exec` and `eval` are refused too.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from proofbook.autopsy.notebook import Cell, Notebook

_TIMERS = ("time", "perf_counter", "monotonic", "process_time", "thread_time")
_CLOCKS = {f"time.{name}{suffix}" for name in _TIMERS for suffix in ("", "_ns")} | {
    "time.localtime",
    "time.gmtime",
    "time.ctime",
    "time.strftime",
    "time.asctime",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
}
_CLOCK_MODULES = {"timeit"}
_NETWORK_MODULES = {
    *("socket", "ssl", "ftplib", "smtplib", "poplib", "imaplib", "telnetlib", "xmlrpc"),
    *("http", "requests", "httpx", "aiohttp", "urllib3", "websockets", "paramiko", "boto3"),
    *("urllib.request", "socketserver"),
}
_PROCESS_MODULES = {"subprocess", "multiprocessing", "pty"}
_PROCESS_CALLS = {"os.system", "os.popen", "os.fork", "os.execv", "os.spawnv", "os.posix_spawn"}
_ENTROPY = {"os.urandom", "os.getrandom", "uuid.uuid1", "uuid.uuid4", "random.SystemRandom"}
_ENTROPY_MODULES = {"secrets"}
_DYNAMIC = {"exec", "eval", "compile", "__import__"}
_DYNAMIC_CALLS = {
    "importlib.import_module",
    "importlib.reload",
    "runpy.run_path",
    "runpy.run_module",
}
# Constructors that are fine with a seed and refused without one.
_SEEDED = {
    "random.Random",
    "random.seed",
    "numpy.random.default_rng",
    "numpy.random.RandomState",
    "numpy.random.SeedSequence",
    "numpy.random.seed",
    *(f"numpy.random.{name}" for name in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")),
}
_HARMLESS = {"numpy.random.Generator", "numpy.random.BitGenerator"}
_REMEDIES = {
    "project": "write the code in this notebook, or import it from proofbook.lab.kernels.<kernel>",
    "random": "draw from random.Random(seed) or numpy.random.default_rng(seed)",
    "clock": "take durations out: they belong to benchmarks, not to evidence",
    "network": "declare a data file in the repository with v.input(path)",
    "process": "compute in the notebook itself",
    "dynamic": "write the code out in a cell",
    "magic": "write plain Python, which can be read and digested",
}


@dataclass(frozen=True)
class Impurity:
    """Something a cell does and may not; `line` counts from 1 within the cell."""

    cell: Cell
    line: int
    what: str
    remedy: str


def impurities(notebook: Notebook, project_packages: frozenset[str]) -> list[Impurity]:
    """Return what a kernel notebook does and may not do.

    Args:
        notebook: the notebook to read.
        project_packages: top-level import names of the project's own code.
    """
    names: dict[str, str] = {}
    found = []
    for cell in notebook.cells:
        if cell.tree is None:
            found.append(Impurity(cell, 1, "is not plain Python", _REMEDIES["magic"]))
            continue
        for node in ast.walk(cell.tree):
            _learn(node, names)
        for node in ast.walk(cell.tree):
            found += [
                Impurity(cell, getattr(node, "lineno", 1), what, _REMEDIES[kind])
                for kind, what in _judge(node, names, project_packages)
            ]
    return found


def _learn(node: ast.AST, names: dict[str, str]) -> None:
    """Note what each imported name stands for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname:
                names[alias.asname] = alias.name
            else:
                names[alias.name.split(".")[0]] = alias.name.split(".")[0]
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], dotted(node.value, names)
        if isinstance(target, ast.Name) and value and "." in value:
            names[target.id] = value


def dotted(node: ast.AST, names: dict[str, str]) -> str | None:
    """Return the full name of `a.b.c` with imports followed, or None."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        base = dotted(node.value, names)
        return f"{base}.{node.attr}" if base else None
    return None


def _judge(
    node: ast.AST, names: dict[str, str], project_packages: frozenset[str]
) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield from _judge_module(alias.name, project_packages)
    elif isinstance(node, ast.ImportFrom):
        if node.level:
            yield "project", "imports relatively"
        for alias in node.names:
            yield from _judge_from(node.module or "", alias.name, project_packages)
    elif isinstance(node, ast.Call):
        yield from _judge_call(node, names)
    elif isinstance(node, ast.Attribute | ast.Name):
        name = dotted(node, names) or ""
        if name in _CLOCKS:
            yield "clock", f"reads the clock: {name}"
        elif name in _ENTROPY:
            yield "random", f"draws unseeded randomness: {name}"
        elif name.startswith(("sys.path.", "sys.modules.")) or name in {"sys.path", "sys.modules"}:
            yield "project", f"changes what can be imported: {name}"
        elif name == "get_ipython":
            yield "magic", "runs IPython magics: get_ipython"


def _judge_from(
    module: str, name: str, project_packages: frozenset[str]
) -> Iterator[tuple[str, str]]:
    full = f"{module}.{name}"
    if full in _NETWORK_MODULES:
        yield "network", f"reaches for the network: {full}"
    elif module == "proofbook" and name == "lab":
        return
    else:
        yield from _judge_module(module, project_packages)


def _judge_module(module: str, project_packages: frozenset[str]) -> Iterator[tuple[str, str]]:
    top = module.split(".", maxsplit=1)[0]
    if module == "proofbook.lab" or module.startswith("proofbook.lab."):
        return
    if top in project_packages or top == "proofbook":
        yield "project", f"imports project code: {module}"
    elif top in _NETWORK_MODULES or module in _NETWORK_MODULES:
        yield "network", f"reaches for the network: {module}"
    elif top in _PROCESS_MODULES:
        yield "process", f"starts processes: {module}"
    elif top in _ENTROPY_MODULES:
        yield "random", f"draws unseeded randomness: {module}"
    elif top in _CLOCK_MODULES:
        yield "clock", f"reads the clock: {module}"


def _judge_call(node: ast.Call, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    name = dotted(node.func, names) or ""
    unseeded = not node.args and not node.keywords
    if not unseeded and isinstance(node.args[0] if node.args else None, ast.Constant):
        unseeded = isinstance(node.args[0], ast.Constant) and node.args[0].value is None
    if name in _SEEDED:
        if unseeded:
            yield "random", f"draws unseeded randomness: {name}() has no seed"
    elif (name.startswith("numpy.random.") and name not in _HARMLESS) or (
        name.startswith("random.") and name.count(".") == 1 and name not in _ENTROPY
    ):
        yield "random", f"draws from the shared generator: {name}"
    elif name in _DYNAMIC or name in _DYNAMIC_CALLS:
        yield "dynamic", f"runs code that cannot be read: {name}"
    elif name in _PROCESS_CALLS:
        yield "process", f"starts processes: {name}"


def toothless_asserts(cell: Cell) -> list[int]:
    """Return the lines of assertions that cannot fail: no name or call stands in their test."""
    if cell.tree is None:
        return []
    return [
        node.lineno
        for node in ast.walk(cell.tree)
        if isinstance(node, ast.Assert) and _is_constant(node.test)
    ]


def _is_constant(test: ast.expr) -> bool:
    if isinstance(test, ast.Tuple):
        return True  # `assert (claim, "message")` is always true
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(_is_constant(value) and _truth(value) for value in test.values)
    if isinstance(test, ast.Compare) and len(test.comparators) == 1:
        same = ast.dump(test.left) == ast.dump(test.comparators[0])
        if same and isinstance(test.ops[0], ast.Eq | ast.LtE | ast.GtE | ast.Is):
            return not any(isinstance(node, ast.Call) for node in ast.walk(test))
    return not any(isinstance(node, ast.Name | ast.Call | ast.Attribute) for node in ast.walk(test))


def _truth(node: ast.expr) -> bool:
    return not isinstance(node, ast.Constant) or bool(node.value)


def always_true_lambdas(cell: Cell) -> list[int]:
    """Return the lines of properties given as `lambda …: <constant>`."""
    return [
        node.lineno
        for node in (ast.walk(cell.tree) if cell.tree else ())
        if isinstance(node, ast.Lambda) and isinstance(node.body, ast.Constant)
    ]


def verifying_calls(cell: Cell, methods: frozenset[str]) -> int:
    """Return how many calls of a laboratory's methods (`lemma.check` …) a cell makes."""
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in methods
        for node in (ast.walk(cell.tree) if cell.tree else ())
    )


def lemma_calls(cell: Cell) -> set[str]:
    """Return the lemmas (`L1`) that a cell states by `….lemma("L1")`; `?` for a computed name."""
    found = set()
    for node in ast.walk(cell.tree) if cell.tree else ():
        match node:
            case ast.Call(func=ast.Attribute(attr="lemma"), args=[ast.Constant(value=str(name))]):
                found.add(name.split("#")[-1])
            case ast.Call(func=ast.Attribute(attr="lemma")):
                found.add("?")
    return found
