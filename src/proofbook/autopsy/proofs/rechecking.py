"""Re-checking cvc5's proofs by an independent checker, `ethos`, where it is installed.

Neither `ethos` nor the signature of cvc5's proof rules (`Cpc.eo`, from cvc5's sources) is a Python package: the
user installs the one on PATH and names the other in PROOFBOOK_CPC_SIGNATURE. Without them nothing is claimed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from proofbook.autopsy.canonical import sha256_hex
from proofbook.autopsy.guarded import run_guarded
from proofbook.autopsy.proofs.solvers import available

SIGNATURE = "PROOFBOOK_CPC_SIGNATURE"
_PROBE_SECONDS = 20


@dataclass(frozen=True)
class Rechecked:
    """What a proof checker said.

    Attributes:
        result: `accepted` only where the checker read the whole proof and called it correct.
        reason: why it is not accepted.
        proof_sha256: digest of the proof that was checked.
    """

    result: Literal["accepted", "refused", "unknown", "not run"]
    reason: str = ""
    proof_sha256: str | None = None


def ethos_version() -> str | None:
    """Return the first line that `ethos --version` says, or None where ethos is not on PATH."""
    return _version("ethos")


def signature() -> Path | None:
    """Return the file that PROOFBOOK_CPC_SIGNATURE names, or None if there is none."""
    named = os.environ.get(SIGNATURE)
    return Path(named) if named and Path(named).is_file() else None


def recheck(text: str, *, limit: int, backstop_s: float = 60) -> Rechecked:
    """Let cvc5 refute a text with a proof, and let ethos check that proof against that text.

    Args:
        text: SMT-LIB2.
        limit: steps that cvc5 may take, in its own count.
        backstop_s: seconds after which either process is killed.
    """
    rules = signature()
    if shutil.which("ethos") is None or rules is None:
        missing = "ethos" if shutil.which("ethos") is None else f"the file of {SIGNATURE}"
        return Rechecked("not run", f"{missing} is not there")
    if available("cvc5") is None:
        return Rechecked("not run", "cvc5 is not installed")
    worker = [sys.executable, "-P", "-m", "proofbook.autopsy.proofs.proof_worker", str(limit)]
    try:
        found = _run(worker, text, backstop_s)
        if found.returncode != 0 or not found.stdout:
            return Rechecked("unknown", _last(found.stderr) or "cvc5 died")
        return _checked(text, found.stdout, rules, backstop_s)
    except subprocess.TimeoutExpired:
        return Rechecked("unknown", f"stopped after {backstop_s:g} s")


def _checked(text: str, proof: str, rules: Path, backstop_s: float) -> Rechecked:
    digest = sha256_hex(proof.encode())
    with tempfile.TemporaryDirectory(prefix="proofbook-") as folder:
        statement, file = Path(folder, "statement.smt2"), Path(folder, "proof.eo")
        statement.write_text(text, encoding="utf-8")
        file.write_text(proof, encoding="utf-8")
        # The reference makes ethos refuse a proof that assumes what the statement does not assert.
        options = [f"--include={rules}", f"--reference={statement}"]
        said = _run(["ethos", *options, str(file)], "", backstop_s)
    if said.returncode == 0 and said.stdout.strip() == "correct":
        return Rechecked("accepted", proof_sha256=digest)
    why = _last(said.stdout) or _last(said.stderr) or "nothing"
    return Rechecked("refused", f"ethos ends with {said.returncode} and says: {why}", digest)


def _version(tool: str) -> str | None:
    if shutil.which(tool) is None:
        return None
    try:
        said = _run([tool, "--version"], "", _PROBE_SECONDS)
    except subprocess.TimeoutExpired:
        return None
    return next(iter(said.stdout.splitlines()), None) if said.returncode == 0 else None


def _last(text: str) -> str:
    return next(reversed(text.strip().splitlines()), "")


def _run(command: list[str], given: str, backstop_s: float) -> "subprocess.CompletedProcess[str]":
    return run_guarded(command, env=os.environ, given=given, timeout_s=backstop_s)
