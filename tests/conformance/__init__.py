"""A client written from docs/sync.md alone, and what it asks of a real center."""
