"""Records that stations and centers exchange, to and from bytes."""
