"""The demonstration: a small place with real processes, and one trip of papers through it."""
