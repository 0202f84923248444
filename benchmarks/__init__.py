"""Benchmarks: run against real data, outside the test suite. Each is a package run with `python -m`."""
