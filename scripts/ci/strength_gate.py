"""Gate 8, `strength`, over the last run of the plan. Exit 0 passed, 1 refused, 2 could not run."""

from proofbook.gate_script import main

main("strength")
