"""The finder proves what the kernels' laws need, and nothing that is false."""

import subprocess
import sys
from typing import Any

import pytest
from proof_statements import HARD, PROVABLE, SATISFIABLE, statement

from proofbook.autopsy.canonical import parse_json
from proofbook.autopsy.proofs.certificate import check_certificate
from proofbook.autopsy.proofs.certificate_finder import (
    THOROUGH,
    Effort,
    certificate_bytes,
    find_certificate,
)
from proofbook.autopsy.proofs.statement import read_statement


@pytest.mark.parametrize("name", PROVABLE)
def test_it_is_proved(name: str) -> None:
    text = PROVABLE[name]
    read_statement(text)
    found = find_certificate(text)
    written = parse_json(certificate_bytes(found), "certificate.json")
    assert check_certificate(text, written) is None
    assert certificate_bytes(find_certificate(text)) == certificate_bytes(found)


@pytest.mark.parametrize("name", HARD)
def test_it_is_proved_with_more_effort(name: str) -> None:
    assert find_certificate(HARD[name], effort=Effort(level=2)) is None
    found = find_certificate(HARD[name], effort=THOROUGH)
    assert check_certificate(HARD[name], found) is None


@pytest.mark.parametrize("name", SATISFIABLE)
def test_it_is_not_proved(name: str) -> None:
    read_statement(SATISFIABLE[name])
    assert find_certificate(SATISFIABLE[name], effort=Effort(candidates=1500)) is None


@pytest.mark.parametrize("name", PROVABLE)
def test_every_term_is_needed_or_the_rest_is_still_a_proof(name: str) -> None:
    """Dropping a term never gives a certificate that is accepted for the satisfiable statements."""
    found = find_certificate(PROVABLE[name])
    for text in SATISFIABLE.values():
        assert check_certificate(text, found)


def _leaves(node: Any) -> list[Any]:
    if node is None:
        return []
    if "refute" in node:
        return [node]
    return [leaf for case in node["cases"] for leaf in _leaves(case)]


@pytest.mark.parametrize("name", PROVABLE)
def test_a_leaf_with_a_doubled_factor_is_refused(name: str) -> None:
    text = PROVABLE[name]
    found = find_certificate(text)
    for leaf in _leaves(found):
        if len(leaf["refute"]) > 1:
            leaf["refute"][0]["c"] = "977/13"
            assert check_certificate(text, found)
            break


def test_integer_division_needs_integers() -> None:
    text = PROVABLE["integer division is monotone"]
    assert find_certificate(text) is not None
    over_the_reals = text.replace(" Int)", " Real)").replace(" 0 ", " 0.0 ")
    assert find_certificate(over_the_reals, effort=Effort(candidates=1500)) is None


def test_no_more_branches_than_allowed() -> None:
    text = PROVABLE["a chain's join is associative"]
    assert find_certificate(text, effort=Effort(branches=5)) is None


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    text = PROVABLE["projection onto the simplex is nearest"]
    program = (
        "import sys; from proofbook.autopsy.proofs import certificate_finder as f;"
        "sys.stdout.buffer.write(f.certificate_bytes(f.find_certificate(sys.stdin.read())))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            input=text.encode(),
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] == certificate_bytes(find_certificate(text))


def test_numbers_beyond_the_doubles_are_no_obstacle() -> None:
    huge = f"{10**400}.0"
    below = statement("x", ["(<= x 2.0)"], ("true", f"(<= x {huge})"))
    assert find_certificate(below) is not None
