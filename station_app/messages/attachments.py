"""Sentences about scans and photos that go with a case, and about the way of their files."""

from __future__ import annotations

SENTENCES = {
    "attachment-unread": "这个附件没有读好。请重新添加一次。",
    "grade-above-village": "“窗口核对过原件”由镇、县来选。村级代办点核对过原件的，请选“代办员核对过原件（村核）”。",
    "grade-of-village": "“代办员核对过原件（村核）”只有村级代办点用。请选“窗口核对过原件”，或者别的等级。",
    "attachment-unknown": "这件没有编号为 {file} 的附件。请先显示这件的内容核对。",
    "attachments-too-many": "这件已经有 {count} 份附件，一件最多 {most} 份，没有再加。请把几页合成一个 PDF 再添加。",
    "attachments-at-once": "选了 {count} 个文件，一次最多 {most} 个，都没有加。请核对是不是选错了，再分几次添加。",
    "scan-folder-unreadable": "扫描仪文件夹“{folder}”打不开。请查网络和优盘，或者在“设置”里重新选。",
    # what is taken in
    "scan-not-found": "找不到文件“{file}”，或者打不开。请核对位置，优盘上的请先插好优盘。",
    "scan-empty": "“{name}”是空文件。请重新扫描。",
    "scan-too-large": "“{name}”太大，最多 {limit_mb} 兆。请把扫描的清晰度调低再扫，或者分成几份。",
    "scan-format": "“{name}”不是图片，也不是 PDF。请添加 JPG、PNG、BMP、TIFF 图片或者 PDF。",
    "scan-damaged": "“{name}”打不开，文件可能不完整。请重新扫描，或者从手机重新传一次。",
    "scan-pixels": "“{name}”的尺寸太大，最多 {most} 百万像素。请调低扫描的清晰度，再扫一次。",
    "scan-frames": "“{name}”里有好几页，只有 PDF 能放多页。请另存为 PDF，或者一页一张图片。",
    "scan-pages": "“{name}”有 {count} 页，最多 {most} 页。请分成几份。",
    "scan-locked": "“{name}”设了密码。请去掉密码，另存一份再添加。",
    # files on their way
    "file-missing": "这个附件的文件不在本机。请联网后再打开；本机扫描的，请重新扫描。",
    "file-wanted": "这个附件不在本机，现在也没有网络，已经记下要它。请写出下一个包带给对方，收到带回来的包以后再打开。",
    "file-unknown": "这个附件还没有传到{center}，或者本单位看不到这件。收件的电脑联网后会自动上传，请过一会儿再打开。",
    "file-offset": "附件传到第 {size} 个字节，会自动从这里接着传。",
    "file-too-large": "附件比登记的大（{limit_mb} 兆），{center}没有收。请重新扫描后再添加。",
    "file-differs": "附件传到以后和原来的对不上，这一次作废，会自动重传。请等待；一直这样的，请告诉{center}。",
}
