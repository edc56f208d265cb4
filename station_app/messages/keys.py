"""Sentences about PINs, keys and codes on paper."""

from __future__ import annotations

SENTENCES = {
    "pin-length": "PIN 应为 {min_digits} 至 {max_digits} 位数字。请重新设置。",
    "pin-too-simple": "这个 PIN 太容易被猜到（连续或重复的数字）。请换一个。",
    "pin-wrong": "PIN 不对。请重新输入；忘记 PIN 的，请按“忘记 PIN”，打电话给{center}。",
    "pin-wait": "PIN 多次输错，请等 {seconds} 秒后再试。",
    "phone-slot-missing": "本机没有可用的电话口令（用过的，联网同步才有新的）。请向{center}要激活码，再首次登录一遍。",
    "reset-code-malformed": "口令应为 {expected} 位数字，填的是 {found} 位，或有一位听错了。请和{center}再核对一遍。",
    "reset-code-wrong": "口令不对。请核对是不是照这里的数字念的；仍不行的，请{center}重新取一次。",
    "reset-code-wait": "口令多次输错，请等 {seconds} 秒后再试。",
    "challenge-malformed": "来电念的应为 {expected} 位数字，填的是 {found} 位，或有一位听错了。请对方再念一遍。",
    "challenge-unknown": "没有哪台电脑上的哪个账户对得上这串数字。请对方再念一遍；仍对不上的，请发新的激活码。",
    "challenge-ambiguous": "这串数字对得上不止一个账户，不能取口令。请发新的激活码。",
    "two-administrators-needed": "“{action}”要两位系统管理员一起办，写的是同一个人。请换一位作第二人。",
    "office-key-unknown": "还没有“{name}”的公开钥匙，没法封给它。请联网同步一次；它还没有电脑登记的，请先登记。",
    "office-key-missing": "本机没有本单位第 {version} 版的钥匙，打不开这一份。请联网同步一次；仍不行的，联系{center}。",
    "worker-unknown-here": "这台电脑上没有这个姓名的账户。请核对姓名，或用激活码首次登录。",
    "device-slot-removed": "本机已启用 PIN。请先用姓名和 PIN 登录。",
    "last-key-slot": "这是打开本机数据的最后一把钥匙，不能删除。请先让另一位工作人员在这台电脑上登录一次。",
    "key-slots-missing": "本机找不到钥匙文件，数据打不开。请不要删除或移动任何文件，联系{center}恢复。",
    "key-slots-damaged": "钥匙文件 {file} 已损坏。请不要删除或移动任何文件，联系{center}恢复。",
    "key-slots-exist": "这台电脑已经设置过，不用再设置。请直接登录；需要换单位的，请联系{center}。",
    "sealed-data-damaged": "加密的数据打不开，可能已损坏，或不是给本机的。请不要删除，联系{center}。",
    "code-malformed": "代码应为 {expected} 个字符，填的是 {found} 个或有不该出现的字符。请对照纸条重新输入。",
    "center-certificate-damaged": "{center}的证书读不出来。请向{center}重新索取登记码，再试一次。",
}
