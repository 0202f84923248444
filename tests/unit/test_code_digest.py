"""Digests of code: the same on every supported Python, blind to layout, awake to everything else."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofbook.autopsy.code_digest import code_digest, same_code, tree_digest

# Pinned on Python 3.11, 3.12 and 3.13: whoever runs these tests holds his own Python to the others.
PINNED: dict[str, tuple[str, str]] = {
    "nested f-string": (
        "f'{x!r:>{width}.{precision}f} of {total}'",
        "2000462c2b020595410eb195b730bdd6ae656a0eac7204dd1cbb825a463f8a68",
    ),
    "braces in an f-string": (
        "f'a{{b}}c{x}d' f'{{{y}}}'",
        "580990ac246962e04553249f2d991bb99d7524b8e6b4a7dfb5fdaabac106bbd9",
    ),
    "f-string beside text": (
        "'a' f'b{x}' 'c' f'{y}' ''",
        "e648a8f55ee07421f1b575f11a42963df560708e37fd9ff8dba56b184915bec2",
    ),
    "self-documenting f-string": (
        "f'{x = } {y=!s:^10}'",
        "7cbae52c3e11b89a52b1d11e3bc2a04adf9ce8e430c1c2c89d57efe44beab049",
    ),
    "empty format": (
        "f'{x:}' f'' f'abc'",
        "7e13874312e107039d305957530a4a65eb3b95f00e5128a6e0d6ea5fe1a6e75f",
    ),
    "f-string in an f-string": (
        'f\'{f"{y}"!r:{f"{2}"}}\'',
        "a8c0d9994a94c3fbaa87d78cbf418fdecca79a27f5a6327ce485bf87c91c740f",
    ),
    "f-string over lines": (
        "f'''\n{x:\n}'''",
        "72b30dc51ef7ff524869158e66c18043616f001857c54f52e64901a96577b274",
    ),
    "lambda in an f-string": (
        "f'{(lambda q: q)(1)}'",
        "0dfdeb4eb8c74c31af1aa566c70319cba52c41b40f063ce449f69ed3827d874b",
    ),
    "raw f-string": (
        "rf'\\d{x}\\n' rb'\\x00'",
        "637a2263bd64a2fff4a71c022704f996e145d33d0b668ef570455102c482f2bc",
    ),
    "docstring": (
        "def f():\n    '''One line.\n\n        More.\n      Less.\n    '''\n    return 1\n",
        "fb7b27f65b80647687a5f051ec52bc9d400799eb246ff84a34099542fb67be49",
    ),
    "docstring with odd spaces": (
        "def f():\n    '\\u00a0x\\n    \\u00a0 y\\n  \\x0c z'\n",
        "01f1f1b16ef369094ec6026b35046e9d189c74dc3f1cba46eafee70eebaece37",
    ),
    "module docstring with tabs": (
        "'''Doc.\n\n\tTab.\n        Eight.\n'''\n",
        "c421fa6a8f1ae73fdddcc8396d80bd740bb06e4953e371705ad5976713cbeb60",
    ),
    "class": (
        "@a.b(1)\n@c\nclass D(E, metaclass=F):\n    '''Doc.'''\n    x: int = 3\n    y: 'str'\n",
        "c540508e2c57721094f4489d3c7d24cef3fc636ad01fab81b1944bf59d24aedf",
    ),
    "parameters": (
        "async def f(a, /, b=1, *c, d: int = 2, **e) -> 'int':\n    return await g(*c, d=d, **e)\n",
        "0130f3a08f09e044ffafd9130f740e4a28b78b5404d47b354bfbbdfd878c7b2b",
    ),
    "async": (
        "async def f():\n"
        "    async with g() as h, i:\n"
        "        async for j in k:\n"
        "            yield [m async for m in n if await o]\n",
        "daff54e764c1ef3620b51a76f1eb6f8b5b64b88e2e59ca11efbe09c7c8193b94",
    ),
    "match": (
        "match x:\n"
        "    case {'a': [1, *_], **rest} if (n := len(rest)) > 2:\n"
        "        pass\n"
        "    case Point(x=0, y=-1) | None | 1.5 | -2j:\n"
        "        pass\n"
        "    case [a, b] as c:\n"
        "        pass\n"
        "    case _:\n"
        "        pass\n",
        "4b6e78525af98e3ef05e736e6e1572c6a52994748f49397287d9521d337aaea7",
    ),
    "walrus": (
        "while (line := read()) is not None and (n := n + 1) < 3: pass\n",
        "092952dbf1ba24d5f1b5bf1fd1cebe39644deb673724916d7e619e8e6aa3402a",
    ),
    "exception groups": (
        "try:\n"
        "    pass\n"
        "except* (ValueError, TypeError) as e:\n"
        "    raise X from e\n"
        "else:\n"
        "    pass\n"
        "finally:\n"
        "    pass\n",
        "0eced5d12cbae9e64f043c38caee7d6138b4f63b288aa9c70f2e917b35b61168",
    ),
    "with in parentheses": (
        "with (a as b, c as d):\n    pass\n",
        "a9f9deb6a4721f65daf3d587ff9f0ff8e0e86be268ef0a8f87b89126167ddb57",
    ),
    "starred subscript": (
        "a[1:2, ..., *b]\n",
        "9fd7fe008f0627e6ec4f2e3acbae4acb553ec5d43776a8d29b07e47557c4c4c0",
    ),
    "displays": (
        "x = {**a, 'b': None, **c}, {1, 2}, [*d], ()\n",
        "9dc3385195ab160ff47f00f659c85a58c0fadf8bb02e23cb2d1c44b27c35148d",
    ),
    "numbers": (
        "x = -1, -0.0, 1e400, 1_000, 0x10, 1j, True, ..., b'\\x00'\n",
        "e1ce9b1c1dbcef645d84d4f506049afa042127c18fe8132630328b753a13ceae",
    ),
    "scopes": (
        "def f():\n"
        "    global a, b\n"
        "    def g():\n"
        "        nonlocal_ = a\n"
        "        return\n"
        "    return None\n",
        "24ee92e1e4d98d6ae874466b03b4722df855a20277ae3a17c3608b659ad51640",
    ),
    "imports": (
        "from . import a\nfrom ..b import c as d\nimport e.f as g, h\n",
        "bf8c549a52fc522f0766767eb5c007349ca351cfac3d2900e37657fe8b680b46",
    ),
    "new in Unicode 15": (
        "x = '\\U0001fae8'\n",
        "17952fdc05a0bdc67e66bc4af441afece6cbf5c2e2c63c95deb861a9efd46edf",
    ),
    "new in Unicode 15.1": (
        "x = '\\U0002ebf0', '\\u2ffc'\n",
        "f32760c17a0663abe9372144a936fbf381c73ec0cabf148df0954414abe93a8a",
    ),
    "Greek": (
        "\u03b1 = '\u03a9 \u2192 \u211d'\n",
        "f984d50446650d98c49c6134a6bbb9dd4e89b7c6610718b65353d4af9c0de415",
    ),
    "comprehensions": (
        "x = (i for i in j if i if k), {i: j for i in k}, f(i for i in j)\n",
        "316bad6839220c22ed77e4db8fb83e9d25fbbd92a728a6cc017500420c1d0627",
    ),
    "annotations": (
        "x: int\n(y): int = 1\nz.w: list[str] | None\n",
        "f26962316a046990bb1e31a5349fa736568eaa68f262193ce8a739bc4e23ec19",
    ),
    "semicolons": (
        "x = 1; y = 2; del x, (y, z); assert x, 'm'\n",
        "0f22ec677097a524098f4d0035df3fa88d657524843602c802f810bb9b6f7f95",
    ),
    "a magic": (
        "%timeit f(x)   \n",
        "e340856afac1508d14173862618d587bc84db13e6efe3a8b97ff0823ffcabc14",
    ),
    "not Python": (
        "x = (\r\n",
        "170143217a38407e20c5890c749a0d1187ffd5f61e1d07273bc9f9e5ce52fd13",
    ),
    "nothing": (
        "",
        "ae53d97cc6b37b84ecce77c193d3d340f12e707af2309ab6fc727c3f45d7ac86",
    ),
}


@pytest.mark.parametrize("name", PINNED)
def test_digests_are_those_of_every_other_python(name: str) -> None:
    source, digest = PINNED[name]
    assert code_digest(source) == digest


def test_pinned_digests_are_all_different() -> None:
    assert len({digest for _, digest in PINNED.values()}) == len(PINNED)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x=1", "x = 1  # why\n\n\n"),
        ("x = 'a'", 'x = "a"'),
        ("x = 'a' 'b'", "x = 'ab'"),
        ("x = ('a' f'b{c}')", "x = f'a' f'b{c}'"),
        ("f(a, b)", "f(\n    a,\n    b,\n)"),
        ("x = (1)", "x = 1"),
        ("def f():\n  'Doc.'\n  pass", 'def f():\n    """Doc."""\n    pass'),
        ("def f():\n  '''A.\n\n  B.\n  '''", 'def f():\n        """A.\n\n        B."""'),
        ("x = 1_000", "x = 1000"),
        ("x = 0x10", "x = 16"),
        ("a = 1; b = 2", "a = 1\nb = 2"),
        ("%magic \r\n", "%magic\n"),
        ("with a as b: pass", "with (a as b):\n    pass"),
        ("u'a'", "'a'"),
    ],
)
def test_layout_comments_and_quotes_do_not_count(left: str, right: str) -> None:
    assert code_digest(left) == code_digest(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x = 1", "x = 2"),
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = True"),
        ("x = 0", "x = -0"),
        ("x = 'a'", "x = b'a'"),
        ("x = None", "x = ()"),
        ("a < b", "a <= b"),
        ("a + b", "b + a"),
        ("f(a)(b)", "f(a, b)"),
        ("(a + b) + c", "a + (b + c)"),
        ("return_ = f'{x}'", "return_ = f'{x!r}'"),
        ("x = f'{x}'", "x = f'{x:.2f}'"),
        ("x = f'{x}'", "x = '{x}'"),
        ("def f(): return", "def f(): return None"),
        ("def f(): pass", "async def f(): pass"),
        ("def f():\n  'Doc.'", "def f():\n  'Another.'"),
        ("def f():\n  'Doc.'\n  pass", "def f():\n  pass"),
        ("def f():\n  x\n  ' A.'", "def f():\n  x\n  'A.'"),
        ("def f(a, b): pass", "def f(a, *, b): pass"),
        ("def f(a, b): pass", "def f(a, /, b): pass"),
        ("def f(a=1): pass", "def f(a): pass"),
        ("@c\ndef f(): pass", "def f(): pass"),
        ("@c\n@d\ndef f(): pass", "@d\n@c\ndef f(): pass"),
        ("x: int = 1", "x: float = 1"),
        ("from a import b", "from .a import b"),
        ("from a import b", "from a import b as c"),
        ("assert x", "assert x, 'm'"),
        ("if a:\n  b\nc", "if a:\n  b\n  c"),
        ("for i in j: k", "for i in j: k\nelse: k"),
        ("[i for i in j]", "{i for i in j}"),
        ("x = a if b else c", "x = c if b else a"),
        ("global a", "nonlocal a"),
        ("%magic", "%%magic"),
        ("x = '(Name id=str)'", "x"),
    ],
)
def test_a_change_of_code_changes_the_digest(left: str, right: str) -> None:
    assert code_digest(left) != code_digest(right)


@given(st.text(), st.text())
def test_texts_are_never_confused(left: str, right: str) -> None:
    sources = [f"x = {text!r}" for text in (left, right)]
    assert (code_digest(sources[0]) == code_digest(sources[1])) == (left == right)


@given(st.text())
def test_every_text_has_a_digest(source: str) -> None:
    assert len(code_digest(source)) == 64


def test_trees_are_compared_by_the_same_rules() -> None:
    left, right = ast.parse("f(  a )"), ast.parse("f(a)")
    assert same_code(left, right)
    assert tree_digest(left) == tree_digest(right)
    assert not same_code(left, ast.parse("f(b)"))
