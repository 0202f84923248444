"""Names that evidence may not rest on, by kind: clocks, unseeded draws, network, processes, the machine."""

from typing import Literal

Kind = Literal["project", "random", "clock", "network", "process", "host", "dynamic", "magic"]

_CLOCKS = (
    *("time", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"),
    *("datetime.date.today", "timeit", "os.times"),
)
_NETWORK = (
    *("socket", "ssl", "ftplib", "smtplib", "poplib", "imaplib", "nntplib", "telnetlib", "xmlrpc"),
    *("http", "requests", "httpx", "aiohttp", "urllib3", "urllib.request", "websockets", "pooch"),
    *("paramiko", "boto3", "socketserver", "webbrowser", "scipy.datasets"),
    *("asyncio.open_connection", "asyncio.start_server", "asyncio.open_unix_connection"),
)
_PROCESSES = (
    *("subprocess", "multiprocessing", "pty", "posix", "posixsubprocess", "os.system", "os.popen"),
    *("os.fork", "os.forkpty", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"),
    *("concurrent.futures.ProcessPoolExecutor", "concurrent.futures.process"),
)
PROCESS_PREFIXES = ("os.exec", "os.spawn", "os.posix_spawn")
ENTROPY = (
    *("os.urandom", "os.getrandom", "uuid.uuid1", "uuid.uuid4", "random.SystemRandom", "secrets"),
    "_random",
    # Hypothesis draws anew in every run, unless the laboratory's `check` holds it to a seed.
    *("hypothesis.given", "hypothesis.find", "hypothesis.stateful"),
)
_HOST = (
    *("os.environ", "os.environb", "os.getenv", "os.uname", "os.getpid", "os.getppid"),
    *("os.getlogin", "os.cpu_count", "platform"),
)
_DYNAMIC = (
    *("importlib", "runpy", "builtins", "ctypes", "code", "codeop", "unittest.mock", "marshal"),
    *("pkgutil", "pydoc", "pickle", "dill", "cloudpickle", "zipimport", "tempfile", "atexit"),
    *("sys._getframe", "sys.settrace", "sys.setprofile", "gc", "inspect.currentframe"),
)
BUILTINS = frozenset({"exec", "eval", "compile", "__import__", "globals", "locals", "__builtins__"})
INNER = frozenset({"__globals__", "__builtins__", "__subclasses__", "__code__", "__loader__"})
_IMPORT_STATE = ("sys.path", "sys.modules", "sys.meta_path", "sys.path_hooks", "site")
_MAGIC = ("IPython.get_ipython", "IPython.core", "IPython.start_ipython", "IPython.embed")
BY_NAME: tuple[tuple[Kind, str, tuple[str, ...]], ...] = (
    ("clock", "reads the clock", _CLOCKS),
    ("random", "draws unseeded randomness", ENTROPY),
    ("network", "reaches for the network", _NETWORK),
    ("process", "starts processes", _PROCESSES),
    ("host", "reads the machine or the process", _HOST),
    ("dynamic", "runs code that cannot be read", _DYNAMIC),
    ("project", "changes what can be imported", _IMPORT_STATE),
    ("magic", "runs IPython magics", _MAGIC),
)
# Classes that are fine with a seed, refused without one, and may be named in annotations.
SEEDED_CLASSES = {
    *("random.Random", "numpy.random.RandomState", "numpy.random.SeedSequence"),
    *(f"numpy.random.{name}" for name in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")),
}
SEEDED = SEEDED_CLASSES | {"random.seed", "numpy.random.default_rng", "numpy.random.seed"}
HARMLESS = {"numpy.random.Generator", "numpy.random.BitGenerator"}
# Modules that others carry along as attributes; found there, they escape a reading by names.
CARRIED = frozenset({"sys", "_sys", "os", "_os", "importlib", "builtins", "subprocess", "socket"})
# Handed on as values, these could be used in ways that a reading of names does not see.
NOT_HANDED_ON = {
    "random",
    "numpy",
    "numpy.random",
    "time",
    "datetime",
    "os",
    "sys",
    "scipy",
    "scipy.stats",
}
# What SciPy draws from NumPy's shared generator unless it is given a seed.
SCIPY_DRAWING = {
    *(f"scipy.optimize.{name}" for name in ("differential_evolution", "dual_annealing")),
    *("scipy.optimize.basinhopping", "scipy.sparse.random", "scipy.stats.bootstrap"),
    *("scipy.stats.permutation_test", "scipy.stats.monte_carlo_test", "scipy.stats.qmc.Sobol"),
    *("scipy.stats.qmc.Halton", "scipy.stats.qmc.LatinHypercube", "scipy.cluster.vq.kmeans"),
}
SEEDS = {"seed", "rng", "random_state"}
# What a verification and a lemma hold; whoever writes there forges evidence.
HELD = frozenset({"_evidence", "_measures", "_passed", "_lemmas", "_vectors", "_inputs"})
OFFERED = {
    "Verification",
    "Lemma",
    "LemmaFailed",
    "Artifact",
    "load_artifact",
    "kernels",
    "symbolic",
}
# Of the symbols, what makes them; the machinery behind is the framework's own.
SYMBOLS = {"boolean", "integer", "rational", "real", "record", "several", "subset", "text"}
REMEDIES: dict[Kind, str] = {
    "project": "write the code in this notebook, or import it from proofbook.lab.kernels.<kernel>",
    "random": "draw from random.Random(seed) or numpy.random.default_rng(seed), or use lemma.check",
    "clock": "take durations out: they belong to benchmarks, not to evidence",
    "network": "declare a data file in the repository with v.input(path)",
    "process": "compute in the notebook itself",
    "host": "take it out: evidence must be the same on every machine",
    "dynamic": "write the code out in a cell, and use modules by their names",
    "magic": "write plain Python, which can be read and digested",
}
