"""The decision over the last run: sums up the gates' results. Exit 0 accepted, 1 refused, 2 could not run."""

from proofbook.gate_script import aggregate_main

aggregate_main()
