"""Files as they were left: in folders, compressed, in archives. Nothing is unpacked to disk.

A document tells what it is (its columns, or the first part of its text) before it is read whole, so that a layout can
recognise it. What cannot be what its name says is refused in one sentence.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any

from backfill.base.errors import BackfillError
from backfill.raw.files import AS_UTF_8, SEPARATORS, files_below

KINDS = (".json", ".csv", ".pdf", ".xlsx", ".html", ".htm")
COMPRESSED: dict[str, Callable[[IO[bytes]], IO[bytes]]] = {
    ".gz": lambda file: gzip.GzipFile(fileobj=file),
    ".bz2": lambda file: bz2.BZ2File(file),
    ".xz": lambda file: lzma.LZMAFile(file),  # noqa: SIM115 - whoever opens the document closes it
}
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")
#: What reading a damaged or locked file raises; zlib's error is raised by gzip and zip, RuntimeError by a password.
UNREADABLE = (OSError, EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, tarfile.TarError, RuntimeError)
#: How much of a document is looked at to recognise it, in bytes.
HEAD = 1 << 16
#: No line of a table and no answer of an API is longer, in bytes: what is, is no such file.
LONGEST_LINE, LARGEST_ANSWER = 1 << 20, 1 << 29
#: Excel and others begin files so.
NOT_TEXT = {
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\x1f\x8b": "compressed by gzip",
    b"%PDF": "a PDF",
}


class Refused(BackfillError):
    """A document that cannot be imported: where, what was found, what was expected."""


@dataclass(frozen=True)
class Document:
    """One file. `label` is how it is told to the user, `name` its own name in lower case without a compression's
    suffix, `written` when it was last changed (UTC), `size` its bytes on disk."""

    label: str
    name: str
    opened: Callable[[], IO[bytes]] = field(repr=False, compare=False)
    written: datetime = field(compare=False)
    size: int = field(compare=False, default=0)

    @property
    def kind(self) -> str:
        """json, csv, pdf, xlsx or html."""
        return {"htm": "html"}.get(self.name.rsplit(".", 1)[-1], self.name.rsplit(".", 1)[-1])

    @cached_property
    def head(self) -> str:
        """The first part of a text. Raises Refused for an empty document and one of another kind than its name says."""
        with self._open() as file:
            start = file.read(HEAD)
        if not start.strip():
            raise Refused(f"{self.label} is empty")
        for signature, called in NOT_TEXT.items():
            if self.kind in ("csv", "json") and start.startswith(signature):
                raise Refused(f"{self.label} is {called}, not {self.kind.upper()} in UTF-8", AS_UTF_8)
        found = start.decode("utf-8-sig", errors="replace").lstrip()
        if self.kind in ("csv", "json") and found[:200].lower().startswith(("<!doctype", "<html", "<?xml", "<head")):
            raise Refused(
                f"{self.label} is a web page, not {self.kind.upper()}: the site answered with an error page",
                "fetch the file again",
            )
        return found

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of a CSV, in their order, without blanks around them; empty for other kinds."""
        if self.kind != "csv":
            return ()
        line = self.head.splitlines()[0]
        header = [name.strip() for name in next(csv.reader([line]))]
        for separator, called in SEPARATORS.items():
            if len(header) == 1 and separator in line:
                raise Refused(f"{self.label} has {called} between its columns, not commas", "save it with commas")
        return tuple(header)

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Line number and named cells of each row of a CSV; of columns with one name, the last."""
        header = self.columns
        for line, cells in self.cells():
            yield line, dict(zip(header, cells, strict=True))

    def cells(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row of a CSV. Raises Refused for a row of other length, or no UTF-8."""
        reader = csv.reader(self._lines())
        width = len(self.columns)
        try:
            next(reader, None)
            for cells in reader:
                if len(cells) == width:
                    yield reader.line_num, cells
                elif any(cell.strip() for cell in cells):
                    raise Refused(
                        f"{self.label}: line {reader.line_num} has {len(cells)} cells, the first line {width}: "
                        "the file is cut off, or a comma stands unquoted in a cell"
                    )
        except csv.Error as error:
            raise Refused(f"{self.label}: line {reader.line_num} is no CSV: {error}") from error

    @contextmanager
    def _open(self) -> Iterator[IO[bytes]]:
        """The content; whatever is wrong with its packing is refused."""
        try:
            with self.opened() as file:
                yield file
        except UNREADABLE as error:
            raise Refused(f"{self.label} cannot be unpacked or read: {error}") from error

    def _lines(self) -> Iterator[str]:
        with self._open() as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE:
                    raise Refused(f"{self.label}: line {number} is longer than {LONGEST_LINE >> 20} MB: this is no CSV")
                try:
                    yield line.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError as error:
                    found = line[max(0, error.start - 10) : error.end + 10].decode("cp1252", errors="replace").strip()
                    raise Refused(
                        f"{self.label}: line {number} is not UTF-8: '{found}' looks like Latin-1 or Windows-1252",
                        AS_UTF_8,
                    ) from error

    def bytes(self) -> bytes:
        """The whole content. Raises Refused above LARGEST_ANSWER."""
        with self._open() as file:
            content = file.read(LARGEST_ANSWER + 1)
        if len(content) > LARGEST_ANSWER:
            raise Refused(f"{self.label} is larger than {LARGEST_ANSWER >> 20} MB: this is no answer of an API")
        return content

    def json(self) -> Any:
        """The parsed document. Raises Refused, with line and column, for one that is no JSON."""
        _ = self.head
        try:
            return json.loads(self.bytes().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise Refused(f"{self.label} is not UTF-8 at byte {error.start}", AS_UTF_8) from error
        except json.JSONDecodeError as error:
            cut = error.pos >= len(error.doc.rstrip()) - 1
            said = "it ends in the middle: the download was cut off" if cut else error.msg
            raise Refused(
                f"{self.label} is no JSON: line {error.lineno}, column {error.colno}: {said}", "fetch the file again"
            ) from error
        except RecursionError as error:
            raise Refused(f"{self.label} is nested too deeply to be an answer of an API") from error


@dataclass
class Found:
    """The documents of some paths, and the files that are of no kind that is read."""

    documents: list[Document] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def find_documents(paths: list[Path]) -> Found:
    """All documents in files and folders, in order of their names; files and folders named .* or _* are left alone.

    Raises Refused for a path that does not exist, and for an archive that cannot be read or whose names lead out of it.
    """
    found = Found()
    for path in paths:
        if not path.exists():
            raise Refused(f"{path} does not exist")
        if path.is_dir():
            for inside in files_below(path):
                parts = inside.relative_to(path).parts
                if inside.is_file() and not any(part.startswith((".", "_")) for part in parts):
                    _add(found, inside, str(inside))
        else:
            _add(found, path, str(path))
    return found


def _add(found: Found, path: Path, label: str) -> None:
    name = path.name.lower()
    stat = path.stat()
    written = datetime.fromtimestamp(int(stat.st_mtime), UTC).replace(tzinfo=None)
    if name.endswith(ARCHIVES):
        try:
            found.documents += list(_of_zip(path, label) if name.endswith(".zip") else _of_tar(path, label))
        except UNREADABLE as error:
            raise Refused(f"{label} cannot be unpacked: {error}") from error
        return
    suffix = path.suffix.lower()
    plain = name.removesuffix(suffix) if suffix in COMPRESSED else name
    if not plain.endswith(KINDS):
        found.others.append(label)
    elif suffix in COMPRESSED:
        unpack = COMPRESSED[suffix]
        found.documents.append(Document(label, plain, lambda: unpack(path.open("rb")), written, stat.st_size))
    else:
        found.documents.append(Document(label, plain, lambda: path.open("rb"), written, stat.st_size))


def _of_zip(path: Path, label: str) -> Iterator[Document]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.is_dir() and (name := _inside(label, entry.filename)):
                written = datetime(*entry.date_time)
                yield Document(
                    f"{label}: {entry.filename}", name, _zip_opener(path, entry.filename), written, entry.compress_size
                )


def _zip_opener(path: Path, name: str) -> Callable[[], IO[bytes]]:
    return lambda: zipfile.ZipFile(path).open(name)


def _of_tar(path: Path, label: str) -> Iterator[Document]:
    """The files of a tar archive, each read into memory once: such an archive has no index."""
    with tarfile.open(path) as archive:
        for entry in archive:
            if not entry.isfile() and not entry.isdir():
                raise Refused(f"{label}: {entry.name} is a link or a device, not a file")
            if entry.isfile() and (name := _inside(label, entry.name)):
                content = archive.extractfile(entry)
                data = content.read() if content else b""
                written = datetime.fromtimestamp(int(entry.mtime), UTC).replace(tzinfo=None)
                yield Document(f"{label}: {entry.name}", name, _bytes_opener(data), written, len(data))


def _bytes_opener(data: bytes) -> Callable[[], IO[bytes]]:
    return lambda: io.BytesIO(data)


def _inside(label: str, name: str) -> str | None:
    """The own name, in lower case, of a file in an archive that can be read; None for what is left alone."""
    inside = PurePosixPath(name.replace("\\", "/"))
    if inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[0]:
        raise Refused(f"{label}: the name '{name}' leads out of the archive; it was made to overwrite files")
    if any(part.startswith((".", "_")) for part in inside.parts) or not inside.name.lower().endswith(KINDS):
        return None
    return inside.name.lower()
