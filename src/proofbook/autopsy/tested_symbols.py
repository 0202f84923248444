"""Which names of the extracted modules the tests use."""

import ast

from proofbook.autopsy.names import Names
from proofbook.autopsy.project import Project


def tested_symbols(project: Project) -> dict[str, set[str]]:
    """Return the names of each kernel that a test file imports and uses, by kernel."""
    found: dict[str, set[str]] = {}
    for path in sorted((project.root / project.settings.tests).rglob("test_*.py")):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError):
            continue
        for kernel, symbol in _used(tree, f"{project.settings.verified_package}."):
            found.setdefault(kernel, set()).add(symbol)
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
