"""Sentences about the commands, the files they are given, and printing."""

from __future__ import annotations

SENTENCES = {
    "worker-not-named": "没有写明由谁操作。请写上工作人员的姓名。",
    "option-malformed": "选项 {option} 的内容“{text}”写得不对。请照帮助里的格式重写。",
    "form-not-json": "表单文件 {file} 读不下去（{detail}）。请检查引号、逗号和括号。",
    "file-not-found": "找不到文件 {file}。请核对路径和文件名。",
    "file-not-allowed": "没有读写 {file} 的权限。请换一个文件夹，或请管理这台电脑的人开通权限。",
    "file-encoding": "文件 {file} 的文字编码读不出来。请用记事本另存为 UTF-8 编码后再导入。",
    "program-error": "程序出错（编号 {id}）。已保存的内容没有丢失；请再试一次，仍不行请把编号告诉{center}。",
    "system-error": "系统没有完成这一步（{file}：{detail}）。已保存的内容没有丢失，请再试一次。",
    "address-taken": "地址 {address} 已被别的程序占用。请先关掉那个程序，或换一个端口。",
    "directory-faulty": "目录文件 {file} 有 {count} 处要改，没有导入。请照上面列出的逐条改好再导入。",
    "organisations-faulty": "单位文件 {file} 有 {count} 处要改，没有导入。请照上面列出的逐条改好再导入。",
    "check-failed": "检查发现数据有问题。请不要删除任何文件，马上联系{center}。",
    "demo-command-broken": (
        "演示中的一步没有做完：{command}（{reason}）。请重新演示；仍不行的，把这些内容告诉{center}：{detail}。"
    ),
    "demo-waited-in-vain": "演示时等了 {seconds} 秒，{office}还没有{what}。请重新演示；电脑较慢的，先关掉别的程序。",
    "demo-failed": "演示没有走完：{reason}。走到哪一步、数据在哪个文件夹，见上面几行。请重新演示。",
    "demo-program-ended": "演示用的程序“{program}”自己停了（退出状态 {status}）。请重新演示；仍不行，请告诉维护人员。",
    "demo-unexpected": "演示的结果和预想的不一样：{what}（实际是 {found}）。请把这句话告诉软件维护人员。",
    "printer-gone": "这台电脑上找不到打印机“{printer}”。请看看它的电源和连线，或换一台打印机再打。",
    "printer-not-ready": "打印机“{printer}”没有接下这份文书。请看看是否缺纸、卡纸或没有开机，再打一次。",
    "paper-not-saved": "没有存成文件 {file}。请换一个文件夹，或先看看磁盘是否已满，再存一次。",
    "export-disk-full": "{file} 所在的磁盘或优盘满了，没有导出。请换一个有空的优盘或文件夹，再导出一次。",
    "export-not-saved": "没有导出成文件 {file}。请看看优盘是否已拔出、是否写保护，或者换一个文件夹，再导出一次。",
    "paper-content-removed": "{number} 这一件不能打印：{what}。纸质档案还在的，请查纸质档案。",
    "print-needs-subject": "没有写明打印哪一件。请写上代办登记号或交接单号。",
}
