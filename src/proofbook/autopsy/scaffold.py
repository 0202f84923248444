"""Starting a kernel: invariant, lemma section, notebooks, ADR and test, from templates."""

import builtins
import json
import keyword
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from proofbook.autopsy.appendix import appendix_path
from proofbook.autopsy.atomic import write_atomic
from proofbook.autopsy.canonical import read_text
from proofbook.autopsy.errors import ProofbookError
from proofbook.autopsy.project import IMPLEMENTATION_SUFFIX, KERNEL_PREFIX, Project
from proofbook.autopsy.regeneration import write_plan
from proofbook.autopsy.sync import notebook_bytes

_NAME = re.compile(r"^[a-z][a-z0-9_]{0,60}$")
# Names that the templates use: a kernel called so would hide them, or be hidden.
_TAKEN = {
    *("math", "st", "v", "x", "y", "p", "lemma", "finite", "nearest", "refused"),
    *("artifact", "kernel", "pytest"),
}
_CELL = re.compile(r"^%% (md|code) (\S+)$", re.MULTILINE)


def scaffold(project: Project, kernel: str, system: str | None, title: str | None) -> list[str]:
    """Write the files of a new kernel, a small worked one that already verifies; return their paths.

    Raises:
        ProofbookError: the name or the system is not usable, or a file is already there; nothing is
            written then.
    """
    system = system or project.settings.systems[0]
    title = title or kernel.replace("_", " ").capitalize()
    _check(project, kernel, system, title)
    values = _values(project, kernel, system, title)
    settings = project.settings
    fresh = {
        f"{settings.invariants}/{values['id']}.yaml": _invariant(project, values),
        project.kernel_notebook_path(kernel): _notebook("verify_kernel.py.txt", values),
        f"{settings.notebooks}/{kernel}{IMPLEMENTATION_SUFFIX}": _notebook(
            "implementation.py.txt", values
        ),
        values["adr"]: _filled("adr.md", values).encode(),
        f"{settings.verified_tests}/test_{kernel}.py": _filled(
            "test_kernel.py.txt", values
        ).encode(),
    }
    for path in fresh:
        if (project.root / path).exists():
            raise ProofbookError(
                "is already there", path=path, remedy="choose another name, or remove it"
            )
    changed = {
        f"{settings.invariants}/INDEX.yaml": _index(project, values),
        appendix_path(settings.docs, system): _appendix(project, values),
        f"{settings.docs}/{system}_MASTER_CALCULUS.md": _calculus(project, values),
        f"{settings.docs}/README.md": _register(project, values),
    }
    for path, data in {**fresh, **changed}.items():
        write_atomic(project.root / path, data)
    return [*fresh, *changed, *write_plan(Project.open(project.root))]


def _check(project: Project, kernel: str, system: str, title: str) -> None:
    if not title.strip() or not title.isprintable() or set(title) & set('"\\|@'):
        raise ProofbookError(
            f"{title!r} cannot be a title",
            field="--title",
            remedy='use printable text without ", \\, | and @',
        )
    if not _NAME.match(kernel) or keyword.iskeyword(kernel):
        raise ProofbookError(
            f"{kernel!r} cannot name a kernel",
            remedy="use lower-case letters, digits and _, starting with a letter",
        )
    notebook = f"{KERNEL_PREFIX}{kernel}.ipynb"
    other_kind = kernel.startswith(KERNEL_PREFIX) or notebook.endswith(IMPLEMENTATION_SUFFIX)
    if kernel in _TAKEN or hasattr(builtins, kernel) or other_kind:
        raise ProofbookError(
            f"{kernel!r} cannot name a kernel",
            remedy="choose a name that neither Python nor the templates use for something else",
        )
    if system not in project.settings.systems:
        known = ", ".join(project.settings.systems)
        raise ProofbookError(
            f"unknown system {system!r}",
            path="pyproject.toml",
            field="tool.proofbook.systems",
            remedy=f"the systems are {known}; add yours there",
        )


def _values(project: Project, kernel: str, system: str, title: str) -> dict[str, str]:
    settings = project.settings
    adr = _next_number(project.root / settings.adr, r"^(\d{4})-")
    return {
        "kernel": kernel,
        "system": system,
        "title": title,
        "owner": "Maintainers",
        "id": f"INV-{system}-"
        + _next_number(project.root / settings.invariants, rf"^INV-{system}-(\d{{4}})\.yaml$"),
        "number": adr,
        "adr": f"{settings.adr}/{adr}-{kernel.replace('_', '-')}.md",
        "package": settings.verified_package,
        "notebooks": settings.notebooks,
        "generated": settings.generated,
        "invariants": settings.invariants,
        "up": "../" * len(Path(settings.docs).parts),
        "adr_up": "../" * len(Path(settings.adr).parts),
    }


def _next_number(folder: Path, pattern: str) -> str:
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    taken = [int(found[1]) for name in names if (found := re.match(pattern, name))]
    return f"{max(taken, default=0) + 1:04d}"


def _filled(template: str, values: dict[str, str]) -> str:
    text = files("proofbook.autopsy").joinpath("templates", template).read_text(encoding="utf-8")
    return _fill(text, values)


def _fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _invariant(project: Project, values: dict[str, str]) -> bytes:
    """Fill the project's own template of invariants where it has one."""
    own = project.root / project.settings.invariants / "INV_TEMPLATE.yaml"
    if own.exists():
        return _fill(read_text(own), values).encode()
    return _filled("invariant.yaml", values).encode()


def _notebook(template: str, values: dict[str, str]) -> bytes:
    parts = _CELL.split(_filled(template, values))[1:]
    cells: list[dict[str, Any]] = []
    for kind, name, source in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        cell: dict[str, Any] = {
            "id": name,
            "cell_type": "markdown" if kind == "md" else "code",
            "metadata": {},
            "source": source.strip("\n").splitlines(keepends=True),
        }
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        cells.append(cell)
    return notebook_bytes(
        {
            "cells": cells,
            "metadata": {
                "kernelspec": {
                    "display_name": "Python 3",
                    "language": "python",
                    "name": "python3",
                },
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def _index(project: Project, values: dict[str, str]) -> bytes:
    path = project.root / project.settings.invariants / "INDEX.yaml"
    start = "schema: proofbook/invariant-index@1\ninvariants:\n"
    text = read_text(path).rstrip("\n") + "\n" if path.exists() else start
    text = text.replace("invariants: []\n", "invariants:\n")
    title = json.dumps(values["title"], ensure_ascii=False)
    entry = (
        f"  - {{id: {values['id']}, title: {title}, status: draft, file: {values['id']}.yaml}}\n"
    )
    return (text + entry).encode()


def _appendix(project: Project, values: dict[str, str]) -> bytes:
    path = project.root / appendix_path(project.settings.docs, values["system"])
    exists = path.exists()
    text = read_text(path) if exists else _filled("appendix.md", values)
    lines = text.rstrip("\n").splitlines()
    rows = [number for number, line in enumerate(lines) if line.startswith("|")]
    anchor = values["id"].lower()
    new = [
        f"| [{values['id']}#{lemma}](#{anchor}{lemma.lower()}--{name.lower()}) | {name} | Draft |"
        for lemma, name in (("L1", "Bounded"), ("L2", "Nearest"))
    ]
    place = _end_of_first_table(rows) + 1 if rows else len(lines)
    lines[place:place] = new
    return ("\n".join(lines) + "\n" + _filled("lemmas.md", values)).encode()


def _end_of_first_table(rows: list[int]) -> int:
    end = rows[0]
    while end + 1 in rows:
        end += 1
    return end


def _calculus(project: Project, values: dict[str, str]) -> bytes:
    path = project.root / project.settings.docs / f"{values['system']}_MASTER_CALCULUS.md"
    start = f"# {values['system']} master calculus\n"
    text = read_text(path).rstrip("\n") + "\n" if path.exists() else start
    return (text + _filled("calculus.md", values)).encode()


def _register(project: Project, values: dict[str, str]) -> bytes:
    path = project.root / project.settings.docs / "README.md"
    start = "# Artifact register\n\n| Artifact | Invariant | Notebook |\n|---|---|---|\n"
    text = read_text(path) if path.exists() else start
    row = _fill(
        "| [`@kernel@_verification.json`](@up@@generated@/@kernel@_verification.json) | "
        "[@id@](@up@@invariants@/@id@.yaml) | "
        "[`verify_@kernel@.ipynb`](@up@@notebooks@/verify_@kernel@.ipynb) |",
        values,
    )
    lines = text.rstrip("\n").splitlines()
    rows = [number for number, line in enumerate(lines) if line.startswith("|")]
    lines.insert(rows[-1] + 1 if rows else len(lines), row)
    return ("\n".join(lines) + "\n").encode()
