"""The page of packages writes and reads files off the GUI thread, and says plainly what became of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from station_app.domain.case_cards import CaseQuery
from station_app.domain.case_cards import Place as Where
from station_app.ui.models.package_rows import (
    brought_words,
    destination_text,
    package_table,
    packed_text,
    state_word,
    step_text,
)
from station_app.ui.ports import Brought, NewScan, Packed
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Text
from station_app.ui.widgets.pages.packages_page import PackagesPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.package_pages import Destination, PackageRow
from station_app.usecases.package_pages import PackagesPage as Shown
from station_app.usecases.package_port import PackageNote, PackageStep
from station_app.usecases.ports import Slice
from station_app.usecases.run_action import attach_files
from tests.carriers.scans import page as page_of_paper
from tests.carriers.scans import saved
from tests.reliability.place import TOWNSHIP, VILLAGES
from tests.ui.opened import Opener

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NOTE = PackageNote("aa" * 16, True, TOWNSHIP, "bb" * 16, "cc" * 8, 3, "dd" * 32, "2026-03-02T00:30:00Z")


@pytest.fixture
def opener(theme: Theme, qtbot: QtBot) -> Opener:
    return Opener(theme, qtbot)


def told(page: PackagesPage) -> str:
    return page.told.text()


def write(page: PackagesPage, opener: Opener, to: str, path: Path) -> None:
    """Choose an office and write its package."""
    page.to.setCurrentIndex(page.to.findData(to))
    page.ask_path = lambda: str(path)  # type: ignore[method-assign]
    page.write_button.click()
    opener.settle(page.place)


def test_a_package_is_written_read_and_its_receipt_comes_back(
    village: Workplace, township: Workplace, opener: Opener, tmp_path: Path
) -> None:
    here, there = opener(PackagesPage, village), opener(PackagesPage, township)
    write(here, opener, TOWNSHIP, tmp_path / "up")
    assert "给沙坪镇的第 1 个包，已读回核对。现在可以安全拔出。" in told(here)
    assert "已写出，还没有回执" in here.rows.model.index(0, 2).data()
    there.read_files([str(tmp_path / "up.stpkg"), str(tmp_path / "nothing.stpkg")])
    opener.settle(township)
    assert "读不出文件 nothing.stpkg" in told(there)
    assert "收下示例一村的第 1 个包" in told(there)
    assert "代转 1 份" in told(there)
    write(there, opener, VILLAGES[0], tmp_path / "down")
    here.read_files([str(tmp_path / "down.stpkg")])
    opener.settle(village)
    rows = {here.rows.model.index(row, 0).data(): here.rows.model.index(row, 2).data() for row in range(2)}
    assert rows["给沙坪镇的第 1 个包"].startswith("对方已收到")
    assert "回执随下一个包带回去" in rows["收到沙坪镇来的第 1 个包"]


def test_somebody_who_thinks_better_of_it_has_written_nothing(village: Workplace, opener: Opener) -> None:
    page = opener(PackagesPage, village)
    page.ask_path = lambda: ""  # type: ignore[method-assign]
    page.ask_files = list  # type: ignore[method-assign]
    page.write_button.click()
    page.read_button.click()
    opener.settle(village)
    assert (page.told.isVisible(), page.rows.model.rows) == (False, ())


def test_a_stick_that_is_gone_is_told_and_can_be_tried_again(
    village: Workplace, opener: Opener, tmp_path: Path
) -> None:
    page = opener(PackagesPage, village)
    write(page, opener, TOWNSHIP, tmp_path / "pulled" / "up")
    assert str(tmp_path / "pulled") in told(page)
    assert "安全拔出" not in told(page)
    assert page.write_button.isEnabled()


def test_above_comes_first_and_the_other_pc_of_the_office_last(township: Workplace, opener: Opener) -> None:
    page = opener(PackagesPage, township)
    texts = [page.to.itemText(row) for row in range(page.to.count())]
    assert texts[0] == "峨边彝族自治县"
    assert texts[-1] == "沙坪镇（本单位另一台电脑）"
    assert "示例一村" in texts


def test_the_words_of_each_state() -> None:
    nothing = Shown((), (), 0, 0, 0)
    assert state_word(nothing, "县中心").tone is Tone.GOOD
    assert state_word(replace(nothing, waiting=3), "县中心").text == "有 3 条还没有到县中心。"
    both = state_word(replace(nothing, waiting=3, carried=2, refused=1), "县中心")
    assert both.tone is Tone.BAD
    assert "代转的有 2 份" in both.text
    assert "1 份县中心没有收" in both.text
    assert destination_text(Destination("1", "沙坪镇", own=False, above=True, carried=2)) == "沙坪镇（代转 2 份）"


def test_of_many_packages_the_bad_ones_come_first() -> None:
    good = Brought("a", "示例一村", 2, again=True, pulled=3, settled=1, kept=1, missing=(1,))
    bad = Brought("b", code="package-damaged", params={"file": "b"})
    word = brought_words([good, bad], "县中心")
    first, second = word.text.split("\n")
    assert word.tone is Tone.BAD
    assert first == "b：b 不完整或被改动过，什么也没有写入。请对方重新导出一次。"
    assert second == (
        "收下示例一村的第 2 个包（以前已经收过）：新到 3 条，县中心已收本机 1 条；代转 1 份。"
        "第 1 个包没有在这台电脑上收到。"
    )
    assert "没有新的内容" in brought_words([replace(good, pulled=0, settled=0)], "县中心").text


def scanned(place: Workplace, folder: Path, many: int) -> None:
    """Attach scans to a case of this office."""
    paths = [folder / f"{number}.png" for number in range(many)]
    for path in paths:
        path.write_bytes(saved(page_of_paper(300, 200), "PNG"))

    def work() -> None:
        with place.session.desk.read_book() as book:
            case_id = next(iter(book.case_slice(CaseQuery(place=Where.ALL), Slice(None, 1)))).card.case_id
        forms = place.session.files.prepare([NewScan(path.name, str(path)) for path in paths])
        attach_files(place.session.desk, case_id, forms)

    # As a job does: no book is opened on the GUI thread.
    with ThreadPoolExecutor(1) as job:
        job.submit(work).result()


def test_scans_go_along_unless_the_worker_says_no_and_the_window_says_how_far_it_has_come(
    village: Workplace, township: Workplace, opener: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(village, tmp_path, 2)
    page = opener(PackagesPage, village)
    assert "附件 2 份还没有到" in page.notice.findChild(Text).text()
    steps: list[str] = []
    tell = page._tell
    monkeypatch.setattr(page, "_tell", lambda text, tone: (steps.append(text), tell(text, tone)))
    page.with_files.setChecked(False)
    write(page, opener, TOWNSHIP, tmp_path / "without")
    assert "附件" not in told(page)
    page.with_files.setChecked(True)
    write(page, opener, TOWNSHIP, tmp_path / "up")
    assert "，附件 2 份，已读回核对。" in told(page)
    # The window reads how far the job is by then, which may be its end.
    assert any("附件 2 / 2 份，请不要拔优盘" in text for text in steps)
    there = opener(PackagesPage, township)
    there.read_files([str(tmp_path / "up.stpkg")])
    opener.settle(township)
    assert "附件 2 份" in told(there)


def test_writing_that_is_stopped_leaves_nothing_on_the_stick(
    village: Workplace, opener: Opener, tmp_path: Path
) -> None:
    scanned(village, tmp_path, 1)
    page = opener(PackagesPage, village)
    stick = tmp_path / "stick"
    stick.mkdir()
    page.to.setCurrentIndex(page.to.findData(TOWNSHIP))
    page.ask_path = lambda: str(stick / "up")  # type: ignore[method-assign]
    page.write_button.click()
    page.stop_button.click()
    opener.settle(village)
    assert "写出已停下" in told(page)
    assert list(stick.iterdir()) == []
    write(page, opener, TOWNSHIP, stick / "up")
    assert "现在可以安全拔出" in told(page)


def test_the_words_of_files_and_volumes() -> None:
    packed = Packed("/u/up.stpkg", 7, volumes=3, files=400)
    assert packed_text(packed, "沙坪镇") == (
        "已写到 /u/up.stpkg：给沙坪镇的第 7 个包，附件 400 份，已读回核对。"
        "这个包分成了 3 个文件，都在同一个文件夹里，都要带去。现在可以安全拔出。"
    )
    step = PackageStep(5 << 20, 9 << 20, 3, 8)
    assert step_text(step, "正在写出") == "正在写出：5 / 9 MB，附件 3 / 8 份，请不要拔优盘…"
    assert step_text(replace(step, checking=True), "正在写出").startswith("正在读回核对：5 / 9 MB")
    cut = brought_words([Brought("a", "示例一村", 2, files=3, lacking=1)], "县中心")
    assert cut.tone is Tone.BAD
    assert cut.text.startswith("收下示例一村的第 2 个包：附件 3 份。有 1 份附件没有收全，")
    left = Shown((), (), 2, 0, 0, files=3)
    assert state_word(left, "县中心").text == "有 2 条、附件 3 份还没有到县中心。"


def test_the_table_is_a_sound_model(qtmodeltester: ModelTester) -> None:
    table = package_table(lambda: NOW)
    table.show_rows([PackageRow(NOTE, "沙坪镇"), PackageRow(replace(NOTE, package_id="b", made=False), "示例一村")])
    qtmodeltester.check(table)
