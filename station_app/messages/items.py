"""Sentences about items, their materials and the rules of a directory."""

from __future__ import annotations

SENTENCES = {
    # taking an errand in
    "item-unknown": "事项目录里没有“{item}”。请按名称重新查找事项。",
    "item-not-yet-in-force": "“{name}”从 {valid_from} 起才受理。请告诉群众到时再来。",
    "item-suspended": (
        "“{name}”已暂停受理（受理到 {cancelled_on}，依据：{basis}）。替代办法：{replaced_by}。请如实告知群众。"
    ),
    "item-cancelled": (
        "“{name}”已经取消（受理到 {cancelled_on}，依据：{basis}）。替代办法：{replaced_by}。"
        "请如实告知群众，不要再收件。"
    ),
    "item-not-accepted-here": "“{name}”不在本单位收件，可以去：{places}。请告诉群众去那里办。",
    "item-in-person": "“{name}”要本人到{department}办理，不能代办。请告诉群众去哪里办、带什么材料。",
    "material-missing": "必须交的材料还缺：{materials}。请一次告诉群众补齐，齐了再登记。",
    "material-twice": "“{material}”登记了两次。请合并成一行，写总份数。",
    "material-not-listed": "“{material}”不在事项目录里。确需收取的请写明理由；不需要的请退还群众。",
    "id-card-must-be-returned": (
        "“{material}”的原件看完要当场退还，任何单位不得扣押（居民身份证法第十五条）。请把原件处理改为“核验即还”。"
    ),
    # a directory to be released
    "directory-sample": "这是示例目录，只能用于培训。正式使用前请换成本县目录。",
    "directory-item-count": "文件写明有 {stated} 个事项，实际有 {counted} 个。请核对是否有遗漏。",
    "directory-code-twice": "事项编码 {code} 重复，第一次在 {first}。请改成不同的编码。",
    "item-promise-missing": "“{name}”没有写承诺时限。请补上。",
    "item-promise-exceeds-law": "承诺时限 {promised} {unit}超过了法定时限 {statutory} {unit}。请改短。",
    "item-on-the-spot-with-days": "即办件的承诺时限应为 0，写的是 {days}。请核对办件类型或时限。",
    "item-on-the-spot-with-steps": "即办件不应有这些环节：{steps}。请核对办件类型或环节。",
    "item-should-be-on-the-spot": "没有任何特别环节，办件类型却是“{kind}”，按“五个无需”应为即办件。请核对。",
    "item-forward-missing": "“{name}”是上报件，没有写上报时限，将按 2 个工作日计算。请补上。",
    "item-forward-exceeds-law": (
        "上报时限 {days} 个工作日超过了下级初审的法定 {most} 个工作日（行政许可法第四十三条）。请核对。"
    ),
    "item-reported-up-decided-here": "办件类型是上报件，决定层级却是“{level}”。请核对两处。",
    "item-basis-missing": "“{name}”没有写设定依据。请补上法律、条款。",
    "item-materials-missing": "“{name}”没有列材料。请核对是否确实不用材料。",
    "item-accept-points-missing": "“{name}”没有写在哪里受理。请补上受理地点。",
    "item-validity-order": "失效日期早于生效日期。请核对这两个日期。",
    "item-change-basis-missing": "“{name}”写明已取消，没有写依据文件。请补上文号。",
    "item-fee-without-basis": "“{name}”写明收费，没有写收费依据（行政许可法第五十八条）。请补上依据，或改为不收费。",
    "material-supplement-missing": "材料“{name}”可以容缺，没有写几个工作日内补齐。请补上。",
    "material-id-card-kept": (
        "材料“{name}”含居民身份证，原件不得收取（居民身份证法第十五条）。请把原件处理改为“核验即还”。"
    ),
    "material-handling-missing": "材料“{name}”要看原件，没有写原件怎么处理。请选核验即还、收取或交回。",
    # which office does what
    "not-the-deciding-office": "这个事项由{decided_by}决定，{office}不能受理或决定。请交接给有权机关。",
    "decide-here": "“{item}”就由本单位办理，不用再上交（代办登记号 {case}）。请直接受理。",
}
