"""Whether texts stand readable in bytes, in whatever form a program may have written them there."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator

# 2-byte and 3-byte forms of a text, as any program might have written it.
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "unicode_escape")
# Shorter ones stand by chance in what is encrypted.
_SHORTEST = 6


def forms_of(text: str) -> set[bytes]:
    """Return a text in each form in which it can be read: encoded, as JSON escapes it, and in hexadecimal digits."""
    encoded = {text.encode(encoding) for encoding in ENCODINGS}
    escaped = json.dumps(text)[1:-1].encode()
    digits = text.encode().hex()
    forms = {*encoded, escaped, digits.encode(), digits.upper().encode()}
    return {form for form in forms if len(form) >= _SHORTEST}


class Readable:
    """Looks for texts in bytes.

    Args:
        texts: of two Chinese characters or six others at least.
    """

    def __init__(self, texts: Collection[str]) -> None:
        # Many texts begin alike: who finds none of the beginnings need not look for the rest.
        self._by_beginning: dict[bytes, list[tuple[bytes, str]]] = defaultdict(list)
        for text in texts:
            for form in forms_of(text):
                self._by_beginning[form[:_SHORTEST]].append((form, text))

    def found_in(self, content: bytes) -> Iterator[str]:
        """Yield the texts that stand there, one for each form in which it does."""
        for beginning, forms in self._by_beginning.items():
            if beginning in content:
                yield from (text for form, text in forms if form in content)
