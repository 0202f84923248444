"""Sum up the gates' results of the last run into the scorecard under the logs."""

from proofbook.gate_script import aggregate_main

aggregate_main()
