"""What station-app does with packages: the same exchange, by a file that somebody carries."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from station_app.bootstrap.packages import export_package, import_package
from station_app.cli.output import Output
from station_app.cli.station_commands import signed_in_as
from station_app.messages import sentence
from station_app.usecases.packing_files import Room
from station_app.usecases.reference import organisation_names


def package_export(options: Namespace, output: Output) -> None:
    signed_in = signed_in_as(options)
    room = Room(files=not options.without_files)
    if options.volume_mb > 0:
        room = replace(room, most_bytes=min(room.most_bytes, options.volume_mb << 20))
    volumes = export_package(signed_in, options.to, Path(options.file), room)
    (made, path), files = volumes[0], sum(len(volume.files) for volume, _ in volumes)
    with signed_in.desk.read_book() as book:
        name = organisation_names(book).get(options.to, options.to)
    found = {
        "package_id": made.note.package_id,
        "events": made.events,
        "receipts": len(made.receipts),
        "number": made.note.number,
        "parts": len(made.parts),
        "files": files,
        "file": str(path),
        "volumes": [str(path) for _, path in volumes],
    }
    paths = "、".join(str(path) for _, path in volumes)
    more = f"，附件 {files} 份" if files else ""
    more += f"，一共 {len(volumes)} 个文件，都要带去" if len(volumes) > 1 else ""
    output.answer(
        found, f"已存到 {paths}：给{name}的第 {made.note.number} 个包，{made.events} 条记录{more}。现在可以安全拔出。"
    )


def package_import(options: Namespace, output: Output) -> None:
    signed_in = signed_in_as(options)
    taken = import_package(signed_in, Path(options.file))
    with signed_in.desk.read_book() as book:
        name = organisation_names(book).get(taken.org, taken.org)
    found = {
        "package_id": taken.package_id,
        "events": taken.pulled,
        "receipts": taken.settled,
        "org": taken.org,
        "number": taken.number,
        "again": taken.again,
        "kept": taken.kept,
        "missing": list(taken.missing),
        "codes": list(taken.codes),
        "files": taken.files,
        "files_lacking": taken.lacking,
    }
    again = "（以前已经收过）" if taken.again else ""
    words = [f"收下{name}的第 {taken.number} 个包{again}：新到 {taken.pulled} 条，{{center}}已收 {taken.settled} 条。"]
    words += [f"代转 {taken.kept} 份，联网后自动转交，或随下一个包带走。"] if taken.kept else []
    words += [f"附件新到 {taken.files} 份。"] if taken.files else []
    words += [f"有 {taken.lacking} 份附件没有收全，请让对方再带一次。"] if taken.lacking else []
    words += [f"第 {'、'.join(map(str, taken.missing))} 个包还没有收到。"] if taken.missing else []
    words += [sentence(code) for code in taken.codes]
    output.answer(found, "".join(words).replace("{center}", "县中心"))
