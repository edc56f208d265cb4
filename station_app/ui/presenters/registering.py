"""Taking a case in: item, applicant and papers together, checked, kept as a draft, saved once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from station_app.domain.authority import deciding_level
from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.domain.id_numbers import ID_TYPES
from station_app.domain.intake import read_extra, read_materials
from station_app.domain.items import Item
from station_app.domain.masking import mask_id_number, mask_phone
from station_app.domain.organisations import Level
from station_app.messages import sentence
from station_app.ui.models.choices import Choice, Choices
from station_app.ui.models.entry import RESIDENT_CARD, Entry, missing_or_wrong, remark_on
from station_app.ui.models.item_matches import advice, refusal_of, replacement_of
from station_app.ui.models.material_rows import MaterialRows
from station_app.ui.models.page_names import DECIDE, HAND_OVER
from station_app.ui.models.printed import grouped
from station_app.ui.presenters.doubts import Doubts
from station_app.ui.presenters.item_search import ItemSearch
from station_app.ui.presenters.kept_drafts import HalfDone, KeptDrafts
from station_app.ui.presenters.latest import Latest
from station_app.ui.tokens import Tone
from station_app.ui.workplace import Workplace
from station_app.usecases.drafts import Draft
from station_app.usecases.people_known import KnownApplicant, known_applicants
from station_app.usecases.run_action import register_case

KIND = "register"
LAST_DRAFT = "last"
"""Opened about this, the page goes on with the draft that was kept last."""
_APPLICANT = ("name", "id_type", "id_number", "phone", "address")


@dataclass(frozen=True, slots=True)
class Saved:
    """A case that was taken in, and what comes next."""

    case_id: str
    text: str


class Registering(QObject):
    """The form behind the page. A field is named as in the action's form; "item" and "materials" are fields too."""

    item_changed = Signal()
    replaced = Signal()
    """Every field has another value than the page shows."""
    people_found = Signal(str)
    """The field whose text found the people in `people`."""
    remarked = Signal(str, object)
    """A field, and the Remark on it."""
    refused = Signal(str, str)
    """A field ("" for the whole form), and what is wrong with it."""
    resumed = Signal()
    """The form that was asked for is there again."""
    saving = Signal(bool)
    saved = Signal(object)

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._is_saving = False
        self._resume_id = ""
        self._people_field = ""
        self.item: Item | None = None
        self.entry = Entry()
        self.items = ItemSearch(place, self)
        self.materials = MaterialRows(self)
        self.people = Choices(self)
        self.drafts = KeptDrafts(place, KIND, self._half_done, self)
        self._known = Latest(place.jobs, self._find_people, self)
        self._known.answered.connect(self._show_people)
        self.items.loaded.connect(self._after_loading)
        self.doubts = Doubts(place, self)
        self.drafts.listed.connect(self._after_listing)
        self.materials.counted.connect(self.drafts.touch)

    @property
    def blank(self) -> bool:
        """Tell whether nothing is filled in."""
        return self.item is None and self.entry.empty and not self.materials.to_form()

    def open(self, draft_id: str) -> None:
        """Make ready for the next caller, or go on with a draft; what is half done stays as it is."""
        self._resume_id = draft_id
        self.items.load(self._refuse)
        self.drafts.load()

    def choose_item(self, item: Item) -> str:
        """Choose the item; where no case of it can be opened, return what to tell the applicant instead."""
        refusal = refusal_of(item, self.items.today)
        if refusal is not None:
            return advice(item, refusal)
        self._take_item(item)
        self.drafts.touch()
        return ""

    def replacement(self, item: Item) -> Item | None:
        """Return the item in the directory that stands in place of a cancelled one."""
        return replacement_of(item, self.items.directory) if self.items.directory else None

    def add_material(self, row: Mapping[str, Any]) -> StationError | None:
        """Take a paper that the item's list does not name; return what stands against it."""
        try:
            self.materials.add(read_extra(row, self.materials.names))
        except StationError as error:
            return error
        return None

    def edit(self, field: str, text: str) -> None:
        """Take what the worker typed in a field."""
        if getattr(self.entry, field) == text:
            return
        self.entry = replace(self.entry, **{field: text})
        self.drafts.touch()

    def look_for_people(self, field: str) -> None:
        """Look for earlier applicants by what stands in the name or the number."""
        self._people_field = field
        text = getattr(self.entry, field).strip()
        if text:
            self._known.ask(text)
        else:
            self.forget_people()

    def forget_people(self) -> None:
        """Offer nobody any more."""
        self._known.drop()
        self.people.put([])
        self.people_found.emit(self._people_field)

    def take_person(self, row: int) -> None:
        """Fill in what is known of an earlier applicant."""
        known: KnownApplicant = self.people[row].about
        id_type = known.id_type if known.id_type in ID_TYPES else RESIDENT_CARD
        self.entry = replace(
            self.entry,
            name=known.name,
            id_type=id_type,
            id_number=known.id_number,
            phone=known.phone,
            address=known.address,
        )
        self.forget_people()
        self.replaced.emit()
        self.leave("id_number")
        self.drafts.touch()

    def leave(self, field: str) -> bool:
        """Check a field that was left, put its value in the right form, and say what is found; False if it is wrong."""
        remark = remark_on(self.entry, field, self.items.today)
        self.entry = replace(self.entry, **{field: remark.value})
        self.remarked.emit(field, remark)
        if field == "id_number":
            self.doubts.look(self.item, self.entry)
        return remark.tone is not Tone.BAD

    def save(self) -> None:
        """Save the case, once; what is wrong is said field by field and nothing is lost."""
        if self._is_saving:
            return
        wrong = self._wrong()
        for field, text in wrong.items():
            self.refused.emit(field, text)
        if wrong:
            return
        # First, so that the transaction of the case finds the draft that it is to drop.
        self.drafts.keep()
        self._be_saving(True)
        form, draft_id = self._form(), self.drafts.draft_id
        self._place.write(
            lambda desk: register_case(desk, form, draft_id),
            owner=self,
            done=self._after_saving,
            failed=self._after_refusal,
        )

    def missing_materials(self) -> str:
        """Return which papers the item can't be taken in without are still missing, "" for none."""
        if self.item is None:
            return ""
        try:
            read_materials(self.item, self.materials.to_form())
        except StationError as error:
            return self._place.text_of(error)
        return ""

    def set_aside(self) -> None:
        """Keep what is half done as a draft, and begin with a blank form."""
        self.keep()
        self._clear()
        self.drafts.load()

    def resume(self, draft: Draft) -> None:
        """Go on with a draft; what stands in the form is kept as one."""
        self.keep()
        self.drafts.begin(draft)
        content = draft.content
        known = {name: str(content.get(name) or "") for name in asdict(Entry())}
        self.entry = Entry(**{**known, "id_type": known["id_type"] or RESIDENT_CARD})
        code = str(content.get("item", ""))
        item = self.items.find(code)
        self._take_item(item, content.get("materials", ()))
        self.replaced.emit()
        self.leave("id_number")
        if code and item is None:
            self.refused.emit("item", sentence("item-unknown", {"item": code}))
        self.drafts.load()

    def keep(self) -> None:
        """Keep the form as a draft, unless it is being saved as a case."""
        if not self._is_saving:
            self.drafts.keep()

    def _wrong(self) -> dict[str, str]:
        found = missing_or_wrong(self.entry, self.items.today)
        if self.item is None:
            return {"item": sentence("form-field-missing", {"label": "事项"}), **({} if self.blank else found)}
        missing = self.missing_materials()
        return {**found, "materials": missing} if missing else found

    def _form(self) -> dict[str, Any]:
        entry = asdict(self.entry)
        return {
            "item": self.item.code if self.item else "",
            "applicant": {name: entry[name] for name in _APPLICANT},
            "materials": self.materials.to_form(),
            "note": entry["note"],
        }

    def _half_done(self) -> HalfDone | None:
        counts = self.materials.to_form()
        # An item alone is chosen again in five keys.
        if self.entry.empty and not counts:
            return None
        title = f"{self.entry.name or '没填姓名'} · {self.item.name if self.item else '没选事项'}"
        item = self.item.code if self.item else ""
        content = {**asdict(self.entry), "item": item, "materials": counts}
        return HalfDone(title, content)

    def _take_item(self, item: Item | None, earlier: Any = None) -> None:
        counts = self.materials.to_form() if earlier is None else earlier
        self.item = item
        self.materials.begin(item.materials if item else (), counts)
        self.item_changed.emit()
        self.doubts.look(item, self.entry)

    def _clear(self) -> None:
        self.entry = Entry()
        self._take_item(None, ())
        self.drafts.begin()
        self.replaced.emit()

    def _after_loading(self) -> None:
        """Go by the directory that is in force now, also where the item was chosen before."""
        if self.item is not None:
            self._take_item(self.items.find(self.item.code))

    def _after_listing(self) -> None:
        wanted, self._resume_id = self._resume_id, ""
        for draft in self.drafts.others:
            if wanted in (draft.draft_id, LAST_DRAFT):
                self.resume(draft)
                self.resumed.emit()
                return

    def _after_saving(self, case: Case) -> None:
        self._be_saving(False)
        self._clear()
        self.saved.emit(_saved(case, self._place.session.office.level))

    def _after_refusal(self, error: StationError) -> None:
        self._be_saving(False)
        self.refused.emit(_field_of(error), self._place.text_of(error))

    def _refuse(self, error: StationError) -> None:
        self.refused.emit("", self._place.text_of(error))

    def _be_saving(self, saving: bool) -> None:
        self._is_saving = saving
        self.saving.emit(saving)

    def _find_people(self, text: str) -> list[KnownApplicant]:
        with self._place.session.desk.read_book() as book:
            return known_applicants(book, text)

    def _show_people(self, _text: str, found: list[KnownApplicant]) -> None:
        self.people.put([_person_choice(known) for known in found])
        self.people_found.emit(self._people_field)


def _person_choice(known: KnownApplicant) -> Choice:
    facts = (mask_id_number(known.id_number), mask_phone(known.phone), f"办过：{known.last_item}")
    return Choice(known.name, " · ".join(fact for fact in facts if fact), about=known)


def _saved(case: Case, level: Level) -> Saved:
    here = deciding_level(case.item) is level
    page = DECIDE if here else HAND_OVER.get(level, "查件")
    following = f"在“{page}”里受理" if here else f"凑齐后在“{page}”里交给上一级"
    what = f"{case.applicant['name']}，{case.item['name']}"
    next_step = f"下一步：给群众收件凭证，{following}。"
    return Saved(case.case_id, f"已存本机：{what}。登记号 {grouped(case.number)}。{next_step}")


def _field_of(error: StationError) -> str:
    """Return the field that a refusal of the use case is about, "" for the form as a whole."""
    if error.code.startswith("form-field-"):
        return str(error.params.get("field", ""))
    beginnings: Mapping[str, str] = {
        "item-": "item",
        "material-": "materials",
        "id-card-": "materials",
        "id-": "id_number",
        "name-": "name",
    }
    return next((field for start, field in beginnings.items() if error.code.startswith(start)), "")
