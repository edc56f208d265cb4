"""Programs of former protocol states as they were, and what they sent, so that no center ever leaves them behind."""
