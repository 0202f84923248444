"""The Mathematical Autopsy framework: notebooks, evidence, gates, scorecard, extraction."""
