"""Sentences about the disk and the database."""

from __future__ import annotations

SENTENCES = {
    "busy-elsewhere": "这台电脑上的另一个窗口或命令正在做同一件事（{file}）。请等它做完再试。",
    "disk-full": "磁盘满了，这一步没有保存。请清理磁盘（不要删除本软件的文件夹），再做一遍。",
    "disk-low": (
        "磁盘快满了，只剩 {free_mb} 兆。请清理磁盘（不要删除本软件的文件夹）；满了就存不了新的件，已保存的不受影响。"
    ),
    "database-busy": "数据正被另一个窗口使用，这一步没有保存。请稍等几秒再做一遍。",
    "database-damaged": "本机数据打不开或已损坏。请不要删除或移动任何文件，马上联系{center}恢复。",
    "database-not-writable": "本机数据的文件夹不能写入。请检查磁盘和权限，再重新打开软件。",
    "database-not-durable": (
        "本机磁盘不能保证断电不丢数据，已停止使用（{pragmas}）。请把软件装到本机硬盘上，或联系{center}。"
    ),
    "database-address-wrong": "数据库地址写得不对。请照这个样子写：{example}。",
    "database-server-settings": (
        "数据库服务器的设置不能保证断电不丢数据，或者不能存全部汉字，中心没有启动（{settings}）。"
        "请数据库管理员改好设置，再启动中心。"
    ),
    "database-unreachable": (
        "连不上中心的数据库，这一步没有保存。请检查数据库服务器是否开着、地址和密码是否还对，再做一遍。"
    ),
    "glyph-missing": (
        "“{character}”（{code_point}）这个字打印不出来，没有生成文书。请核对这个字是否录错；"
        "没有录错的，请把编码 {code_point} 报上级中心处理。"
    ),
    "projections-differ": (
        "记录完好，本机的清单和记录对不上。请运行命令 {command} 照记录重建清单，期间可以照常办件；"
        "重建后仍不对的，请联系{center}。"
    ),
    "store-of-other-version": (
        "数据是另一版软件写的（{found}，本机软件用 {expected}）。请换用对应版本的软件，不要删除数据。"
    ),
    "identity-damaged": "登记信息文件 {file} 已损坏。请不要删除任何文件，联系{center}恢复。",
    "paper-unknown": "没有“{paper}”这种文书。可打印的有：{allowed}。",
}
