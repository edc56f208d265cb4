"""Qt item models over frozen values; tested without a window."""
