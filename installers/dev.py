"""The one command of a checkout: sets up a private environment, then runs the demo or the checks."""
# This file alone has to parse on Python 3.6, where it says that the Python is too old: no `from __future__ import
# annotations` and nothing newer here. What needs a newer Python is imported after that question is settled.

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
FIRST_UNSUPPORTED = (3, 14)


def version_complaint(major: int, minor: int) -> str:
    """Return the sentence for a Python that cannot be used, or nothing."""
    if OLDEST <= (major, minor) < FIRST_UNSUPPORTED:
        return ""
    problem = "版本太旧" if (major, minor) < OLDEST else "版本太新，还没有试过"
    return (
        f"这台电脑的 python3 是 {major}.{minor}，{problem}。请安装 Python 3.11、3.12 或 3.13，"
        "再用它运行，例如：python3.11 installers/dev.py demo"
    )


def say(sentence: str) -> None:
    """Print a Chinese sentence even where the terminal's encoding (LANG=C on old systems) has no Chinese."""
    # Asked beforehand: stderr never raises, it writes \\u5b89 in place of 安.
    try:
        sentence.encode(sys.stderr.encoding or "ascii")
    except UnicodeEncodeError:
        sys.stderr.buffer.write(sentence.encode("utf-8") + b"\n")
    else:
        sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    complaint = version_complaint(sys.version_info[0], sys.version_info[1])
    if complaint:
        say(complaint)
        sys.exit(1)
    sys.path[0] = str(ROOT)
    from installers.commands import main
    from installers.system import this_system

    sys.exit(main(sys.argv[1:], ROOT, this_system(say)))
