"""The village of the demonstration that has no line: all of its exchange goes by packages, on a stick."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from station_app.bootstrap.station_home import StationHome
from station_app.cli.demo.centers import Office
from station_app.cli.demo.children import Answer
from station_app.cli.demo.place import TOWNSHIP, Place, Station, expect
from station_app.cli.demo.telling import TAKEN_OVER, mark_of

Tell = Callable[..., None]


class Carrier:
    """Who walks between a village and its township with the stick.

    Args:
        village: has joined by file, and knows no address of a center.
    """

    def __init__(self, place: Place, tell: Tell, village: Office) -> None:
        self._place, self._tell, self._village = place, tell, village
        self._packages = 0

    def up(self) -> Answer:
        """Carry a package from the village to the township; return what came of it there."""
        return self._carry(self._village, TOWNSHIP)

    def down(self, what: str, arrived: Callable[[dict[str, Answer]], bool]) -> Answer:
        """Wait until the township has what the village is to get, and carry it there.

        Args:
            what: what the township waits for, as it follows on its name and 还没有.
            arrived: looks at the township's cases, by number.
        """
        self._at(TOWNSHIP).wait(what, lambda: arrived(self._at(TOWNSHIP).cases()) or None)
        return self._carry(TOWNSHIP, self._village)

    def tell_taken_over(self, number: str) -> None:
        """Tell that the village knows from the package that the township has taken its case."""
        detail = self._at(self._village).ask("case", "show", number)
        mark = mark_of(detail)
        expect(mark == TAKEN_OVER, f"{number} {TAKEN_OVER}", mark)
        self._tell("taken-over", self._village, "从带回的包里看到镇上已接收", detail, mark=mark)

    def tell_end(self, case: Answer) -> None:
        """Tell that all of the village's records are at the county though it was never online."""
        station = self._at(self._village)
        address = StationHome(station.folder).identity().center_url
        expect(not address and station.running is None, f"{self._village.name}没有连过网", address)
        waiting = station.run("outbox")
        expect(not waiting, f"{self._village.name}的记录都由包带到了县中心", waiting)
        text = f"全程没有连过网：{self._packages} 个包来回，记录都已到县中心，结果已送达"
        self._tell("carried", self._village, text, case, packages=self._packages, waiting=0)

    def _carry(self, sender: Office, to: Office) -> Answer:
        self._packages += 1
        file = self._stick / f"{self._packages}"
        made = self._at(sender).ask("package", "export", "--to", to.code, str(file))
        text = f"写出给{to.name}的第 {made['number']} 个包，拔下优盘，带过去"
        self._tell("package-out", sender, text, number=made["number"], to=to.code, events=made["events"])
        taken = self._at(to).ask("package", "import", made["file"])
        whole = not (taken["codes"] or taken["missing"] or taken["again"])
        expect(whole, f"{to.name}收下第 {made['number']} 个包的全部内容", taken)
        text = f"收下{sender.name}的包：新到 {taken['events']} 条，代转 {taken['kept']} 份"
        found: dict[str, Any] = {name: taken[name] for name in ("number", "events", "receipts", "kept")}
        self._tell("package-in", to, text, sender=sender.code, **found)
        return taken

    @property
    def _stick(self) -> Path:
        return self._place.stick

    def _at(self, office: Office) -> Station:
        return self._place.stations[office.key]
