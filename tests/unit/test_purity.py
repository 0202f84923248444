"""What evidence may not rest on is seen, however it is written; what it may rest on is left alone."""

import pytest
from tampering import notebook_of

from proofbook.autopsy.purity import impurities

PACKAGES = frozenset({"own", "tests", "src"})

RANDOM = [
    "import random\nrandom.random()",
    "import random as r\nr.shuffle(x)",
    "from random import choice\nchoice(x)",
    "from random import choice as pick\npick(x)",
    "from random import *\nshuffle(x)",
    "import random\nr = random\nr.random()",
    "import random\n(r := random).random()",
    "import random\ndraw = random.random\ndraw()",
    "import random\nfor draw in [random.random]: draw()",
    "import random\ncases = list(map(random.choice, x))",
    "import random\nx.sort(key=lambda _: random.random())",
    "import random\ngetattr(random, 'random')()",
    "import random\nname = 'random'\ngetattr(random, name)()",
    "import random\nvars(random)['random']()",
    "import random\nrandom.__dict__['random']()",
    "import random\ndef f(r=random): r.random()",
    "import random\nbox = [random]\nbox[0].random()",
    "import random\nrandom._inst.random()",
    "import _random\n_random.Random().random()",
    "import random\nrandom.Random()",
    "import random\nrandom.Random(None)",
    "import random\nrandom.Random(x=None)",
    "import random\nrandom.Random(*())",
    "import random\nR = random.Random\nR()",
    "import random\nrandom.seed()\n",
    "import random\nrandom.seed(7)\nrandom.random()",
    "import random\nrandom.SystemRandom(7)",
    "from random import SystemRandom",
    "import numpy as np\nnp.random.rand()",
    "import numpy.random as r\nr.normal()",
    "import numpy\nnumpy.random.randint(3)",
    "from numpy import random as r\nr.rand()",
    "from numpy.random import rand\nrand()",
    "from numpy.random import *\nrand()",
    "import numpy as np\nr = np.random\nr.rand()",
    "import numpy as np\nn = np\nn.random.rand()",
    "import numpy as np\ngetattr(np, 'random').rand()",
    "import numpy as np\ngetattr(getattr(np, 'random'), 'rand')()",
    "import numpy as np\ngetattr(np, 'ran' + 'dom').rand()",
    "import numpy as np\nnp.__dict__['random'].rand()",
    "import numpy as np\n[np][0].random.rand()",
    "import numpy as np\nnp.random.default_rng()",
    "import numpy as np\nnp.random.default_rng(None)",
    "import numpy as np\nnp.random.default_rng(seed=None)",
    "import numpy as np\nnp.random.default_rng(**{})",
    "import numpy as np\nmake = np.random.default_rng\nmake()",
    "import numpy as np\nf = lambda g=np.random.default_rng: g()",
    "import numpy as np\nnp.random.Generator(np.random.PCG64())",
    "import numpy as np\nnp.random.RandomState()",
    "import numpy as np\nnp.random.seed(3)\nnp.random.rand()",
    "import os\nos.urandom(8)",
    "from os import urandom as u\nu(8)",
    "import uuid\nuuid.uuid4()",
    "import secrets\nsecrets.token_bytes()",
    "from secrets import randbelow",
    "from hypothesis import given",
    "import hypothesis\n@hypothesis.given(x=1)\ndef f(x): pass",
    "from hypothesis import strategies as st\nst.integers().example()",
    "from hypothesis.stateful import RuleBasedStateMachine",
    "from scipy.stats import norm\nnorm.rvs(size=3)",
    "from scipy import stats\nstats.bootstrap(x, f)",
    "from scipy.optimize import dual_annealing\ndual_annealing(f, b)",
]
CLOCK = [
    "import time\ntime.time()",
    "import time as t\nt.perf_counter_ns()",
    "from time import monotonic\nmonotonic()",
    "from time import *",
    "from datetime import datetime\ndatetime.now()",
    "from datetime import datetime as D\nnow = D.now\nnow()",
    "import datetime\ndatetime.datetime.utcnow()",
    "import datetime as dt\ndt.date.today()",
    "import datetime\ngetattr(datetime.datetime, 'now')()",
    "import timeit\ntimeit.timeit('1')",
    "from timeit import default_timer",
    "import os\nos.times()",
    "import numpy as np\nnp.datetime64('now')",
]
NETWORK = [
    "import socket",
    "import socket as s\ns.create_connection(('a', 1))",
    "import _socket",
    "import urllib.request",
    "from urllib import request",
    "from urllib.request import urlopen",
    "import urllib\nurllib.request.urlopen(u)",
    "import http.client",
    "from http import client",
    "import requests",
    "import httpx as h",
    "import asyncio\nasyncio.open_connection('a', 1)",
    "from scipy import datasets",
    "import scipy.datasets",
]
PROCESS = [
    "import subprocess",
    "from subprocess import run",
    "import multiprocessing as mp",
    "import os\nos.system('ls')",
    "from os import system\nsystem('ls')",
    "import os\nrun = os.popen\nrun('ls')",
    "import os\nos.execvp('a', [])",
    "import os\nos.spawnlp(0, 'a')",
    "import os\nos.posix_spawnp('a', [], {})",
    "import posix\nposix.system('ls')",
    "import _posixsubprocess",
    "from concurrent.futures import ProcessPoolExecutor",
    "import asyncio\nasyncio.create_subprocess_exec('a')",
]
PROJECT = [
    "import own",
    "import own.verified.tally",
    "from own.verified import tally",
    "from own.verified.tally import tally as t",
    "import tests.tampering",
    "from . import tally",
    "from .tally import tally",
    "import proofbook\nproofbook.autopsy.canonical.digest({})",
    "import proofbook.verified.tally",
    "from proofbook import verified",
    "from proofbook.autopsy.canonical import digest",
    "import proofbook.lab\nproofbook.autopsy.canonical.digest({})",
    "from proofbook.lab.verification import Lemma",
    "import proofbook.lab as lab\nlab.kernels._loaded.clear()",
    "import sys\nsys.path.insert(0, 'src')",
    "import sys as s\ns.path.append('src')",
    "from sys import path\npath.append('src')",
    "import sys\nsys.modules['x'] = 1",
    "import sys\nsys.meta_path.clear()",
    "import site\nsite.addsitedir('src')",
]
DYNAMIC = [
    "exec('import own')",
    "e = exec\ne('import own')",
    "eval('1')",
    "compile('1', 'x', 'eval')",
    "__import__('random').random()",
    "import builtins\nbuiltins.exec('1')",
    "import importlib\nimportlib.import_module('own')",
    "from importlib import import_module as load",
    "import runpy",
    "import ctypes",
    "globals()['x']",
    "__builtins__.exec('1')",
    "(lambda: 0).__globals__['x']",
    "().__class__.__base__.__subclasses__()",
    "import os\nfor module in (os,): module.system('ls')",
    "from math import *",
    "import math\nmath.pi = 3",
    "import math\nsetattr(math, 'pi', 3)",
    "import math\ndel math.pi",
    "from proofbook.lab import Lemma\nLemma.check = print",
    "from unittest import mock",
    "from proofbook.lab import Verification\nv = Verification('x', ['I'])\nv._lemmas.clear()",
    "from proofbook.lab import Verification\nv = Verification('x', ['I'])\nv.emit = print",
    "with v.lemma('L1') as lemma:\n    lemma._evidence.append({'kind': 'tested'})",
    "getattr(lemma, '_evidence').append({})",
    "import random\nrandom.Random.__init__\nimport statistics\nstatistics.random.random()",
    "import json\njson.codecs.sys",
    "import pickle",
    "def note(this):\n    this._evidence.append({'kind': 'tested'})",
    "getattr(lemma, '_evidence')",
    "import inspect\ninspect.importlib.import_module('own.verified')",
    "import dataclasses\ndataclasses.sys.modules",
    "import statistics\nstatistics.random.random()",
    "import pkgutil\npkgutil.resolve_name('own.verified')",
    "with v.lemma('L1') as lemma:\n    lemma.check = print",
    "with v.lemma('L1') as lemma:\n    lemma._passed = True",
]
HOST = [
    "import os\nos.environ['PROOFBOOK_EVIDENCE']",
    "from os import getenv\ngetenv('HOME')",
    "import platform\nplatform.node()",
    "import os\nos.getpid()",
    "import os\nos.cpu_count()",
]
MAGIC = [
    "%timeit 1",
    "!ls",
    "x = !ls",
    "get_ipython().system('ls')",
    "from IPython import get_ipython\nget_ipython()",
    "import IPython\nIPython.get_ipython()",
    "from IPython.core.magic import register_line_magic",
]
REFUSED = {
    "random": RANDOM,
    "clock": CLOCK,
    "network": NETWORK,
    "processes": PROCESS,
    "project code": PROJECT,
    "code that cannot be read": DYNAMIC,
    "the machine": HOST,
    "magics": MAGIC,
}


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(source, id=f"{kind}: {source}")
        for kind, all_ in REFUSED.items()
        for source in all_
    ],
)
def test_impure_code_is_refused(source: str) -> None:
    found = impurities(notebook_of(source), PACKAGES)
    assert found
    assert all(item.what and item.remedy for item in found)
    assert {item.cell.id for item in found} == {"c1"}


PURE = [
    "import random\nrng = random.Random(7)\nrng.random()",
    "import random\ndef f(rng: random.Random) -> float:\n    return rng.random()",
    "from random import Random\nRandom(0).shuffle(x)",
    "import random\nmake = random.Random\nmake(7).random()",
    "import random\nseeded = [random.Random(seed) for seed in range(3)]",
    "import numpy as np\nrng = np.random.default_rng(7)\nrng.normal()",
    "import numpy as np\nnp.random.default_rng(seed=7)",
    "import numpy as np\ndef f(rng: np.random.Generator): return rng.integers(3)",
    "import numpy as np\nnp.random.Generator(np.random.PCG64(7))",
    "from numpy.random import default_rng as make\nmake(7)",
    "import numpy as np\nx = np.array([1.0])\nx.time = 3",
    "import numpy as np\nnp.datetime64('2026-01-01')",
    "from scipy.stats import norm\nnorm.rvs(size=3, random_state=7)",
    "from datetime import date\ndate(2026, 1, 1)",
    "from datetime import datetime\ndatetime.fromisoformat('2026-01-01')",
    "import os.path\nos.path.join('a', 'b')",
    "import sys\nsys.float_info.max",
    "import re\nre.compile('x')",
    "import inspect\ninspect.getsource(f)",
    "from hypothesis import strategies as st\nst.floats(0, 1)",
    "from hypothesis import assume, target",
    "from proofbook.lab import Verification, load_artifact\nv = Verification('x', ['I'])",
    "import proofbook.lab as lab\nlab.Verification('x', ['I'])",
    "from proofbook import lab",
    "from proofbook.lab.kernels.tally import tally\ntally(1.0)",
    "from proofbook.lab.kernels import tally\ntally.tally(1.0)\nf(tally)",
    "with v.lemma('L1') as lemma:\n    lemma.check(f, domain='d', x=x)\n    lemma.holds('c', f(1))",
    "import matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 90\nplt.show()",
    "import json\njson.loads('{}')",
    "from urllib.parse import urlsplit",
    "time = 3\ntime + 1",
    "def draw(random): return random.random()",
    "import math\nsetattr(record, 'x', math.pi)",
    "from dataclasses import dataclass\n@dataclass\nclass A:\n    evidence: int\na = A(1)\na.evidence",
    "object.__setattr__(x, 'low', 0.0)",
    "vars(record)['x']",
]


@pytest.mark.parametrize("source", PURE)
def test_pure_code_is_left_alone(source: str) -> None:
    assert impurities(notebook_of(source), PACKAGES) == []


def test_names_are_followed_from_cell_to_cell() -> None:
    notebook = notebook_of("import numpy as np", "r = np.random", "def f():\n    return r.rand()")
    (found,) = impurities(notebook, PACKAGES)
    assert (found.cell.id, found.line) == ("c3", 2)


def test_an_import_below_its_use_is_followed_too() -> None:
    notebook = notebook_of("def f():\n    return random.random()", "import random")
    assert [item.cell.id for item in impurities(notebook, PACKAGES)] == ["c1"]


def test_each_line_is_named_with_what_it_does_and_what_to_do() -> None:
    notebook = notebook_of("import random\n\nx = random.random()\ny = random.choice([1])")
    first, second = impurities(notebook, PACKAGES)
    assert (first.line, first.what) == (3, "draws from the shared generator: random.random")
    assert (second.line, second.what) == (4, "draws from the shared generator: random.choice")
    assert "random.Random(seed)" in first.remedy
