"""A stick between a center and PCs that have no line: requests, grants, and the commands that make and take them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.reliability.place import VILLAGES, Place
from tests.reliability.warm import Ran

NEW, WORKER = "new", "新人"


class Stick:
    """A place with a center that serves nothing, and the files between it and a new PC."""

    def __init__(self, place: Place, folder: Path) -> None:
        folder.mkdir()
        self.place, self.folder = place, folder

    def file(self, name: str) -> str:
        return str(self.folder / name)

    def pc(self, *words: str, name: str = NEW, worker: str = "", **who: Any) -> Ran:
        return self.place.station(name, *words, worker=worker, **who)

    def code(self, org: str = VILLAGES[0]) -> str:
        return str(self.place.center("enrol-code", "--org", org).found()["code"])

    def ask(self, code: str, file: str = "ask", name: str = NEW) -> str:
        return str(self.pc("enrol", "--request", self.file(file), code, name=name).found()["file"])

    def grant(self, asked: str, file: str = "grant") -> Ran:
        return self.place.center("enrol-grant", asked, self.file(file))

    def join(self, name: str = NEW, org: str = VILLAGES[0]) -> dict[str, Any]:
        granted = self.grant(self.ask(self.code(org), f"{name}-ask", name), f"{name}-grant").found()
        return self.pc("enrol", "--grant", granted["file"], name=name).found()

    def account(self, worker: str = WORKER, org: str = VILLAGES[0]) -> str:
        added = self.place.center("user", "add", "--org", org, "--name", worker, "--roles", "agent").found()
        return str(added["activation_code"])

    def ask_in(self, worker: str, code: str, name: str = NEW) -> str:
        return str(self.pc("activate", worker, code, "--request", self.file(worker), name=name).found()["file"])

    def let_in(self, worker: str = WORKER, name: str = NEW, org: str = VILLAGES[0]) -> dict[str, Any]:
        granted = self.grant(self.ask_in(worker, self.account(worker, org), name), f"{worker}-in").found()
        return self.pc("activate", "--grant", granted["file"], name=name).found()

    def files(self, name: str = NEW) -> dict[str, bytes]:
        """Return the bytes of all files of a PC but its log and locks."""
        found = (path for path in self.place.home(name).iterdir() if path.suffix not in (".log", ".lock"))
        return {path.name: path.read_bytes() for path in found}
