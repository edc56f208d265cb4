"""The design tokens: colour, type, spacing, radius. Every colour, size and font on screen comes from here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

UI_FAMILIES = ("Noto Sans SC", "HanaMinB")
SCALES = (100, 125, 150, 175)


class Theme(StrEnum):
    """Light or dark; SYSTEM follows the PC."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


class Tone(StrEnum):
    """What a coloured mark means; it always comes with a word and a shape as well."""

    PLAIN = "plain"
    INFO = "info"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb. `x_soft` is a background on which `x` and `text` stand; `on_x` is text on `x`."""

    paper: str
    surface: str
    raised: str
    line: str
    line_strong: str
    text: str
    muted: str
    primary: str
    primary_hover: str
    on_primary: str
    primary_soft: str
    focus: str
    info: str
    info_soft: str
    good: str
    good_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    on_bad: str
    stale: str
    stale_soft: str


LIGHT = Palette(
    paper="#f5f4ef",
    surface="#ffffff",
    raised="#ecebe3",
    line="#dad7cb",
    line_strong="#8c8f85",
    text="#1d2320",
    muted="#565d57",
    primary="#1b5e52",
    primary_hover="#14493f",
    on_primary="#ffffff",
    primary_soft="#e0ede8",
    focus="#1b5e52",
    info="#1c4f80",
    info_soft="#e3edf6",
    good="#256234",
    good_soft="#e3f0e3",
    warn="#7a4b00",
    warn_soft="#fbefd5",
    bad="#9c2719",
    bad_soft="#fae7e3",
    on_bad="#ffffff",
    stale="#5a5d62",
    stale_soft="#e6e7e9",
)
DARK = Palette(
    paper="#141816",
    surface="#1d2320",
    raised="#29312d",
    line="#38423d",
    line_strong="#7d8a83",
    text="#e9ede8",
    muted="#a8b3ac",
    primary="#82cdba",
    primary_hover="#a2dccd",
    on_primary="#0d211b",
    primary_soft="#203b34",
    focus="#82cdba",
    info="#9cc6ee",
    info_soft="#1c3044",
    good="#9ad3a3",
    good_soft="#1e3724",
    warn="#eec277",
    warn_soft="#3d2f14",
    bad="#f3a79b",
    bad_soft="#45221d",
    on_bad="#2b0d08",
    stale="#b3b7bc",
    stale_soft="#30353a",
)

# (foreground, background) pairs that occur on screen: each is at least 4.5:1 in both themes (tests/ui/test_tokens.py).
TEXT_PAIRS = (
    *((text, ground) for text in ("text", "muted") for ground in ("paper", "surface", "raised")),
    *(("text", f"{tone}_soft") for tone in ("primary", "info", "good", "warn", "bad", "stale")),
    *((tone, f"{tone}_soft") for tone in ("primary", "info", "good", "warn", "bad", "stale")),
    *((tone, ground) for tone in ("primary", "info", "good", "warn", "bad") for ground in ("paper", "surface")),
    ("muted", "primary_soft"),
    ("on_primary", "primary"),
    ("on_primary", "primary_hover"),
    ("on_bad", "bad"),
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Type and spacing in px at 100 %; type grows with the worker's choice, so does what must hold it."""

    small: int = 14
    body: int = 16
    strong: int = 18
    title: int = 22
    display: int = 30
    gap_1: int = 4
    gap_2: int = 8
    gap_3: int = 12
    gap_4: int = 16
    gap_5: int = 24
    gap_6: int = 32
    control: int = 38
    menu: int = 34
    row: int = 40
    icon: int = 20
    radius: int = 6
    radius_large: int = 10

    def scaled(self, percent: int) -> Sizes:
        """Return the sizes for a text size of `percent`; spacing grows half as much, so that pages still fit."""
        half = (percent + 100) / 2
        growing = {"small", "body", "strong", "title", "display", "control", "menu", "row", "icon"}
        return Sizes(**{n: round(v * (percent if n in growing else half) / 100) for n, v in asdict(self).items()})


def palette_of(theme: Theme, *, system_is_dark: bool) -> Palette:
    """Return the colours of a theme."""
    dark = theme is Theme.DARK or (theme is Theme.SYSTEM and system_is_dark)
    return DARK if dark else LIGHT


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1.0 to 21.0 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
