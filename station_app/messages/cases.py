"""Sentences about handling cases: whose turn it is, hand-overs, batches."""

from __future__ import annotations

SENTENCES = {
    "action-unknown": "没有“{action}”这种操作。可用的有：{allowed}。",
    "action-in-batch": "“{action}”要整批办理。请到交接页面选件，和交接单一起办。",
    "role-missing": "您的账户没有“{action}”的权限，需要：{roles}。请由有权限的人员办理，或请{center}调整权限。",
    "state-wrong": "这件（{case}）现在是“{state}”，不能“{action}”。请先看办理进度，再选别的操作。",
    "case-not-seen": "这件（{case}）已经不在本单位，这里只留了登记号。有事要办的，请联系现在办理的单位，或者{center}。",
    "case-unknown": "本机没有这件：{case}。请核对代办登记号；刚交接来的，请先同步；早已办结的，在“查件”里查找。",
    "case-ended": "这件（{case}）已经作出决定，不能再改。还没送达的，请办理送达签收。",
    "case-on-the-road": "这件（{case}）已经交出，对方还没有接收，现在不能改。需要改的，请写“请求撤回”或备注。",
    "held-by-other-pc": "这件（{case}）由本单位另一台电脑经办。请到那台电脑上办理，或者打开这件按“接手”在这里办。",
    "not-the-holder": "这件（{case}）不在本单位手里，现由代码为 {holder} 的单位经办。这里可以看进度、写备注。",
    "not-a-party": "这件（{case}）和本单位无关，不能查看或办理。请核对代办登记号。",
    "not-offered": "这件（{case}）没有交接给本单位，不能接收或退回。请先同步，再核对交接单。",
    "no-obligation": "这件（{case}）现在不由本单位送达，或者已经办结。请看办理进度。",
    "duplicate-unnamed": "请写明和哪一件核对的。中心提示、还没有核对的有：{numbers}。",
    "no-duplicate-told": "这件（{case}）没有要核对的重复：中心没有提示，或者已经核对过。不用再核对。",
    "nothing-to-withdraw": "这件（{case}）没有正在交接，不用撤回。需要改的，直接办理即可。",
    "offer-not-upward": "只能交给上一级单位（代码 {expected}），选的是 {to}。请重新选接收单位。",
    "four-eyes": "这件（{case}）是您受理的，受理和决定不能是同一个人。请由另一位批准人作决定。",
    "material-not-in-case": "这件（{case}）登记的材料里没有“{material}”。请对照交接单核对材料名称。",
    "held-by-this-pc": "这件（{case}）就由这台电脑经办，不用接手。直接办理即可。",
    "needs-upgrade": "这件（{case}）里有新版软件写的步骤，本机读不全，现在不能办。请升级软件；这里可以写备注。",
    "needs-connection": "这一步要连着{center}办，十分钟内没有同步成功过。请先同步，再办理。",
    # taking back from the road
    "nothing-to-reclaim": "这件（{case}）没有要由本单位收回的交接。请先同步，再看现在由谁经办。",
    "reclaim-too-early": (
        "这件（{case}）的交接经{center}确认后，满三天才能收回，最早的日子：{opens}。请先联系对方接收或退回。"
    ),
    "reclaim-elsewhere": "这件（{case}）收回后只能交还原单位，或判给接收单位。请重新选归谁经办。",
    "second-person-needed": (
        "这件（{case}）的交接单双方已签字，收回要两个人。请先由本单位另一人提请收回，再由您核实后收回。"
    ),
    "field-not-masked": "“{field}”不用单独查看。可以查看的有：{allowed}。",
    # the papers of decisions on their way home
    "papers-not-here": "这件（{case}）的结果材料不在本单位。请看办理进度。",
    "papers-at-home": "这件（{case}）由本单位送到群众手里，或者已经送达，不用再往下交。",
    "papers-other-way": "这件（{case}）的结果不经过 {to} 送达。请重新选接收单位。",
    "papers-not-for-us": "这件（{case}）没有结果材料交给本单位，或者已经签收。请核对结果交接单。",
    # batches
    "batch-unknown": "本机没有这张交接单：{batch}。请核对单号；刚交来的，请先同步。",
    "batch-not-for-us": "交接单 {batch} 不是交给本单位的。请核对单据，把材料退给送件人。",
    "batch-done": "交接单 {batch} 里的件都已清点完。不用再接收。",
    "case-not-in-batch": "交接单 {batch} 里没有等待清点的这件：{case}。请对照单据核对；已清点过的不用再点。",
    "batch-still-coming": (
        "交接单 {batch} 的 {cases} 件里，有 {coming} 件还在路上：材料还在上传，稍后自己会到。请等到了再接收。"
    ),
    "case-still-coming": "这件（{case}）还在路上：材料还在上传，稍后自己会到。请等到了再接收。",
    "batch-empty": "这一批没有一件能办，什么都没有写入。原因：{reasons}请逐件处理后再办。",
}
