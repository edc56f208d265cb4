"""What station-app can do about printed slips with codes: print one, take scanned codes in."""

from __future__ import annotations

from argparse import Namespace

from station_app.cli.output import Output
from station_app.cli.station_commands import print_into, signed_in_as


def slip_print(options: Namespace, output: Output) -> None:
    print_into(options, output, "code_slip", options.batch)


def slip_read(options: Namespace, output: Output) -> None:
    from station_app.bootstrap.slips import read_slip

    desk = signed_in_as(options).desk
    for digits in options.digits:
        found = read_slip(desk, digits)
        line = {
            "batch_id": found.batch_id,
            "number": found.number,
            "missing": list(found.missing),
            "cases": found.cases,
        }
        output.answer(line, found.words)
