"""What names stand for: followed through imports, aliases and constant `getattr`, without running anything."""

import ast
from dataclasses import dataclass, field


@dataclass
class Names:
    """What names stand for in some code: imports and aliases; verifications and lemmas."""

    known: dict[str, str] = field(default_factory=dict)
    laboratory: set[str] = field(default_factory=set)

    def learn(self, node: ast.AST) -> None:
        """Note what a statement binds."""
        match node:
            case ast.Import(names=names):
                for alias in names:
                    top = alias.name.split(".")[0]
                    self.known[alias.asname or top] = alias.name if alias.asname else top
            case ast.ImportFrom(module=str(module), names=names, level=0):
                for alias in names:
                    self.known[alias.asname or alias.name] = f"{module}.{alias.name}"
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, value)
            case ast.NamedExpr(target=target, value=value):
                self._bind(target, value)
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                self._bind(target, value)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        full = self.full_name(value)
        if full:
            self.known[target.id] = full
        elif isinstance(value, ast.Call):
            made = isinstance(value.func, ast.Attribute) and value.func.attr == "lemma"
            if made or (self.full_name(value.func) or "").endswith(".Verification"):
                self.laboratory.add(target.id)

    def full_name(self, node: ast.AST) -> str | None:
        """Return what `a.b.c` is in full, where `a` was imported; None for any other expression."""
        match node:
            case ast.Name(id=name):
                return self.known.get(name)
            case ast.NamedExpr(value=value):
                return self.full_name(value)
            case ast.Attribute(value=value, attr=attribute):
                base = self.full_name(value)
                return f"{base}.{attribute}" if base else None
            case ast.Call(
                func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(attribute)), *_]
            ):
                base = self.full_name(value)
                return f"{base}.{attribute}" if base else None
        return None
