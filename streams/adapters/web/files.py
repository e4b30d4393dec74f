"""The page's own files, read once at the start: HTML, CSS, modules, fonts, words.

A further language of the wallboard is one more file in `static/i18n`.
"""

import hashlib
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from aiohttp import web

TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
COMPRESSED: Final = (".woff2",)


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is sent."""

    body: bytes
    type: str
    tag: str


class Files:
    """All files by their path below `static`, and the version that tells old pages from new."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}
        self._read(files("streams.adapters.web") / "static", "")
        tags = "".join(f"{path}{file.tag}" for path, file in sorted(self._files.items()))
        self.version: Final = hashlib.sha256(tags.encode()).hexdigest()[:12]
        self._words = _file("words.json", json.dumps(self.words()).encode())

    def _read(self, folder: Traversable, path: str) -> None:
        for entry in folder.iterdir():
            if entry.is_dir():
                self._read(entry, f"{path}{entry.name}/")
            else:
                self._files[path + entry.name] = _file(entry.name, entry.read_bytes())

    def words(self) -> Mapping[str, object]:
        """The words of every language, by its code."""
        return {
            path.removeprefix("i18n/").removesuffix(".json"): json.loads(file.body)
            for path, file in sorted(self._files.items())
            if path.startswith("i18n/")
        }

    async def static(self, request: web.Request) -> web.StreamResponse:
        """`/static/<path>`: only what was read at the start, so no path leads elsewhere."""
        file = self._files.get(request.match_info["path"])
        if file is None:
            raise web.HTTPNotFound(text="no such file\n")
        return _answer(request, file)

    async def all_words(self, request: web.Request) -> web.StreamResponse:
        """`/static/words.json`: all languages at once, so that switching needs no network."""
        return _answer(request, self._words)

    def page(self, name: str) -> web.Response:
        """An HTML page; it learns the version, by which it sees that a newer one is served."""
        body = self._files[name].body.replace(b"{{version}}", self.version.encode())
        return web.Response(body=body, content_type="text/html", charset="utf-8")


def _file(name: str, body: bytes) -> File:
    ending = name[name.rfind(".") :]
    kind = TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return File(body, kind, hashlib.sha256(body).hexdigest()[:16])


def _answer(request: web.Request, file: File) -> web.StreamResponse:
    response = web.Response(body=file.body, content_type=file.type)
    if file.type.startswith("text/") or file.type.endswith("json"):
        response.charset = "utf-8"
    # Asked again each time, answered 304: a new release is on every screen at the next load.
    response.headers["Cache-Control"] = "no-cache"
    response.etag = file.tag
    if any(tag.value in (file.tag, "*") for tag in request.if_none_match or ()):
        return web.Response(status=304, headers={"ETag": f'"{file.tag}"'})
    if not file.type.startswith("font/"):
        response.enable_compression()
    return response
