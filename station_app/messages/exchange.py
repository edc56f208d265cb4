"""Short labels of an exchange: verdicts and their reasons, why something waits, why the center refused it."""

from __future__ import annotations

VERDICTS = {
    "accepted": "{center}已确认",
    "late": "晚了一步，没有生效",
    "superseded": "已有在先的，没有生效",
    "needs_review": "要由人核对，暂不生效",
}

# Each ends in what the author can do: none of these loses what was written (docs/sync.md, invariant I8).
VERDICT_REASONS = {
    "custody-passed": "写的时候件已经转到别的单位。请看现在由谁经办，需要的请联系对方。",
    "base-passed": "这件在另一台电脑上先办了一步。请看最新进度，需要的重新办理。",
    "offered": "写的时候件已经交出。请等对方接收或退回。",
    "already-open": "这件已经登记过。请使用先登记的那一件。",
    "not-open": "{center}还没有收到这件的登记。请再同步一次；仍不行的，请联系{center}。",
    "not-the-holder": "写的时候件不在本单位手里。请联系现在的经办单位。",
    "not-offered": "这件没有交接给本单位。请核对交接单。",
    "offer-incomplete": "交接没有写明接收单位。请重新交接。",
    "offer-not-upward": "交接的不是本单位的上级。请重新交接给上级单位。",
    "not-under-obligation": "送达阶段不能做这一步。请看办理进度。",
    "base-refused": "这一步接着的前一步没有被{center}收下。请联系{center}。",
    "effects-unknown": "这一步要用新版软件才能读。请升级软件。",
    "action-unknown": "{center}不认识这一步，可能是软件版本不一致。请升级软件。",
    "effects-not-of-action": "这一步做的和它的名称不符，可能是软件版本不一致。请升级软件；仍不行的，请联系{center}。",
    "four-eyes": "受理和决定用的是同一个人的签名。请由另一位批准人重新决定。",
    "role-missing": "签字的人没有这一步的权限。请由有权限的人员重新办理。",
    "state-wrong": "当时的办理状态不能做这一步。请看最新进度。",
    "paper-stands": "另一台电脑已凭同一件作出决定并出了文书，以文书为准。请核对这一步写的内容，需要的写备注。",
    "number-of-others": "通知书上写的是别的单位的文号，先由人核对。请和{center}核对，再用本单位的文号重新办理。",
    "number-twice": "这张通知书的文号另一件已经用过，先由人核对。请和{center}核对两件的通知书，再用新文号重新办理。",
    "cloned-pc": "写这一步的电脑有两份一样的数据在用，先由人核对。请联系{center}核对后重新办理。",
    "content-removed": "这件的内容已按规定删除，没有可以对照的，要由人核对。请联系{center}，需要办的重新登记一件。",
    "reclaim-too-early": "交接经{center}确认后还没满三天，不能收回。请先联系对方接收或退回。",
    "reclaim-elsewhere": "收回后只能交还原单位，或判给接收单位。请重新收回。",
    "second-person-needed": "交接单双方已签字，收回要两个人。请先由另一人提请收回，再重新收回。",
}

REFUSALS = {
    "fork": "这条记录前面的一条{center}没有，接不上，可能是从备份恢复的。请联系{center}。",
    "origin-foreign": "这条记录不是这台电脑写的。请联系{center}。",
    "device-unknown": "{center}没有登记这台电脑，或单位对不上。请联系{center}。",
    "person-unknown": "{center}没有登记这位工作人员在这台电脑上的签名。请用激活码重新登录。",
    "person-missing": "这条记录没有工作人员的签名。请登录后重新办理。",
    "signature-wrong": "这条记录的签名不对。请联系{center}。",
    "ruling-not-by-center": "这条裁定不是{center}签的，没有使用。请联系{center}。",
    "subject-unknown": "{center}没有收到这件的登记。请联系{center}核对。",
    "lamport-ahead": "这条记录的序号不合常理，{center}没有收下。请联系{center}。",
    "device-revoked": "这台电脑已停用，{center}先扣住了这一条，由人核对。请联系{center}。",
    "worker-disabled": "写这一条的人账户已停用，{center}先扣住了这一条，由人核对。请联系{center}。",
    "not-a-party": "本单位不是这件的经办方。请核对代办登记号，或联系{center}。",
}

WAITING = {
    "ruling-pending": "已传到{center}，等待确认。",
    "no-network": "连不上{center}，网络恢复后自动再传。",
    "stalled": "网络不通畅，稍后自动再传。",
    "program-error": "程序出错，这一次没有同步；过几分钟自动再试。",
    "login-page-in-between": "要先打开浏览器登录网络。",
    "not-a-center": "中心地址不对，请核对。",
    "center-key-differs": "对方不是本{center}，已停止发送。请联系{center}。",
    "certificate-date": "电脑时间不正确，请先校准。",
    "tls-refused": "建立不了加密连接。请先打开浏览器登录网络；仍不行的，请核对中心地址。",
    "center-busy": "{center}正忙，稍后自动再传。",
    "center-disk-full": "{center}的磁盘满了，稍后自动再传；请打电话告诉{center}。",
    "center-healing": "{center}正在从备份恢复，稍后自动再传。",
    "device-revoked": "{center}已停用这台电脑，请联系{center}。",
    "center-error": "{center}出了问题，稍后自动再传。",
    "center-answer-damaged": "{center}的回答读不出来，稍后自动再传。",
    "batch-too-large": "内容太多，正改成小份再传。",
    "cloned": "这台电脑的数据在两处同时用，{center}已停止下发。已上传的都在；请联系{center}重新登记这台电脑。",
    "nonce-unknown": "和{center}对不上暗号，稍后自动再试；一直不好的，请联系{center}。",
    "feed-gap": "取来的数据不连续，请再同步一次。",
}

# In the status band, where there is room for a word; the sentence above is told beside it.
WAITING_IN_SHORT = {
    "no-network": "网络不通",
    "stalled": "网络不通畅",
    "login-page-in-between": "要先登录网络",
    "not-a-center": "中心地址不对",
    "center-key-differs": "对方不是本{center}",
    "certificate-date": "电脑时间不正确",
    "tls-refused": "建不了加密连接",
    "center-busy": "{center}正忙",
    "center-disk-full": "{center}磁盘满了",
    "center-healing": "{center}正在恢复",
    "center-error": "{center}出了问题",
    "disk-full": "本机磁盘满了",
    "center-address-missing": "用优盘交换",
}
