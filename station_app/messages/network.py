"""Sentences about the way to the center."""

from __future__ import annotations

SENTENCES = {
    "address-malformed": "中心地址“{address}”写得不对。请照登记单重新填写。",
    "center-address-missing": (
        "这台电脑是用文件加入的，还没有中心地址，不能联网同步。已保存的内容不受影响，请用包交换（优盘或共享文件夹）。"
    ),
    "plain-http-refused": "中心地址“{address}”不是加密地址。请改用 HTTPS 开头的地址，或联系{center}。",
    "no-network": "连不上 {address}。已保存的内容不受影响；请检查网线或网络，恢复后会自动再传。",
    "stalled": "网络 {seconds} 秒没有动静，这次先停下。已保存的内容不受影响，稍后会自动再传。",
    "login-page-in-between": "收到的是网页，不是中心的回答。请先打开浏览器登录网络，再同步。",
    "not-a-center": "{address} 不是{center}（回答 {status}）。请照登记单核对中心地址。",
    "center-key-differs": (
        "{address} 的证书不是本{center}的。可能需要先登录网络，或地址不对；已停止发送。请核对后联系{center}。"
    ),
    "certificate-date": "电脑时间不正确，无法核对中心的证书。请把日期和时间调准，再同步；已保存的内容不受影响。",
    "tls-refused": (
        "和 {address} 建立不了加密连接，多半是网络要先登录。请打开浏览器登录网络，再同步；"
        "仍不行的，请核对中心地址，或联系{center}。"
    ),
    "center-busy": "{center}正忙，{retry_after_s} 秒后会自动再传。已保存的内容不受影响，可以继续收件。",
    "center-disk-full": (
        "{center}的磁盘满了，暂时收不下，{retry_after_s} 秒后会自动再传。已保存的内容不受影响，可以继续收件；"
        "请打电话告诉{center}。"
    ),
    "center-healing": (
        "{center}正在从备份恢复，{retry_after_s} 秒后会自动再传。已保存的内容不受影响，可以继续收件；"
        "请不要关掉这台电脑。"
    ),
    "clock-wrong": (
        "电脑时间不正确，比{center}{direction}{offset}。请把日期和时间调准；已保存的内容不受影响，可以继续收件。"
    ),
    "center-error": "{center}出了问题（编号 {id}），稍后会自动再传。一直不好的，请把编号告诉{center}。",
    "center-answer-damaged": "{center}的回答读不出来（{status}），稍后会自动再传。一直不好的，请联系{center}。",
    "answer-too-large": "收到的内容超过 {limit_mb} 兆，没有接收。请联系{center}。",
    "batch-too-large": "一次传的内容太多，线路不让通过。会自动改成小份再传，请稍等。",
    # the exchange itself
    "feed-gap": (
        "从{center}取来的数据不连续（应为第 {expected} 条，收到第 {found} 条），没有写入。请再同步一次；"
        "仍不行的，请联系{center}。"
    ),
    "center-record-forged": "收到一份签名不对的中心文件，没有写入。请停止同步并联系{center}。",
    "record-malformed": "有一条数据格式不对，没有使用。请升级软件；仍不行的，请联系{center}。",
    "proto-unknown": "对方的软件版本和本机不一致。请升级软件后再同步；已保存的内容不受影响。",
    "effects-unknown": "有一条记录要用新版软件才能读。内容已经保存，请升级软件。",
    "body-too-long": "有一条记录太长，没有使用。请把内容分开写。",
    "body-malformed": "有一条记录的内容读不出来，没有使用。请升级软件；仍不行的，请联系{center}。",
    "body-not-bound": "有一条记录和它的签名对不上，没有使用。请联系{center}。",
    "request-not-signed": "{center}没有认出这台电脑的签名。请核对电脑时间后再同步；仍不行的，请联系{center}。",
    "device-revoked": (
        "{center}已停用这台电脑（报失或被盗）。停用前传到的照样有效，内容都还在本机；以后的先扣住，由人核对。"
        "请不要再用它收件，马上联系{center}。"
    ),
    "nonce-unknown": "和{center}对不上暗号，这次没有同步。已保存的都在，稍后会自动再试；一直不好的，请联系{center}。",
    "outbox-refused": "有 {events} 条{center}没有收，都在本机。请看“待上传”里写明的原因和办法。",
    "outbox-waiting": "还有 {events} 条没有传到{center}，都在本机。请再同步一次；为什么等，“待上传”里每一件都写着。",
    "files-left": "附件还有 {files} 份没有传完，已传的部分不用重传。请再同步一次；开着窗口的，会自动接着传。",
    "healing-goes-on": (
        "{center}正在从备份恢复，各站点正把它缺的补回去。照常收件、照常办，都存在本机、自动上传；恢复好以前，办的都写着"
        "等中心确认。请不要关掉这台电脑，也不要重装。"
    ),
    "pc-restored": (
        "这台电脑的数据换回过旧的（从备份恢复），已经自动接上，登记号不会重复。传到过{center}的会自己取回来；"
        "没传上去的取不回来：请对照手里的纸质材料和凭证存根，少了的重新收件。{numbers}都对过了，再按“看过了”。"
    ),
    "numbers-lost": "打印过、这台电脑上还没有的代办登记号、交接单号有 {count} 个，请照号找凭证补录：{numbers}。",
    "data-differ": (
        "本机和{center}核对下来不完全一样，正在互相补齐。不用做什么，照常办；一天以后还是这样的，请打电话给{center}。"
    ),
    "cloned": "这台电脑的数据在两处同时用，{center}已停止下发。已上传的都在；请停用其中一台，并联系{center}重新登记。",
    "device-unknown": "{center}没有登记这台电脑。请用登记码重新登记，或联系{center}。",
}
