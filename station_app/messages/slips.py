"""Sentences about printed slips with codes."""

from __future__ import annotations

SENTENCES = {
    # reading
    "slip-misread": "这张码没有读全或读错了，什么都没有收下。请把纸放平，再扫一次；一直扫不出，请交出单位重新打印。",
    "slip-newer": "这张码是更新的程序打印的，本机读不了。请先升级本机的程序，再扫一次。",
    "slip-not-for-us": "这张码不是交给本单位的，没有收下。请核对交接码单上的接收单位。",
    "slip-malformed": "这张码里的内容不对，没有收下。请交出单位升级程序，再重新打印。",
    "slip-item-unknown": "本机的事项目录里没有编码为 {item} 的事项，这张码没有收下。请先同步，拿到新目录再扫。",
    # printing
    "slip-case-too-long": "代办登记号 {number} 的内容太多，一张码印不下。请把这一件另用交接单和数据包交接。",
    "slip-too-many": "这一批有 {cases} 件，一份交接码单最多印 {most} 件。请分成几批交接。",
    "slip-not-ours": "交接单 {batch} 不是本单位交出的件，不能打印交接码单。请在“已交出”里选一批。",
    "slip-nothing-left": "交接单 {batch} 的件都已经有了答复，不用再打印交接码单。",
}
