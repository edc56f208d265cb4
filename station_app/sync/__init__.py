"""The exchange over the network: one call each, back-off, and the loop."""
