"""Names that hide what is exported are seen; other names are left alone."""

import pytest
from tampering import notebook_of

from proofbook.autopsy.bindings import reached_exports, shadows

EXPORT = """\
#| export
import math
from collections.abc import Sequence

LIMIT = 1.0


def tally(x):
    return min(max(x, 0.0), LIMIT)
"""


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def tally(x): return 0.5", "binds tally anew, which is exported"),
        ("async def tally(x): return 0.5", "binds tally anew, which is exported"),
        ("class tally: pass", "binds tally anew, which is exported"),
        ("tally = lambda x: 0.5", "binds tally anew, which is exported"),
        ("LIMIT += 1", "binds LIMIT anew, which is exported"),
        ("LIMIT: float = 2", "binds LIMIT anew, which is exported"),
        ("for tally in [abs]: pass", "binds tally anew, which is exported"),
        ("with f() as tally: pass", "binds tally anew, which is exported"),
        ("a, (b, tally) = x", "binds tally anew, which is exported"),
        ("if x:\n    tally = abs", "binds tally anew, which is exported"),
        ("(tally := abs)", "binds tally anew, which is exported"),
        ("[(tally := y) for y in x]", "binds tally anew, which is exported"),
        ("try:\n    pass\nexcept E as tally:\n    pass", "binds tally anew, which is exported"),
        ("match x:\n    case [tally]:\n        pass", "binds tally anew, which is exported"),
        ("def f():\n    global tally\n    tally = abs", "binds tally anew, which is exported"),
        ("del tally", "binds tally anew, which is exported"),
        ("import x as tally", "binds tally anew, which is exported"),
        ("math = None", "binds math anew, which exported code imports"),
        ("import cmath as math", "binds math anew, which exported code imports"),
        ("from typing import Sequence", "binds Sequence anew, which exported code imports"),
        ("min = max", "binds min anew, which Python has built in"),
        ("def all(x): return True", "binds all anew, which Python has built in"),
        ("tally.limit = 2", "changes tally, which is exported"),
        ("del tally.limit", "changes tally, which is exported"),
        ("setattr(tally, 'limit', 2)", "changes tally, which is exported"),
        ("#| export\ndef tally(x): return 0.5", "exports tally a second time"),
    ],
)
def test_what_hides_exported_code_is_seen(source: str, said: str) -> None:
    found = {(item.cell.id, item.what) for item in shadows(notebook_of(EXPORT, source))}
    assert found == {("c2", said)}


@pytest.mark.parametrize(
    "source",
    [
        "import math",
        "from collections.abc import Sequence",
        "def f(tally): return tally",
        "def f():\n    tally = 1\n    return tally",
        "class A:\n    tally = 1",
        "[tally for tally in x]",
        "lambda tally: tally",
        "result = tally(2.0)",
        "x.tally = 1",
        "for x in range(3): pass",
        "#| export\ndef other(x): return tally(x)",
        "#| export\n@dispatch\ndef _(x): pass\n\n\n@dispatch\ndef _(y): pass",
        "#| export\n@overload\ndef g(x: int): ...\n\n\n@overload\ndef g(x: str): ...\n\n\ndef g(x): pass",
    ],
)
def test_names_of_their_own_are_left_alone(source: str) -> None:
    assert shadows(notebook_of(EXPORT, source)) == []


def test_the_line_is_named() -> None:
    (found,) = shadows(notebook_of(EXPORT, "x = 1\n\ntally = abs"))
    assert (found.cell.id, found.line) == ("c2", 3)


@pytest.mark.parametrize(
    ("cells", "reached"),
    [
        (["tally(1)"], {"tally", "LIMIT"}),
        (["LIMIT"], {"LIMIT"}),
        (["def f(x):\n    return tally(x)", "f(1)"], {"tally", "LIMIT"}),
        (["f = tally", "g = [f]", "g[0](1)"], {"tally", "LIMIT"}),
        (["f = []\nfor x in y:\n    f.append(tally(x))", "max(f)"], {"tally", "LIMIT"}),
        (["f = {}\nfor x in y:\n    f[x] = tally(x)", "f[1]"], {"tally", "LIMIT"}),
        (["with a(tally) as f:\n    pass", "f"], {"tally", "LIMIT"}),
        (["with a() as f:\n    tally(1)", "with a() as f:\n    f(1)"], set()),
        (["v.vectors(tally, x)", "v.emit()"], set()),
        (["lemma.check(tally)", "lemma.check(f)"], set()),
        (["for f in g:\n    tally(f)", "f"], set()),
        (["try:\n    f = tally(1)\nexcept E:\n    f = 1", "f"], {"tally", "LIMIT"}),
        (["from m import tally as other", "x = 1", "x"], set()),
        (["'tally'"], set()),
        (["x.tally"], set()),
        (["def f(x):\n    return x", "f(1)"], set()),
    ],
)
def test_exports_are_reached_through_what_other_cells_define(
    cells: list[str], reached: set[str]
) -> None:
    notebook = notebook_of(EXPORT, *cells)
    assert reached_exports(notebook, notebook.cells[-1]) == reached
