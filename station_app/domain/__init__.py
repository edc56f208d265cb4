"""The rules of the trade: frozen values and pure functions."""
