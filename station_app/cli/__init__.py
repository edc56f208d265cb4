"""The commands of the two programs."""
