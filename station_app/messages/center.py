"""Sentences about running a center: accounts, codes, enrolment, release of the directory."""

from __future__ import annotations

SENTENCES = {
    "role-unknown": "没有“{role}”这种角色。可写的有：{allowed}。",
    "name-taken": "已经有叫“{name}”的账户，登录时分不清。请在姓名后加村名或数字区别。",
    "worker-unknown": "没有叫“{name}”的账户。请核对姓名，或先请{center}开户。",
    "worker-disabled": "“{name}”的账户已停用。需要恢复的，请联系{center}。",
    "worker-elsewhere": "“{name}”的账户属于别的单位，不能在这台电脑上启用。请核对姓名，或请{center}调整单位。",
    "activation-code-wrong": "激活码不对或已经用过。请核对姓名和激活码，或请{center}重发一个。",
    "key-taken": "这把钥匙已经是另一个账户的，不能两个人用一把。请重新打开程序再试；仍不行的，请联系{center}。",
    "station-unknown": "没有登记过这台电脑：{device}。请在中心的情况里核对编号。",
    "station-revoked-before": "这台电脑（{device}）已经停用，不用再停用。",
    "center-heals": (
        "中心正在从备份恢复，还在收回以前发布过的内容，现在改的会被冲掉，没有改。"
        "请运行命令 {command} 看还在等哪些单位，收齐以后再做；等不到的，先结束等待：{finish}。"
    ),
    "held-unknown": "没有扣住的第 {number} 条，可能已经收下。请重新列出核对。",
    "held-base-first": "这一条接着扣住的第 {number} 条。请先看第 {number} 条，收下它以后再收这一条。",
    "held-not-admissible": "这一条不能收下：{reason}请不要再试，把这句话告诉软件维护人员。",
    "removal-basis-missing": "没有写明按什么规定删除。请写上文件名称和条款，最多 {most} 个字。",
    "removal-date-ahead": "日期 {date} 还没有到，没有删除。请写一个已经过去的日期，在那天以前办结的才会删除。",
    "code-wrong": "登记码不对。请照登记单重新输入；仍不行的，请{center}重发一个。",
    "office-elsewhere": "“{name}”不归这里管，或刚调整过来、消息还没有到。请过一会儿再登记，或向管它的中心要登记码。",
    "device-elsewhere": "这台电脑已经登记在另一个单位。请换一个数据文件夹，或联系{center}。",
    "code-used": "这个登记码已经登记过另一台电脑。请向{center}再要一个。",
    "tags-used-up": "单位 {org} 登记过的电脑已满，编不出新的设备标记。请联系{center}清理停用的电脑。",
    "directory-draft-unknown": "没有第 {number} 号目录草稿。请核对编号。",
    "directory-not-approved": "第 {number} 号目录草稿还没有审核。请由另一位发布人员先审核。",
    "directory-already-published": "第 {number} 号目录草稿已经发布过。要改的，请另提交一份。",
    "two-persons-needed": "第 {number} 号目录草稿是您提交的，提交和审核不能是同一个人。请由另一位发布人员审核。",
    "center-exists": "这里已经建好单位 {org} 的中心，不能再建。要另建的，请换一个文件夹。",
    "center-served": "中心正在运行，没有搬。请先停下中心，再搬一遍。",
    "center-moved": "中心的数据已经搬到数据库服务器，这一步没有做。请再做一遍，会做在新的数据库里。",
    "database-not-empty": "要搬去的数据库不是空的，没有搬，中心的数据还在原处。请换一个空的数据库，再搬一遍。",
    "move-differs": "搬过去的数据和原来的对不上，没有搬，中心的数据还在原处。请告诉开发人员，不要删除任何文件。",
    "center-one-process": "中心的数据在本机文件里，只能用一个进程运行。请先把数据搬到数据库服务器，或不要指定进程数。",
    "processes-keep-ending": "中心的进程一再中断（{count} 次），已停止运行。请查看日志，再启动中心。",
    "center-level": "中心只能建在县级或市级，选的单位是 {level}。请核对单位代码。",
    "center-joined": "这个中心已经加入{name}，不能再加入别的中心。请核对地址和加入码。",
    "center-not-joined": "这个中心还没有加入市中心。请先向市中心要加入码，再用它加入。",
    "organisation-elsewhere": "“{name}”归别的县管，或要在县与县之间移动。请市中心导入这一行，本县会自动收到。",
    "organisation-of-county": "“{name}”归{county}的中心管。请{county}的中心导入这一行，市中心会自动收到。",
    "center-not-initialised": "这里还没有建好的中心（找不到 {file}）。请先初始化中心，或核对文件夹。",
    "center-key-damaged": "中心的密钥文件 {file} 丢失或损坏。请不要删除任何文件，从备份恢复这个文件。",
    "administration-elsewhere": (
        "这台电脑不是{center}所在单位的，不能在上面管理站点，什么也没有做。请到{center}所在单位的电脑上办。"
    ),
    "request-used": "这一步{center}已经办过，没有再办一遍。请看最新的情况，需要的再做一次。",
    "already-enrolled": "这台电脑已经登记到单位 {org}，不用再登记。需要换单位的，请联系{center}。",
    "not-enrolled": "这台电脑还没有登记。请先用登记码登记。",
    "certificate-expired": (
        "您在这台电脑上的证书到 {day} 已过期。可以照常收件；请尽快联网同步一次，会自动续期。"
        "日期不对的，先把电脑时间调准。"
    ),
}
