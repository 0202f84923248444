"""Which names of the extracted modules the tests use."""

import ast

from proofbook.autopsy.names import Names
from proofbook.autopsy.project import Project


def tested_symbols(project: Project) -> dict[str, set[str]]:
    """Return the names of each kernel that a test file imports and uses, by kernel."""
    found: dict[str, set[str]] = {}
    for used in used_by_tests(project, project.settings.tests).values():
        for kernel, symbol in used:
            found.setdefault(kernel, set()).add(symbol)
    return found


def used_by_tests(project: Project, folder: str) -> dict[str, set[tuple[str, str]]]:
    """Return what each test file in a folder uses of the extracted modules: (kernel, name) by file."""
    found = {}
    for path in sorted((project.root / folder).rglob("test_*.py")):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError):
            continue
        found[project.relative(path)] = _used(tree, f"{project.settings.verified_package}.")
    return found


def _used(tree: ast.Module, package: str) -> set[tuple[str, str]]:
    names = Names()
    for node in ast.walk(tree):
        names.learn(node)
    used = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            full = names.full_name(node) or ""
            parts = full.removeprefix(package).split(".")
            if full.startswith(package) and len(parts) > 1:
                used.add((parts[0], parts[1]))
    return used
