"""Benchmarks: commands of their own, each with a ratio to a lower bound measured in the same run."""
