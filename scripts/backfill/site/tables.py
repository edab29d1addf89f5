"""Pages of the tables: what a column means, what it is made from, what is made from it, and a search over all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from backfill.base.phases import NAMES, TAGS
from backfill.site.docs import Lineage
from backfill.site.pages import Site

KINDS = {"model": "model", "source": "raw or ledger table", "seed": "seed"}
LAYERS = {tag: NAMES[phase] for tag, phase in TAGS.items()}


@dataclass
class Column:
    """A column of a table; parents and children are (page, table, column)."""

    name: str
    data_type: str
    description: str
    parents: list[tuple[str, str, str]] = field(default_factory=list)
    children: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class TablePage:
    """A model, source or seed as a page. `lineage` and `docs` are routes of the pages of the other tools."""

    unique_id: str
    name: str
    kind: str
    folder: str
    description: str
    grain: str
    reads: dict[str, str]
    columns: list[Column]
    page: str
    is_tested: bool

    @property
    def lineage(self) -> str:
        """Query of the page of dbt-colibri that opens this table."""
        return f"?model={quote(self.unique_id)}&parents=1"

    @property
    def docs(self) -> str:
        """Route of the dbt docs to this table."""
        kind = self.unique_id.split(".", 1)[0]
        return f"#!/{kind}/{quote(self.unique_id)}"


def read_tables(manifest: dict[str, Any], catalog: dict[str, Any], lineage: Lineage) -> list[TablePage]:
    """Every model, source and seed of the project that has columns, models first."""
    relations = {**catalog["nodes"], **catalog["sources"]}
    nodes = {
        unique_id: node
        for unique_id, node in {**manifest["nodes"], **manifest["sources"]}.items()
        if node["resource_type"] in KINDS
    }
    pages = {unique_id: _page(unique_id, node) for unique_id, node in nodes.items()}
    tested = {node.get("attached_node") for node in manifest["nodes"].values() if node["resource_type"] == "test"}
    traced: dict[str, set[str]] = {}
    for unique_id, name in {*lineage.parents, *lineage.children}:
        traced.setdefault(unique_id, set()).add(name)
    found = []
    for unique_id, node in nodes.items():
        meta = node["config"].get("meta", {})
        known = relations.get(unique_id, {"columns": {}})["columns"]
        ordered = sorted(known, key=lambda name: known[name]["index"]) if known else list(node["columns"])
        # a model that is only a part of others is not in the catalog; its columns are those that have a lineage
        ordered += sorted(name for name in traced.get(unique_id, ()) if name not in ordered)
        columns = []
        for name in ordered:
            described = node["columns"].get(name, {})
            columns.append(
                Column(
                    name,
                    str(known[name]["type"] if name in known else described.get("data_type") or "").lower(),
                    " ".join((described.get("description") or "").split()),
                    _linked(lineage.parents.get((unique_id, name), ()), nodes, pages),
                    _linked(lineage.children.get((unique_id, name), ()), nodes, pages),
                )
            )
        reads = {name: _window(window) for name, window in meta.get("reads", {}).items()}
        found.append(
            TablePage(
                unique_id,
                node["name"],
                KINDS[node["resource_type"]],
                _folder(node),
                " ".join(node["description"].split()),
                ", ".join(meta.get("grain") or meta.get("key") or ()),
                reads,
                columns,
                pages[unique_id],
                unique_id in tested,
            )
        )
    return sorted(found, key=lambda table: (list(KINDS.values()).index(table.kind), table.folder, table.name))


def write_tables(site: Site, tables: Sequence[TablePage], seasons: Sequence[str]) -> None:
    """One page a table, and the page that searches all columns."""
    folders: dict[str, list[TablePage]] = {}
    for table in tables:
        folders.setdefault(table.folder, []).append(table)
        site.page(f"tables/{table.page}", "table.html", table.name, table=table, seasons=seasons)
    entries = [
        [column.name, table.name, table.page, column.description] for table in tables for column in table.columns
    ]
    site.data("tables/columns.js", "columns", entries)
    site.page("tables/index.html", "tables.html", "Tables and columns", folders=folders, count=len(entries))


def _page(unique_id: str, node: Mapping[str, Any]) -> str:
    kind = node["resource_type"]
    return f"{node['name']}.html" if kind == "model" else f"{kind}-{node['name']}.html"


def _folder(node: Mapping[str, Any]) -> str:
    """Where the table belongs: its phase when it is published, else its folder of the project."""
    for tag, name in LAYERS.items():
        if tag in node.get("tags", ()) and "expected_entities" in node["config"]["meta"]:
            return name
    if node["resource_type"] == "source":
        return f"raw: {node['source_name']}" if "raw" in node["schema"] else f"source: {node['source_name']}"
    return "/".join(node["original_file_path"].split("/")[:-1])


def _window(window: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in window.items()) if isinstance(window, dict) else str(window)


def _linked(
    columns: Sequence[tuple[str, str]], nodes: Mapping[str, Any], pages: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    return sorted(
        (pages[unique_id], nodes[unique_id]["name"], name) for unique_id, name in columns if unique_id in nodes
    )
