"""What station-app does with packages: the same exchange, by a file that somebody carries."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from station_app.bootstrap.packages import export_package, import_package
from station_app.cli.output import Output
from station_app.cli.station_commands import signed_in_as
from station_app.messages import sentence
from station_app.usecases.reference import organisation_names


def package_export(options: Namespace, output: Output) -> None:
    signed_in = signed_in_as(options)
    made, path = export_package(signed_in, options.to, Path(options.file))
    with signed_in.desk.read_book() as book:
        name = organisation_names(book).get(options.to, options.to)
    found = {
        "package_id": made.note.package_id,
        "events": made.events,
        "receipts": len(made.receipts),
        "number": made.note.number,
        "parts": len(made.parts),
        "file": str(path),
    }
    output.answer(
        found, f"已存到 {path}：给{name}的第 {made.note.number} 个包，{made.events} 条记录。现在可以安全拔出。"
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
    }
    again = "（以前已经收过）" if taken.again else ""
    words = [f"收下{name}的第 {taken.number} 个包{again}：新到 {taken.pulled} 条，{{center}}已收 {taken.settled} 条。"]
    words += [f"代转 {taken.kept} 份，联网后自动转交，或随下一个包带走。"] if taken.kept else []
    words += [sentence(code) for code in taken.codes]
    output.answer(found, "".join(words).replace("{center}", "县中心"))
