"""Sentences about files that are imported or received: directory, organisations, calendar."""

from __future__ import annotations

SENTENCES = {
    # directory file: form
    "directory-yaml": "文件第 {line} 行写法不对，读不下去。请检查缩进、冒号和引号。",
    "directory-yaml-plain": "文件第 {line} 行用了引用、标签或过深的层次。请改成普通的写法。",
    "directory-yaml-value": "文件里有读不出来的值。请检查日期和数字的写法。",
    "directory-key-twice": "“{key}”写了两次。请只留一处。",
    "directory-key-missing": "缺少“{key}”。请补上。",
    "directory-key-unknown": "不认识“{key}”。请删掉，或改成规定的名称。",
    "directory-item-code": "每个事项要有且只有一个编码（{keys} 选一个）。请改正。",
    "directory-type": "这里应为{expected}，写的是{given}。请改正。",
    "directory-text-empty": "这里不能是空的。请补上文字。",
    "directory-text-long": "这里有 {length} 个字，最多 {most} 个。请缩短。",
    "directory-number-range": "这里的数字是 {value}，应在 {least} 至 {most} 之间。请改正。",
    "directory-date": "“{value}”不是日期。请写成 2026-06-30 这样。",
    "directory-word": "不能写“{value}”。可写的有：{allowed}。",
    "directory-unreadable": "收到的事项目录读不出来。请联系{center}重新发布目录。",
    # organisations file
    "organisation-csv": "表格从这一行起读不下去。请检查引号，并另存为 CSV 格式再导入。",
    "organisation-columns": "这一行有 {count} 列，比表头多。请检查多出来的逗号。",
    "organisation-column-missing": "表头缺少“{column}”这一列。请补上。",
    "organisation-column-unknown": "表头的“{column}”不认识或重复。请删掉或改名。",
    "organisation-code": "单位代码“{code}”不对：不能为空或有空格，最多 {most} 个字符。请改正。",
    "organisation-code-twice": "单位代码 {code} 重复，第一次在第 {first} 行。请改正。",
    "organisation-short-name": "机关简称最多 {most} 个字，不能有空格和〔〕。请填印在文号最前面的几个字，如“海便”。",
    "organisation-phone": "电话最多 {most} 个字符。请只留一个最常用的。",
    "organisation-name": "单位名称不能为空，最多 {most} 个字。请改正。",
    "organisation-level": "层级不能写“{level}”。可写的有：{allowed}。",
    "organisation-date": "“{value}”不是日期。请写成 2026-06-30 这样，或者留空。",
    "organisation-validity-order": "失效日期早于生效日期。请核对这两个日期。",
    "organisation-successor": "接替单位 {successor} 不存在，或者是它自己。请核对代码。",
    "organisation-parent-empty": "“{name}”没有写上级单位。请补上。",
    "organisation-parent-missing": "上级单位 {parent} 不存在。请先补上这个单位，或核对代码。",
    "organisation-circle": "“{name}”的上级绕了一圈又回到自己。请核对上级单位。",
    "organisation-parent-level": "“{name}”的上级“{parent}”层级不比它高。请核对层级或上级单位。",
    "organisation-level-skipped": "“{name}”直接挂在“{parent}”下面，中间少了一级。确实如此的可以保留，不是的请改正。",
    # packages
    "package-no-way": "“{name}”既不是上级，也不是下级，包不能交给它。请选上级或下级单位。",
    "package-center-older": "这台电脑还没有{center}的收包密钥。请先联网同步一次；仍然不行的，请联系{center}升级。",
    "package-read-back": "写到 {file} 的内容读回来不一样，这个包不能用。请换一个优盘再导出；本机的内容没有丢失。",
    "package-stopped": "写出已停下，没写完的文件没有留在优盘上，要交的内容都还在。要交的，请再写一次。",
    "package-taking-stopped": "收包已停下。包里的记录已经收下；没收完的附件，请再收一次这个包，或等对方的下一个包。",
    "package-unreadable": "读不出文件 {file}。请检查优盘有没有插好，再试一次。",
    "package-not-one": "{file} 不是本软件的包，或者是更新版本的软件做的。请核对文件，或先升级软件。什么也没有写入。",
    "package-damaged": "{file} 不完整或被改动过，什么也没有写入。请对方重新导出一次。",
    "package-elsewhere": "这个包是给“{name}”的，不是给本单位的，什么也没有写入。请交给那个单位。",
    "package-forged": "核对不出这个包是谁做的，什么也没有写入。请对方先和{center}同步，再重新导出。",
    "package-no-box": "{center}没有这台电脑的收包密钥，回复带不回去。请先联网同步一次；仍然不行的，请重新加入。",
    "package-not-asked": (
        "包里有一份{center}的回复，不是答复这台电脑现在的数据的（可能是恢复备份之前的），没有写入。"
        "请重新导出一个包带上去。"
    ),
    # joining by file
    "request-not-one": "{file} 不是加入或启用的申请，或者是更新的软件做的，什么也没有写入。请核对文件，或先升级。",
    "grant-not-one": "{file} 不是{center}的批复，或者是更新的软件做的，什么也没有写入。请核对文件，或先升级。",
    "join-file-damaged": "{file} 不完整或被改动过，什么也没有写入。请换一个优盘，请对方重新存一次。",
    "request-code-wrong": "这份申请用的不是本中心给的加入码，什么也没有办。请核对加入码，让那台电脑重新存一次申请。",
    "request-elsewhere": "这份申请不是给本中心的，或者是恢复备份以前的，什么也没有办。请那台电脑重新存一次申请。",
    "grant-elsewhere": "这份批复是给别的电脑的，什么也没有写入。请换成给这台电脑的批复。",
    "grant-kind": "这份批复不是这一步的：加入单位和启用账户，各有各的批复。什么也没有写入，请换另一份。",
    "grant-not-asked": "这份批复答复的不是这台电脑最近一次的申请，或者用过了，什么也没有写入。请重新存出申请，换批复。",
    "grant-forged": "核对不出这份批复是加入码上的那个中心给的，什么也没有写入。请停下来，联系{center}。",
    "grant-of-other": "这份批复是给“{name}”的。请核对姓名，或换成自己的批复。",
    # what is in force
    "organisation-unknown": "没有代码为 {organisation} 的单位。请核对代码；新设的单位，请先同步。",
    "organisations-unreadable": "单位名录在 {organisation} 处读不出来。请联系{center}重新发布名录。",
    "organisations-apart": "“{one}”和“{other}”没有共同的上级中心，不能在系统里交接。请联系{center}。",
    "calendar-unreadable": "工作日历读不出来（{detail}）。请联系{center}重新发布日历。",
    "directory-missing": "本机还没有事项目录。请先同步；仍然没有的，请{center}发布目录。",
    "documents-missing": "本机还没有单位名录和工作日历。请先联网同步一次。",
}
