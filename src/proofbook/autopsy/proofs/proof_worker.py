"""cvc5 as a process that writes a proof: SMT-LIB2 on stdin, its refutation in CPC format on stdout.

`python -m proofbook.autopsy.proofs.proof_worker LIMIT`; ends with 1 and says why on stderr if there is none.
"""

import sys

from proofbook.autopsy.proofs.solver_worker import read_into

OPTIONS = {"produce-proofs": "true", "proof-granularity": "dsl-rewrite"}


def refutation(text: str, limit: int) -> str:
    """Return cvc5's proof that a text is unsatisfiable.

    Raises:
        ValueError: cvc5 does not find that it is, within the limit.
        Exception: whatever cvc5 raises about a text that it cannot read.
    """
    import cvc5

    solver = cvc5.Solver(cvc5.TermManager())
    for name, value in {**OPTIONS, "rlimit": str(limit)}.items():
        solver.setOption(name, value)
    read_into(solver, text)
    result = solver.checkSat()
    if not result.isUnsat():
        raise ValueError(f"cvc5 finds no refutation: {result}")
    written = solver.proofToString(solver.getProof()[0], cvc5.ProofFormat.CPC)
    return written.decode() if isinstance(written, bytes) else str(written)


if __name__ == "__main__":
    try:
        found = refutation(sys.stdin.read(), int(sys.argv[1]))
    except Exception as error:
        sys.exit(f"{error}")
    sys.stdout.write(found)
