"""Sentences about backups, and about putting one back."""

from __future__ import annotations

SENTENCES = {
    "backup-not-saved": (
        "备份没有写成（{file}）：U 盘被拔出、写保护或者坏了，或文件夹不在。本机的数据没有动，请换个位置再备份一次。"
    ),
    "backup-disk-full": "放备份的地方满了（{file}），没有备份成。请清理那里，或换一个 U 盘，再备份一次。",
    "backup-too-large": "备份太大，那个 U 盘的格式放不下一个这么大的文件（{file}）。请换一块移动硬盘，再备份一次。",
    "backup-into-home": "备份不能放在软件自己的数据文件夹里（{file}）：电脑坏了会一起丢。请选另一块硬盘或 U 盘。",
    "backup-source-unread": "本机的文件 {file} 读不出来，没有备份成。请不要删除任何文件，马上联系{center}。",
    "backup-stopped": "备份已取消，原来的备份都在。请记得再备份一次。",
    "restore-stopped": "恢复已取消，本机没有变。要恢复的，请再做一次。",
    "backup-old": "最近一次备份是 {days} 天前的。请插上放备份的 U 盘，到“设置”里按“立即备份”。",
    "backup-never": (
        "这台电脑还没有备份过，它坏了，没有上传的就会丢。请到“设置”里，给备份选一个 U 盘或另一块硬盘上的文件夹。"
    ),
    "backup-unreadable": "备份文件打不开（{file}）。请检查 U 盘是否插好、文件名是否对，再试一次。",
    "backup-damaged": "备份文件不完整或已损坏（{file}），没有恢复，本机没有变。请换另一份备份，或者把文件再拷一次。",
    "backup-of-other-kind": (
        "这份备份不是用在这里的（{file}），没有恢复，本机没有变。请核对：电脑的备份用在电脑上，中心的用在中心。"
    ),
    "backup-newer": (
        "这份备份是更新的软件做的（{file}，版本 {program}），没有恢复，本机没有变。请先把软件升级到那个版本，再恢复。"
    ),
    "backup-of-other-pc": (
        "备份是另一台电脑的，这台电脑已经登记（单位 {org}），没有恢复，本机没有变。请在还没有登记的电脑上恢复它。"
    ),
    "backup-code-needed": (
        "在另一台电脑上恢复，要{center}的口令。请打电话去，念这串数字：{challenges}。"
        "有几串的，先念第一串，县里说的姓名不是本单位的人，再念下一串。得到口令以后再恢复。"
    ),
    "backup-not-opened": (
        "这份备份只能在原来那台电脑上恢复：做备份时还没有电话口令。请用登记码重新登记这台电脑，交上去的会自己回来。"
    ),
    "station-in-use": "这台电脑上还有窗口或命令登录着，没有恢复，本机没有变。请关闭本软件的全部窗口，再恢复。",
    # of a center
    "backup-code-missing": "中心还没有备份口令，没有备份。请先运行命令 {command}，把口令抄在纸上锁好，再备份。",
    "backup-code-wrong": "备份口令不对，没有恢复。请照抄下来的那张纸重新输；换过口令的，请找做这份备份时的那一张。",
    "center-not-empty": "文件夹 {file} 里已经有中心、它的密钥或附件，没有恢复。请换一个空的文件夹；原来的请不要删除。",
    "backup-time-malformed": "每天备份的时刻写得不对：{text}。请写成 22:30 这样，并和放备份的文件夹一起写。",
}
