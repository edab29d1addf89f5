"""Which code the checkout holds: digests of the models as the ledger spells them, found without building anything."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

#: The analysis that tells which code the audits are.
CHECKS = "check_versions"
#: What the SQL of a model and of its audit depends on.
CODE = ("dbt_project.yml", "models", "macros", "seeds", "tests/singular", "analyses")


def project_digest(root: Path) -> str:
    """Digest of every file that the SQL of a model can depend on, and of the vars in the environment."""
    digest = hashlib.sha256()
    for part in CODE:
        path = root / part
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in files:
            digest.update(str(file.relative_to(root)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def code_version(compiled: str, database: str) -> str:
    """The digest that macro code_version (macros/ledger) computes of the same SQL; a test holds the two together."""
    text = re.sub(r"(?s)/\* depends on the past \*/.*?/\* end \*/", "", compiled)
    text = re.sub(r"--[^\n]*", "", text)
    text = re.sub(r"cast\('(?!9999|1946)[0-9]{4}-[0-9]{2}-[0-9]{2}' as date\)", "DATE", text)
    text = text.replace(f'"{database}".', "").replace(f"`{database}`.", "")
    return hashlib.md5(re.sub(r"\s+", " ", text).strip().encode()).hexdigest()


def code_versions(results: list[Any]) -> dict[str, str]:
    """Model -> version, from the results of `dbt compile`: of incremental models, and `checks:model` of audits."""
    checks = next((result.node.compiled_code for result in results if result.node.name == CHECKS), "")
    audits = {f"checks:{model}": version for model, version in re.findall(r"'(\w+)'[^']*'([0-9a-f]{32})'", checks)}
    return audits | {
        result.node.name: code_version(result.node.compiled_code, result.node.database)
        for result in results
        if result.node.resource_type == "model" and result.node.config.materialized == "incremental"
    }


def read_cache(path: Path, digest: str) -> dict[str, str] | None:
    """Versions written by write_cache() for the same project digest, else None."""
    if not path.is_file():
        return None
    cached = json.loads(path.read_text())
    return cached["versions"] if cached.get("project") == digest else None


def write_cache(path: Path, digest: str, versions: dict[str, str]) -> None:
    """Keep the versions beside the compiled project; a process killed here leaves the file as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({"project": digest, "versions": versions}))
    draft.replace(path)
