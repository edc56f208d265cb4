"""What people bring in the demonstration: made-up applicants, items of the sample directory, words of decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Form = dict[str, Any]

# The division code 990000 does not exist: no number here can be anybody's.
_ID_CARD: Form = {"name": "申请人居民身份证", "originals": 1, "copies": 1}
_BANK_CARD = "本人社会保障卡(银行账户)复印件"


@dataclass(frozen=True, slots=True)
class Errand:
    """One errand: who applies, for which item, with which papers."""

    key: str
    applicant: str
    id_number: str
    item: str
    papers: tuple[Form, ...]

    def form(self) -> Form:
        """Return the form of the registration."""
        applicant = {"name": self.applicant, "id_type": "111", "id_number": self.id_number, "phone": "13800000000"}
        return {"item": self.item, "applicant": applicant, "materials": [_ID_CARD, *self.papers]}


RELIEF = Errand("relief", "李𬭎", "990000196203058816", "SAMPLE-MZ-003", ({"name": "临时救助申请表", "originals": 1},))
PENSION = Errand(
    "pension",
    "张䶮",
    "990000196411027715",
    "SAMPLE-SB-003",
    ({"name": "待遇领取申请表", "originals": 1}, {"name": _BANK_CARD, "copies": 2}),
)
CARD = Errand(
    "card",
    "阿侯尔古布且·木呷吉克惹古",
    "990000198807123323",
    "SAMPLE-SB-007",
    ({"name": "补换领登记表", "originals": 1},),
)
BEES = Errand(
    "bees", "的日么阿果", "990000197501304426", "SAMPLE-NY-007", ({"name": "养蜂登记备案表", "originals": 1},)
)
LICENCE = Errand(
    "licence",
    "吉克木果",
    "99000019901015221X",
    "SAMPLE-SC-099",
    ({"name": "资格认定申请表", "originals": 1}, {"name": "考试合格证明", "originals": 1, "copies": 1}),
)

COUNTED_DIFFERENCE = f"{_BANK_CARD}:0/1"
RETURN_REASON = "补换领登记表没有本人签名"
SUPPLY: Form = {"note": "登记表已由本人补签", "materials": [{"name": "补换领登记表", "originals": 1}]}
GRANT_RELIEF: Form = {"result": "准予临时救助"}
GRANT_PENSION: Form = {"result": "核定养老保险待遇，自下月起发放"}
GRANT_LICENCE: Form = {"result": "准予，颁发特种设备安全管理和作业人员证"}
# 行政复议法第二十条: sixty days; 行政诉讼法第四十六条: six months.
REFUSE: Form = {
    "reason": "经现场核实，申请人没有饲养蜂群，不符合养蜂证申领条件",
    "remedy": "可以自收到本决定之日起六十日内向县人民政府申请行政复议，或者六个月内向人民法院提起行政诉讼",
}


def delivery(errand: Errand) -> Form:
    """Return the form of a delivery that the applicant signed for."""
    return {"signed_by": errand.applicant, "method": "in_person"}
