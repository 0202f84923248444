"""Run a notebook plan and keep its record under the logs, for the gates to judge."""

from proofbook.gate_script import run_plan_main

run_plan_main()
