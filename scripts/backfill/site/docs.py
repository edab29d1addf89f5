"""Docs made by other tools: the static site of dbt, column lineage of dbt-colibri, Data Docs of Great Expectations."""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from backfill.base.dbt import NO_DATES, environment, run_command
from backfill.base.errors import BackfillError
from backfill.base.project import project_root, target_folder
from backfill.base.warehouse import Warehouse
from backfill.quality.data_docs import make_offline, suite_results
from backfill.site.pages import Site

#: Put into pages of other tools: a way back, and nothing else.
BACK = (
    '<a href="{root}index.html" style="position:fixed;right:12px;top:8px;z-index:9999;padding:6px 12px;'
    'border-radius:6px;background:#00558c;color:#fff;font:600 14px system-ui,sans-serif;text-decoration:none">'
    "NBA backfill warehouse</a>"
)
VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'
#: What the pages of other tools would load from elsewhere.
FOREIGN = re.compile(r"<(link|script|img)\b[^>]*(?:href|src)=[\"'](?:https?:)?//[^>]*>(?:\s*</script>)?", re.IGNORECASE)
#: Icons that other tools ask for and do not write, and addresses at the root of a server.
ICON = re.compile(r"<link\b[^>]*favicon[^>]*>", re.IGNORECASE)
CANONICAL = re.compile(r"<link\b[^>]*rel=[\"']canonical[\"'][^>]*>", re.IGNORECASE)
LINK = re.compile(r"\bhref=[\"']([^\"':#]+)(?:#[^\"']*)?[\"']")
#: Of a dbt artifact, what tells where the project is on this machine.
PATHS = {"root_path", "compiled_path", "build_path"}
TELEMETRY_OFF = "window.colibriTelemetry = false"


@dataclass
class Lineage:
    """Columns that a column is made from, and those that are made from it; each a (unique id, column) pair."""

    parents: Mapping[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)
    children: Mapping[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)


def generate_docs(warehouse: Warehouse) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run `dbt docs generate --static` and return manifest and catalog. Raises BackfillError when dbt cannot."""
    warehouse.wait()
    with environment(NO_DATES, warehouse.path):
        outcome = run_command(["docs", "generate", "--static"], warehouse.target)
    if not outcome.success:
        raise BackfillError("dbt cannot write its docs; see logs/dbt.log", "dbt docs generate --static")
    target = target_folder(project_root())
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return manifest, json.loads((target / "catalog.json").read_text(encoding="utf-8"))


def describe_columns(manifest: dict[str, Any], catalog: dict[str, Any]) -> list[str]:
    """Give every column of the warehouse an entry with a description in the manifest, and return those that have none.

    A column that its YAML does not describe means what the column of that name means in the nearest table it is read
    from; failing that, what the doc block of that name says.
    """
    blocks = {block["name"]: block["block_contents"] for block in manifest["docs"].values()}
    nodes = {**manifest["nodes"], **manifest["sources"]}
    missing = []
    for unique_id, relation in {**catalog["nodes"], **catalog["sources"]}.items():
        if unique_id not in nodes:
            continue
        columns = nodes[unique_id]["columns"]
        for name, found in relation["columns"].items():
            column = columns.setdefault(name, {"name": name, "description": "", "data_type": found["type"]})
            if not column.get("description"):
                column["description"] = _inherited(unique_id, name, nodes) or blocks.get(name, "").strip()
            if not column["description"]:
                missing.append(f"{unique_id}.{name}")
    return missing


def _inherited(unique_id: str, column: str, nodes: Mapping[str, Any]) -> str:
    """The description of a column of this name in the nearest ancestor that describes it; '' without one."""
    waiting, seen = list(nodes[unique_id].get("depends_on", {}).get("nodes", [])), set()
    while waiting:
        parent = waiting.pop(0)
        if parent in seen or parent not in nodes:
            continue
        seen.add(parent)
        said = nodes[parent]["columns"].get(column, {}).get("description")
        if said:
            return str(said)
        waiting += nodes[parent].get("depends_on", {}).get("nodes", [])
    return ""


def write_dbt_docs(site: Site, manifest: dict[str, Any], catalog: dict[str, Any]) -> None:
    """dbt's own one-page site, with the descriptions of `manifest`, and without paths of this machine."""
    target = target_folder(project_root())
    text = (target / "static_index.html").read_text(encoding="utf-8")
    for name, document in (("manifest.json", manifest), ("catalog.json", catalog)):
        written = (target / name).read_text(encoding="utf-8")
        if written not in text:
            raise BackfillError(f"dbt's static page does not hold its {name}", "dbt docs generate --static")
        text = text.replace(written, _json(_without_paths(document)))
    site.text("docs/index.html", _framed(text, "../"))


def write_lineage(site: Site, manifest: dict[str, Any], catalog: dict[str, Any]) -> Lineage:
    """The page of dbt-colibri, telemetry off, and the same lineage as data. Raises BackfillError when it finds none."""
    from dbt_colibri.lineage_extractor.extractor import DbtColumnLineageExtractor
    from dbt_colibri.report.generator import DbtColibriReportGenerator

    _know_set_operations()
    logging.getLogger("colibri").setLevel(logging.CRITICAL)
    folder = site.folder / "lineage"
    folder.mkdir()
    inputs = []
    for name, document in (("manifest", manifest), ("catalog", catalog)):
        inputs.append(folder / f"{name}.json")
        inputs[-1].write_text(_json(_without_paths(document)), encoding="utf-8")
    extractor = DbtColumnLineageExtractor(*map(str, inputs))
    generator = DbtColibriReportGenerator(extractor, light_mode=True, disable_telemetry=True)
    generator.generate_report(output_dir=str(folder))
    edges = json.loads((folder / "colibri-manifest.json").read_text(encoding="utf-8"))["lineage"]["edges"]
    text = (folder / "index.html").read_text(encoding="utf-8")
    for file in folder.iterdir():
        file.unlink()
    if not edges or TELEMETRY_OFF not in text:
        raise BackfillError("dbt-colibri found no lineage of columns", "dbt docs generate --static")
    site.text("lineage/index.html", _framed(text, "../"))
    lineage = Lineage(defaultdict(list), defaultdict(list))
    for edge in edges:
        parent, child = (edge["source"], edge["sourceColumn"]), (edge["target"], edge["targetColumn"])
        if parent[1] and child[1] and parent not in lineage.parents[child]:
            lineage.parents[child].append(parent)
            lineage.children[parent].append(child)
    return lineage


def _know_set_operations() -> None:
    """dbt-colibri 0.3.7 asks sqlglot for a name that it changed; without it no column of a UNION has a lineage."""
    from sqlglot.optimizer.scope import Scope

    if not hasattr(Scope, "union_scopes"):
        Scope.union_scopes = property(lambda scope: scope.set_operation_scopes)


def copy_data_docs(site: Site, folder: Path) -> bool:
    """Copy the Data Docs that `backfill validate` wrote, made to fit the site. FALSE when it has not run yet.

    Their first page is written as one of the site.
    """
    if not (folder / "index.html").is_file():
        return False
    copied = site.folder / "data_docs"
    shutil.copytree(folder, copied)
    make_offline(copied).unlink()
    listed = suite_results(copied)
    pages = sorted(copied.rglob("*.html"))
    site.page("data_docs/index.html", "data_docs.html", "Data Docs", listed=listed)
    for page in pages:
        root = "../" * len(page.relative_to(site.folder).parts[:-1])
        style = VIEWPORT + f'<link rel="icon" href="data:,"><link rel="stylesheet" href="{root}assets/data_docs.css">'
        text = ICON.sub("", page.read_text(encoding="utf-8")).replace("</head>", f"{style}</head>", 1)
        text = LINK.sub(lambda match, page=page: match.group() if _exists(page, match.group(1)) else "", text)
        page.write_text(text.replace("</body>", BACK.format(root=root) + "</body>", 1), encoding="utf-8")
    return True


def _exists(page: Path, link: str) -> bool:
    """FALSE for a page that Great Expectations links and did not write: it has no pages of expectations alone."""
    return (page.parent / unquote(link)).is_file()


def _framed(text: str, root: str) -> str:
    """A page of another tool with a way back, readable on a phone, and without anything from other servers."""
    text = ICON.sub("", CANONICAL.sub("", FOREIGN.sub("", text)))
    # a template that a browser takes for an address before the script of the page has filled it
    text = text.replace('xlink:href="{{', 'ng-attr-xlink:href="{{')
    text = text.replace("<head>", '<head><link rel="icon" href="data:,">', 1)
    if "viewport" not in text[:5000]:
        text = text.replace("<head>", f"<head>{VIEWPORT}", 1)
    # the last one: scripts of the page hold the tag in their texts
    before, _, after = text.rpartition("</body>")
    return f"{before}{BACK.format(root=root)}</body>{after}"


def _without_paths(document: dict[str, Any]) -> dict[str, Any]:
    """A dbt artifact that does not tell where the project is on this machine."""
    document = json.loads(json.dumps(document, default=str))
    for part in ("nodes", "macros", "docs", "sources"):
        for node in document.get(part, {}).values():
            for name in PATHS & set(node):
                node[name] = None
    document.get("metadata", {}).pop("env", None)
    document["metadata"] = {
        name: value for name, value in document["metadata"].items() if name not in ("user_id", "invocation_id")
    }
    return document


def _json(document: Any) -> str:
    """JSON that can stand inside a script element."""
    return json.dumps(document, default=str, separators=(",", ":")).replace("</", "<\\/")
