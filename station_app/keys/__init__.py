"""Signing, key slots, sealing, transport certificates and printed codes."""
