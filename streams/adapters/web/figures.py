"""Figures for other programs: `/api/kpis` (the lines of `vigie replay`), `/api/wallboard`.

A large answer is written in slices: in between, pages get their snapshots.
"""

import asyncio
import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import Final

import msgspec
from aiohttp import web

from streams.adapters.web.source import (
    DIMENSIONS,
    LINE_FIELDS,
    BadQueryError,
    BoardSource,
    Query,
)

SLICE: Final = 200
FORMATS: Final = {
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "csv": "text/csv",
}
PARAMETERS: Final = ("window", "by", "kpi", "at", "format")

_json = msgspec.json.Encoder()
Line = Mapping[str, object]


def query_of(request: web.Request) -> Query:
    """The question in an address such as ?window=1h&window=today&by=queue,channel&kpi=….

    Raises BadQueryError.
    """
    for name in request.query:
        if name not in PARAMETERS:
            message = f"unknown parameter {name!r}: use {', '.join(PARAMETERS)}"
            raise BadQueryError(message)
    by = _listed(request, "by")
    for name in by:
        if name not in DIMENSIONS:
            message = f"cannot group by {name!r}: use {', '.join(DIMENSIONS)}"
            raise BadQueryError(message)
    return Query(
        windows=_listed(request, "window"),
        by=by,
        kpis=_listed(request, "kpi"),
        at_s=tuple(_instant(text) for text in request.query.getall("at", [])),
    )


def _listed(request: web.Request, name: str) -> tuple[str, ...]:
    """A repeated parameter, each a list with commas too; every value once."""
    values = request.query.getall(name, [])
    found = (part.strip() for value in values for part in value.split(","))
    return tuple(dict.fromkeys(filter(None, found)))


def _instant(text: str) -> int:
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at.microsecond:
        message = f"{text!r} is no instant: write whole seconds with offset, 2026-11-22T10:15:00Z"
        raise BadQueryError(message)
    return int(at.timestamp())


def format_of(request: web.Request) -> str:
    """json, jsonl or csv: by `format`, else by what the asker accepts.

    Raises BadQueryError.
    """
    given = request.query.get("format")
    if given is None:
        accepted = request.headers.get("Accept", "")
        return next((name for name in ("jsonl", "csv") if FORMATS[name] in accepted), "json")
    if given not in FORMATS:
        message = f"unknown format {given!r}: use {', '.join(FORMATS)}"
        raise BadQueryError(message)
    return given


async def kpis(request: web.Request, source: BoardSource) -> web.StreamResponse:
    """The figures that were asked for, one line each."""
    try:
        shape = format_of(request)
        lines = iter(source.lines(query_of(request)))
        first = list(islice(lines, SLICE))
    except BadQueryError as error:
        return web.json_response({"error": str(error)}, status=400)
    response = web.StreamResponse()
    response.content_type = FORMATS[shape]
    response.charset = "utf-8"
    await response.prepare(request)
    for piece in _pieces(shape, chain(first, lines)):
        await response.write(piece)
        await asyncio.sleep(0)  # other requests and the next snapshot get their turn
    await response.write_eof()
    return response


def _pieces(shape: str, lines: Iterator[Line]) -> Iterator[bytes]:
    """The whole answer, cut into slices of lines."""
    opening, between, closing = _frame(shape)
    yield opening
    lead = b""
    while some := list(islice(lines, SLICE)):
        yield lead + (_csv(some) if shape == "csv" else between.join(map(_json.encode, some)))
        lead = between
    yield closing


def _frame(shape: str) -> tuple[bytes, bytes, bytes]:
    if shape == "json":
        return b"[\n", b",\n", b"\n]\n"
    if shape == "jsonl":
        return b"", b"\n", b"\n"
    return _csv([dict(zip(LINE_FIELDS, LINE_FIELDS, strict=True))]), b"", b""


def _csv(lines: Iterable[Line]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([line[name] for name in LINE_FIELDS] for line in lines)
    return out.getvalue().encode()


async def wallboard(request: web.Request, source: BoardSource) -> web.StreamResponse:
    """One page's state, as a stream sends it, with the descriptions."""
    state = source.wallboard(request.query.get("queue"))
    if state is None:
        return web.json_response({"error": "no such queue"}, status=404)
    return web.Response(body=_json.encode(state), content_type="application/json")
