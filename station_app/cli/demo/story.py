"""The story of the demonstration: offline at the villages, up to the township, the county, the city, and home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from station_app.cli.demo import errands
from station_app.cli.demo.carrying import Carrier
from station_app.cli.demo.centers import Office
from station_app.cli.demo.children import Answer, together
from station_app.cli.demo.errands import BEES, CARD, LICENCE, PENSION, RELIEF, Errand
from station_app.cli.demo.paper import printed_text
from station_app.cli.demo.place import (
    CITY,
    COUNTY,
    EVERYBODY,
    OFFICES,
    TOWNSHIP,
    VILLAGE_1,
    VILLAGE_2,
    WAIT_S,
    Place,
    Station,
    expect,
)
from station_app.cli.demo.telling import AT_CITY, AT_COUNTY, SAVED, TAKEN_OVER, Teller, mark_of

BROUGHT_TO = {VILLAGE_1.key: (RELIEF, PENSION, CARD), VILLAGE_2.key: (BEES,)}
VILLAGES = (VILLAGE_1, VILLAGE_2)
# The one has a line that fails now and then, the other has none at all.
ONLINE, CARRIES = VILLAGE_1, VILLAGE_2


class Story:
    """One step after another, by the commands that workers would give; an exchange is never asked for."""

    def __init__(self, place: Place, teller: Teller) -> None:
        self._place = place
        self._tell = teller.tell
        self._numbers: dict[str, str] = {}
        self._batches: dict[tuple[str, str], str] = {}
        self._carrier = Carrier(place, teller.tell, CARRIES)

    def go(self) -> int:
        """Go all the way and return how many cases there were."""
        self._set_up()
        self._offline_at_the_villages()
        self._back_online()
        self._at_the_township()
        self._at_the_county()
        self._at_the_city()
        self._home_again()
        self._all_agree()
        return len(self._numbers)

    def _set_up(self) -> None:
        place = self._place
        place.county.make(OFFICES)
        together(partial(place.join_by_file, CARRIES), place.make_city)
        place.county.serve()
        self._tell("set-up", COUNTY, "中心已建好，开始服务（HTTPS）。", program="center", url=place.url)
        online = [office for office in OFFICES if office != CARRIES]
        together(self._join_city, *(partial(place.join, office) for office in online))
        for office in EVERYBODY:
            if office != CARRIES:
                self._at(office).start()
            people = [person.name for person in office.people]
            how = "用文件加入，不连网，用优盘交换。" if office == CARRIES else "自动同步已开。"
            text = f"电脑已加入，{'、'.join(people)}已启用账户，{how}"
            self._tell("set-up", office, text, program="station", people=people)
        # With it comes the key that opens what is carried here.
        township = self._at(TOWNSHIP)
        township.wait("第一次自动同步", lambda: township.exchanges() or None)

    def _join_city(self) -> None:
        self._place.join_city()
        self._tell("set-up", CITY, "市中心已建好，县中心已加入。", program="center", url=self._place.city.url)
        self._place.join(CITY)

    def _offline_at_the_villages(self) -> None:
        self._place.line.cut()
        self._tell("network-cut", None, "网络断了。村里照常收件。")
        brought = [(village, errand) for village in VILLAGES for errand in BROUGHT_TO[village.key]]
        together(*(partial(self._register, village, errand) for village, errand in brought))
        listed = dict(zip(VILLAGES, together(*(self._at(village).cases for village in VILLAGES)), strict=True))
        for village, errand in brought:
            case = listed[village][self._number(errand)]
            text = f"收件登记：{errand.applicant}，{case['item']}"
            self._tell("register", village, text, case, mark=SAVED)
        together(self._print_receipt, *(partial(self._offer, v, TOWNSHIP, BROUGHT_TO[v.key]) for v in VILLAGES))
        together(*(partial(self._print_slip, village, TOWNSHIP) for village in VILLAGES))
        together(partial(self._show_waiting, ONLINE), self._carrier.up)

    def _register(self, village: Office, errand: Errand) -> None:
        self._numbers[errand.key] = self._at(village).register(errand.form())["number"]

    def _print_receipt(self) -> None:
        number = self._number(RELIEF)
        pdf = self._place.folder / "receipt.pdf"
        printed = self._at(VILLAGE_1).ask("print", "receipt", number, "--out", str(pdf))
        words = printed_text(pdf)
        for wanted in (number, RELIEF.applicant):
            expect(words is None or wanted in words, f"收件凭证上印有{wanted}", words)
        text = f"打印收件凭证，交给{RELIEF.applicant}"
        self._tell("print-receipt", VILLAGE_1, text, {"number": number}, pages=printed["pages"], mark=SAVED)

    def _offer(self, office: Office, to: Office, brought: tuple[Errand, ...]) -> None:
        numbers = [self._number(errand) for errand in brought]
        batch = self._at(office).ask("batch", "offer", "--to", to.code, *numbers)
        outcomes = {case["outcome"] for case in batch["cases"]}
        expect(outcomes == {"offered"} and len(batch["cases"]) == len(numbers), "整批都能交接", batch)
        self._batches[office.key, to.key] = batch["number"]
        text = f"交给{to.name}一批 {len(numbers)} 件，批次 {batch['number']}"
        self._tell("offer", office, text, batch=batch["number"], cases=numbers, to=to.code)

    def _print_slip(self, office: Office, to: Office) -> None:
        number = self._batches[office.key, to.key]
        pdf = self._place.folder / f"slip-{number}.pdf"
        printed = self._at(office).ask("print", "batch_slip", number, "--out", str(pdf))
        words = printed_text(pdf)
        expect(words is None or number in words, f"交接单上印有{number}", words)
        self._tell("print-slip", office, f"打印交接单 {number}", batch=number, pages=printed["pages"])

    def _show_waiting(self, village: Office) -> None:
        station = self._at(village)

        def tried() -> list[Answer] | None:
            lines = station.run("outbox")
            return lines if lines and all(line["reason"] and line["next_attempt"] for line in lines) else None

        lines = station.wait("自动试着上传一次，并说明为什么没有传成", tried)
        subjects = len(BROUGHT_TO[village.key]) + 1
        expect(len(lines) == subjects, f"{subjects} 样都在等着上传（件和批次）", lines)
        more = {"waiting": sum(line["events"] for line in lines), "reason": lines[0]["reason"]}
        more["next_attempt"] = lines[0]["next_attempt"]
        self._tell("outbox", village, f"待上传 {more['waiting']} 条，都已存在本机", mark=SAVED, **more)

    def _back_online(self) -> None:
        self._place.line.restore()
        self._tell("network-restored", None, "网络通了。不点任何按钮，只等。")
        self._await_county(ONLINE)
        for village in VILLAGES:
            self._await_batch(TOWNSHIP, village)

    def _await_county(self, village: Office) -> None:
        station = self._at(village)
        numbers = [self._number(errand) for errand in BROUGHT_TO[village.key]]
        # The longer the outage, the longer the rest between two tries: the station says how long.
        patience_s = WAIT_S + station.pause_s()
        station.wait("把记录全部自动传到县中心", lambda: None if station.run("outbox") else True, patience_s)
        for detail in together(*(partial(station.ask, "case", "show", number) for number in numbers)):
            mark = mark_of(detail)
            expect(mark == AT_COUNTY, f"{detail['number']} 县已收", mark)
            self._tell("at-county", village, "自动上传完成", detail, mark=mark)

    def _await_batch(self, office: Office, sender: Office) -> None:
        number = self._batches[sender.key, office.key]
        station = self._at(office)

        def arrived() -> Answer | None:
            return next((batch for batch in station.run("batch", "list") if batch["number"] == number), None)

        batch = station.wait(f"收到批次 {number}", arrived)
        text = f"看到{sender.name}交来的批次 {number}，{len(batch['cases'])} 件"
        self._tell("batch-arrived", office, text, batch=number, sender=batch["from"])

    def _at_the_township(self) -> None:
        pension, card = self._number(PENSION), self._number(CARD)
        counted = ("--difference", f"{pension}={errands.COUNTED_DIFFERENCE}")
        sent_back = ("--reject", f"{card}={errands.RETURN_REASON}")
        self._take(TOWNSHIP, VILLAGE_1, *counted, *sent_back)
        self._take(TOWNSHIP, VILLAGE_2)
        together(partial(self._accept_application, TOWNSHIP, RELIEF), partial(self._register, TOWNSHIP, LICENCE))
        case = self._at(TOWNSHIP).cases()[self._number(LICENCE)]
        text = f"收件登记：{LICENCE.applicant}，{case['item']}"
        self._tell("register", TOWNSHIP, text, case, mark=SAVED)
        together(
            partial(self._decide, TOWNSHIP, RELIEF, "grant", errands.GRANT_RELIEF),
            partial(self._offer, TOWNSHIP, COUNTY, (PENSION, BEES, LICENCE)),
        )

    def _take(self, office: Office, sender: Office, *count: str) -> None:
        """Take a batch in by its number, as it stands on the slip, each case with its outcome."""
        number = self._batches[sender.key, office.key]
        station = self._at(office)
        outcomes = {
            case["case_id"]: case["outcome"] for case in station.ask("batch", "accept", number, *count)["cases"]
        }
        taken = [case for case in station.cases().values() if case["case_id"] in outcomes]
        expect(len(taken) == len(outcomes), f"批次 {number} 逐件清点", outcomes)
        for case in taken:
            outcome = outcomes[case["case_id"]]
            self._tell("take-case", office, f"清点：{_OUTCOMES[outcome]}", case, batch=number, outcome=outcome)

    def _accept_application(self, office: Office, errand: Errand) -> None:
        case = self._at(office).act(self._number(errand), "accept_application")
        self._tell("accept-application", office, "受理，法定期限开始计算", self._numbered(errand, case))

    def _decide(self, office: Office, errand: Errand, action: str, form: Mapping[str, Any]) -> None:
        approver = office.people[-1].name
        case = self._at(office).act(self._number(errand), action, form, by=approver)
        self._tell(action, office, f"{approver}作出决定", self._numbered(errand, case), decided_by=approver)

    def _at_the_county(self) -> None:
        self._await_batch(COUNTY, TOWNSHIP)
        self._take(COUNTY, TOWNSHIP)
        together(
            partial(self._offer, COUNTY, CITY, (LICENCE,)),
            *(partial(self._accept_application, COUNTY, errand) for errand in (PENSION, BEES)),
        )
        together(
            partial(self._decide, COUNTY, PENSION, "grant", errands.GRANT_PENSION),
            partial(self._decide, COUNTY, BEES, "refuse", errands.REFUSE),
        )

    def _at_the_city(self) -> None:
        self._await_batch(CITY, COUNTY)
        self._take(CITY, COUNTY)
        together(partial(self._accept_application, CITY, LICENCE), self._await_city)
        self._decide(CITY, LICENCE, "grant", errands.GRANT_LICENCE)

    def _await_city(self) -> None:
        station, number = self._at(TOWNSHIP), self._number(LICENCE)

        def arrived() -> Answer | None:
            detail = station.ask("case", "show", number)
            return detail if detail["receipts"][0]["city"] else None

        detail = station.wait("等到市里已收的回执", arrived)
        self._tell("at-city", TOWNSHIP, "上报的件市里已收", detail, mark=AT_CITY)

    def _home_again(self) -> None:
        together(
            partial(self._await_states, TOWNSHIP, ((LICENCE, "granted"),)),
            partial(self._await_states, VILLAGE_1, ((RELIEF, "granted"), (PENSION, "granted"), (CARD, "returned"))),
        )
        self._bring_papers()
        together(
            partial(self._hand_out, TOWNSHIP, LICENCE),
            partial(self._hand_out, VILLAGE_1, RELIEF),
            partial(self._hand_out, VILLAGE_1, PENSION),
            partial(self._hand_out, VILLAGE_2, BEES),
            self._supply,
        )
        together(self._card_again, self._carry_home)

    def _card_again(self) -> None:
        self._offer(VILLAGE_1, TOWNSHIP, (CARD,))
        self._await_batch(TOWNSHIP, VILLAGE_1)
        self._take(TOWNSHIP, VILLAGE_1)
        self._await_taken_over()

    def _carry_home(self) -> None:
        """Carry up what the village did last, and down what the county says of it."""
        number = self._number(BEES)
        self._carrier.up()
        self._carrier.down(
            "替村里转交、等到县中心的回复",
            lambda cases: cases[number]["state"] == "closed" and not cases[number]["provisional"],
        )

    def _bring_papers(self) -> None:
        """Let the written decisions go down from office to office, each of which signs for them."""
        together(
            partial(self._send_papers, CITY, COUNTY, (LICENCE,)),
            partial(self._send_papers, TOWNSHIP, VILLAGE_1, (RELIEF,)),
        )
        together(partial(self._sign_for, COUNTY, CITY), partial(self._sign_for, VILLAGE_1, TOWNSHIP))
        self._send_papers(COUNTY, TOWNSHIP, (LICENCE, PENSION, BEES))
        self._sign_for(TOWNSHIP, COUNTY)
        together(
            partial(self._send_papers, TOWNSHIP, VILLAGE_1, (PENSION,)),
            partial(self._send_papers, TOWNSHIP, VILLAGE_2, (BEES,)),
        )
        self._print_slip(TOWNSHIP, VILLAGE_2)
        together(partial(self._sign_for, VILLAGE_1, TOWNSHIP), self._carry_papers)

    def _carry_papers(self) -> None:
        number = self._number(BEES)
        self._carrier.down("看到县里的决定", lambda cases: cases[number]["state"] == "refused")
        self._await_states(CARRIES, ((BEES, "refused"),))
        self._carrier.tell_taken_over(number)
        self._sign_for(CARRIES, TOWNSHIP)

    def _send_papers(self, office: Office, to: Office, decided: tuple[Errand, ...]) -> None:
        numbers = [self._number(errand) for errand in decided]
        batch = self._at(office).ask("batch", "papers", "--to", to.code, *numbers)
        expect(len(batch["cases"]) == len(numbers) and "code" not in str(batch["cases"]), "结果都能下交", batch)
        self._batches[office.key, to.key] = batch["number"]
        text = f"把 {len(numbers)} 件的决定书、证照交给{to.name}，批次 {batch['number']}"
        self._tell("send-papers", office, text, batch=batch["number"], cases=numbers, to=to.code)

    def _sign_for(self, office: Office, sender: Office) -> None:
        self._await_batch(office, sender)
        number = self._batches[sender.key, office.key]
        signed = self._at(office).ask("batch", "accept", number)["cases"]
        expect({case["outcome"] for case in signed} == {"accepted"}, f"批次 {number} 的结果都在", signed)
        self._tell("sign-for", office, f"清点签收 {len(signed)} 件的决定书、证照", batch=number)

    def _await_states(self, village: Office, wanted: Sequence[tuple[Errand, str]]) -> None:
        station = self._at(village)

        def arrived() -> dict[str, Answer] | None:
            cases = station.cases()
            home = all(cases[self._number(errand)]["state"] == state for errand, state in wanted)
            return cases if home else None

        cases = station.wait("等到结果自动回来", arrived)
        for errand, state in wanted:
            more = {"reason": self._reason_of_return(station, errand)} if state == "returned" else {}
            way = "随包带回" if village == CARRIES else "自动回来"
            text = f"退回的件到村，原因：{more['reason']}" if more else f"结果{way}，通知{errand.applicant}"
            self._tell("home", village, text, cases[self._number(errand)], **more)

    def _reason_of_return(self, station: Station, errand: Errand) -> str:
        reason = str(station.ask("case", "show", self._number(errand))["fields"].get("return_reason"))
        expect(reason == errands.RETURN_REASON, "退回原因原样到村", reason)
        return reason

    def _hand_out(self, village: Office, errand: Errand) -> None:
        station, number = self._at(village), self._number(errand)
        delivered = station.act(number, "deliver", errands.delivery(errand))
        self._tell("deliver", village, f"送达，{errand.applicant}签收", self._numbered(errand, delivered))
        closed = station.act(number, "close")
        self._tell("close", village, "办结归档", self._numbered(errand, closed))

    def _supply(self) -> None:
        case = self._at(VILLAGE_1).act(self._number(CARD), "supply", errands.SUPPLY)
        self._tell("supply", VILLAGE_1, errands.SUPPLY["note"], self._numbered(CARD, case))

    def _await_taken_over(self) -> None:
        station, number = self._at(VILLAGE_1), self._number(CARD)

        def taken() -> Answer | None:
            detail = station.ask("case", "show", number)
            return detail if mark_of(detail) == TAKEN_OVER else None

        detail = station.wait("等到镇上接收的消息", taken)
        self._tell("taken-over", VILLAGE_1, "看到镇上已接收", detail, mark=TAKEN_OVER)

    def _all_agree(self) -> None:
        views = self._at(COUNTY).wait("和各站点看到一样的结果、传完全部记录", self._agreed)
        for seen in views.values():
            offices = [office.code for office in EVERYBODY if office.code in seen]
            case = seen[offices[0]]
            self._tell("agreed", None, f"{len(offices)} 个单位看到的一样", case, seen_by=offices)
        self._carrier.tell_end(views[self._number(BEES)][CARRIES.code])
        stations = together(*(partial(self._at(office).ask, "check") for office in EVERYBODY))
        for office, found in zip(EVERYBODY, stations, strict=True):
            self._tell_check(office, "station", "本机", found)
        centers = (self._place.county, self._place.city)
        for center, found in zip(centers, together(*(partial(one.run, "check") for one in centers)), strict=True):
            self._tell_check(center.office, "center", "中心", found)

    def _tell_check(self, office: Office, program: str, what: str, found: Answer) -> None:
        expect(found["ok"], f"{office.name}{what}的数据完整", found)
        text = f"{what}数据完整，{found['events']} 条记录"
        self._tell("check", office, text, program=program, ok=True, events=found["events"])

    def _agreed(self) -> dict[str, dict[str, Answer]] | None:
        """Return who sees each case as what, once nothing waits anywhere and all see it alike."""
        lists = together(*(self._at(office).cases for office in EVERYBODY))
        views: dict[str, dict[str, Answer]] = {}
        for office, cases in zip(EVERYBODY, lists, strict=True):
            for number, case in cases.items():
                views.setdefault(number, {})[office.code] = case
        if any(len({_standing(case) for case in seen.values()}) > 1 for seen in views.values()):
            return None
        waiting = together(*(partial(self._at(office).run, "outbox") for office in EVERYBODY))
        return views if not any(waiting) else None

    def _at(self, office: Office) -> Station:
        return self._place.stations[office.key]

    def _number(self, errand: Errand) -> str:
        return self._numbers[errand.key]

    def _numbered(self, errand: Errand, case: Answer) -> Answer:
        return {"number": self._number(errand), **case}


_OUTCOMES = {"accepted": "齐全，接收", "accepted_with_difference": "份数有出入，写明实收后接收", "rejected": "退回"}


def _standing(case: Answer) -> tuple[Any, ...]:
    return case["state"], case["custodian"], case["on_the_road_to"], case["provisional"], case["applicant"]
