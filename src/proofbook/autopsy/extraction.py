"""From export cells to a module: imports merged and sorted on top, one marked section for each cell."""

import ast
import json
import re
import subprocess
from dataclasses import dataclass

from ruff import find_ruff_bin

from proofbook.autopsy.canonical import sha256_hex
from proofbook.autopsy.cells import LAB_KERNELS, exported_code
from proofbook.autopsy.code_digest import code_digest
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.notebook import Cell, Notebook
from proofbook.autopsy.settings import Settings

_MARK = re.compile(r"^# %% (?P<cell>\S+)$")
_DIGEST_LINE = "# Digest of the exported code: "
_BODY_LINE = "# Digest of the text below: "


@dataclass(frozen=True)
class Section:
    """The code of one cell in an extracted module, without imports."""

    cell: str
    code: str


@dataclass(frozen=True)
class Module:
    """An extracted module, taken apart again; `edited` when its text is not what was extracted.

    `digest` is that of the exported code, `recorded` that of the text as extracted.
    """

    digest: str
    recorded: str
    edited: bool
    header: str
    sections: tuple[Section, ...]


def split_imports(cell: Cell, path: str) -> tuple[list[str], str]:
    """Return the top-level import statements of an export cell, and the rest of its code.

    Raises:
        ProofbookError: the cell is not plain Python, or an import shares its line with other code.
    """
    code = exported_code(cell.source)
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise ProofbookError(
            f"an export cell must be plain Python: {error.msg}",
            path=path,
            field=cell.label,
            remedy="take the magic or the shell line to a cell of its own",
        ) from error
    lines = code.splitlines()
    imports: list[str] = []
    taken: set[int] = set()
    used: set[int] = set()
    for node in tree.body:
        span = range(node.lineno - 1, node.end_lineno or node.lineno)
        is_import = isinstance(node, ast.Import | ast.ImportFrom)
        if (used if is_import else taken).intersection(span):
            raise ProofbookError(
                "an import shares its line with other code",
                path=path,
                field=cell.label,
                remedy="write it on a line of its own",
            )
        used.update(span)
        if is_import:
            imports.append("\n".join(lines[number] for number in span))
            taken.update(span)
    rest = "\n".join(line for number, line in enumerate(lines) if number not in taken)
    return imports, rest.strip("\n") + "\n" if rest.strip() else ""


def render(notebook: Notebook, kernel: str, settings: Settings) -> str:
    """Return the text of the module that a notebook exports.

    Raises:
        ProofbookError: an export cell cannot be extracted, or ruff refuses the result.
    """
    imports: list[str] = []
    body: list[str] = []
    for cell in notebook.export_cells:
        found, rest = split_imports(cell, notebook.path)
        imports += [to_verified(statement, settings) for statement in found]
        if rest:
            body += ["", "", f"# %% {cell.id}", rest.rstrip("\n")]
    names = sorted({name for name, _, _ in notebook.exports if not name.startswith("_")})
    docstring = [f'"""{_one_line(notebook.title)} (kernel `{kernel}`)."""', ""]
    listed = ["", "__all__ = [", *(f'    "{name}",' for name in names), "]"] if names else []
    text = "\n".join([*docstring, *imports, *listed, *body]) + "\n"
    below = formatted(text, notebook.path, settings)
    head = [
        f"# Extracted from {notebook.path}: edit that notebook, not this file",
        "# (or edit here and carry the change back with `proofbook sync`).",
        f"{_DIGEST_LINE}{notebook.exports_digest}",
        f"{_BODY_LINE}{sha256_hex(below.encode())}",
    ]
    return "\n".join(head) + "\n" + below


def _one_line(title: str) -> str:
    return title.replace("\\", "").replace('"""', "'''").rstrip(".")


def to_verified(statement: str, settings: Settings) -> str:
    """Rewrite an import of another notebook's kernel to its extracted module."""
    return re.sub(rf"\b{re.escape(LAB_KERNELS)}\b", settings.verified_package, statement)


def to_laboratory(statement: str, settings: Settings) -> str:
    """Undo `to_verified`."""
    return re.sub(rf"\b{re.escape(settings.verified_package)}\b", LAB_KERNELS, statement)


def formatted(text: str, path: str, settings: Settings) -> str:
    """Return code with sorted imports in ruff's format, whatever configuration is around.

    Raises:
        ProofbookError: ruff cannot read the code.
    """
    isolated = ["--isolated", "--quiet", "--line-length", str(settings.line_length)]
    target = ["--target-version", "py311"]
    own = settings.verified_package.split(".")[0]
    # What stands in the folder we are called from must not decide what counts as first party.
    known = ["--config", "src = []"]
    known += ["--config", f'lint.isort.known-first-party = ["{own}"]']
    for command in (
        ["check", *isolated, *target, *known, "--select", "I,RUF022", "--fix", "--exit-zero", "-"],
        ["format", *isolated, *target, "-"],
    ):
        done = subprocess.run(
            [find_ruff_bin(), *command],
            input=text,
            capture_output=True,
            encoding="utf-8",  # whatever the user's locale
            check=False,
        )
        if done.returncode != 0:
            raise ProofbookError(f"ruff cannot read the exported code: {done.stderr}", path=path)
        text = done.stdout
    return text


def undefined_names(text: str) -> list[tuple[int, str]]:
    """Return line and name of what a module uses and does not define, import or find built in."""
    command = ["check", "--isolated", "--select", "F821", "--output-format", "json", "-"]
    done = subprocess.run(
        [find_ruff_bin(), *command],
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    found = json.loads(done.stdout or "[]")
    return [(item["location"]["row"], item["message"]) for item in found]


def take_apart(text: str, path: str) -> Module:
    """Split an extracted module into header and sections.

    Raises:
        ProofbookError: it has no digest line, so it was not extracted.
    """
    digest, header, sections = "", [], []
    current: list[str] | None = None
    _, _, rest = text.partition(_BODY_LINE)
    recorded, _, below = rest.partition("\n")
    for line in text.splitlines():
        mark = _MARK.match(line)
        if mark:
            current = []
            sections.append((mark["cell"], current))
        elif current is None:
            header.append(line)
            if line.startswith(_DIGEST_LINE):
                digest = line.removeprefix(_DIGEST_LINE).strip()
        else:
            current.append(line)
    if not digest:
        raise ProofbookError(
            "was not extracted from a notebook",
            path=path,
            remedy="remove it, or write its notebook and run `proofbook extract`",
        )
    parts = (Section(cell, "\n".join(lines).strip("\n") + "\n") for cell, lines in sections)
    edited = sha256_hex(below.encode()) != recorded
    return Module(digest, recorded, edited, "\n".join(header) + "\n", tuple(parts))


def differing_cells(expected: str, found: str, path: str) -> list[str]:
    """Return the cells whose code differs between two texts of a module; `imports` for the header.

    Raises:
        ProofbookError: one of them was not extracted.
    """
    left, right = take_apart(expected, path), take_apart(found, path)
    mine = {section.cell: section.code for section in left.sections}
    theirs = {section.cell: section.code for section in right.sections}
    cells = [
        cell
        for cell in {**mine, **theirs}
        if code_digest(mine.get(cell, "")) != code_digest(theirs.get(cell, ""))
    ]
    if code_digest(left.header) != code_digest(right.header):
        cells.insert(0, "imports")
    return cells
