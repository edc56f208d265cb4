"""Errors that a worker can act on: a code with parameters, turned into a sentence by `messages`."""

from __future__ import annotations


class StationError(Exception):
    """Something is refused or not possible now, and the worker can do something about it.

    Args:
        code: kebab-case name of the error; `messages.py` has the Chinese sentence for it.
        params: values that the sentence names; JSON-compatible, never personal data of third persons.
    """

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code
