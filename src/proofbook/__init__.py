"""Proofbook: write and prove mathematics in notebooks, gate it, ship exactly the code that was proved."""

__version__ = "0.1.0"
