"""What a PC told its center that does not go as it should, in words for the administrator who may call the office."""

from __future__ import annotations

FAULTS = {
    "clock-wrong": "它的电脑时间不正确，请让对方校准。",
    "disk-low": "它的磁盘快满了，请让对方清理。",
    "disk-full": "它的磁盘满了，存不进新的，请马上让对方清理。",
    "data-differ": "它和中心核对不一样，正在互相补齐；一天以后还是这样的，请联系技术支持。",
    "feed-gap": "它取去的数据不连续，请让对方点“现在同步”；仍不行的，请联系技术支持。",
    "program-error": "它的程序出过错，请让对方把窗口上的编号告诉技术支持。",
    "database-damaged": "它的数据读不出来，请让对方不要删除任何文件，联系技术支持。",
    "certificate-expired": "它上面有人的证书过期了，联网同步一次会自动续期。",
}
_OF_BACKUPS = "它的备份没有做成，请让对方看“设置”里的备份。"
_UNKNOWN = "它有一处不正常（代号 {code}），请打电话问一问，把代号告诉技术支持。"


def fault_text(code: str) -> str:
    """Return the sentence of a fault that a PC has told by its code, which may be one of a newer program."""
    if code.startswith("backup"):
        return _OF_BACKUPS
    return FAULTS.get(code) or _UNKNOWN.format(code=code)
