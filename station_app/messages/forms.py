"""Sentences about what a worker fills in: forms, names, papers, dates, printed numbers."""

from __future__ import annotations

SENTENCES = {
    # forms
    "form-field-unknown": "表单里没有“{field}”这一项。可填的有：{allowed}。",
    "form-field-missing": "“{label}”还没有填。请填好再保存。",
    "form-field-type": "“{label}”填的内容不对，应为{expected}。请改正后再保存。",
    "form-field-unprintable": "“{label}”里的 {symbol} 是手机表情，纸上打不出来。请删掉，或者改成文字。",
    "form-field-too-long": "“{label}”太长，最多 {limit} 个字。请缩短后再保存。",
    "form-field-choice": "“{label}”不在可选范围内。请从这些里选：{allowed}。",
    # names
    "name-empty": "姓名里没有文字。请照证件填写姓名。",
    "name-too-long": "姓名有 {length} 个字，最多 {most} 个。请照证件核对，不要把其他内容填在姓名里。",
    "name-private-use": (
        "姓名里有一个字（编码 {code_point}）没有通用编码，换一台电脑就显示不出来。"
        "请改用证件上的通用字，或在备注里写明缺字。"
    ),
    "name-character": "姓名里不能有“{character}”。请照证件重填。",
    "remedy-unfinished": "救济途径里还有【】没有填。请写明哪个人民政府、哪个人民法院，去掉【】。",
    "phone-malformed": (
        "电话只写数字（可以有 +、- 和空格），{least} 到 {most} 位；填的是 {digits} 位。请重填，没有电话的清空这一格。"
    ),
    # identity papers
    "id-type-unknown": "没有“{id_type}”这种证件类型。可选的有：{allowed}。",
    "id-number-length": "身份证号应为 18 位，填的是 {length} 位。请对照证件重填。",
    "id-number-character": "身份证号第 {position} 位是“{character}”，只能是数字（最后一位可以是 X）。请对照证件重填。",
    "id-number-birth-date": "身份证号第 7 至 14 位不是有效的出生日期。请对照证件重填。",
    "id-number-check": "身份证号最后一位应为 {expected}，填的是 {given}。请对照证件重填。",
    "id-none-with-number": "证件类型选的是“无证件号码”，却填了号码。请改选证件类型，或把号码清空。",
    "id-other-length": "证件号码应为 1 至 {most} 位，填的是 {length} 位。请对照证件重填。",
    "id-other-character": "证件号码里有看不见的字符。请删掉后对照证件重新输入。",
    # dates with legal force
    "document-number-leased": "本机还有领来的文号，这一件用“{next}”。文号一栏请留空，保存时自己编上；不要用“{typed}”。",
    "date-needed": "电脑上的日期是 {today}，比前一步还早，不能当作{label}。请填写文书上的{label}，再校准电脑时间。",
    "date-in-future": "{label}（{date}）晚于今天（{today}）。请对照文书核对日期；电脑时间不对的，先校准时间。",
    "date-before-step": "{label}（{date}）早于上一步的日期（{before}）。请对照文书核对。",
    "deadline-length": "时限 {length} {unit}超出范围，最多 {most} {unit}。请核对事项目录，并告诉{center}。",
    "deadline-start": "起算年份 {year} 不对，应在 {first} 至 {last} 年之间。请核对日期和电脑时间。",
    # printed numbers
    "number-character": "编号里有“{character}”，只能是数字。请对照单据重新输入或扫码。",
    "number-of-other-point": "这个登记号是别的代办点（{point}）的。请照本单位打印的凭证重新输入或扫码。",
    "number-length": "编号是 {length} 位；代办登记号应为 25 位，交接单号应为 26 位。请对照单据重新输入或扫码。",
    "number-check": "编号有一位输错了（校验位不符）。请对照单据重新输入或扫码。",
    "number-date": "编号里的日期不存在。请对照单据重新输入或扫码。",
    "number-range": "编不出号：{part}为 {value}，应在 {least} 至 {most} 之间。请核对电脑时间，仍不行的联系{center}。",
    "point-code-not-digits": "单位代码“{point}”不是 12 位数字，不能用来编号。请联系{center}配编号代码。",
}
