"""A LightGBM model as arrays: per node the input it asks, its threshold, its children, and what a leaf adds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

#: Leaves add whole billionths of a point: sums of whole numbers do not depend on their order.
BILLIONTHS = 1_000_000_000
#: Steps from the root to the deepest leaf that macros/predictions/trained_models.sql takes.
DEPTH = 6


@dataclass(frozen=True)
class Tree:
    """Nodes numbered from 1, the root first; a leaf is its own left and right child. `input` counts from 1, too."""

    input: list[int]
    threshold: list[float]
    left_child: list[int]
    right_child: list[int]
    unknown_goes_left: list[bool]
    value_x1e9: list[int]

    def score_x1e9(self, row: Sequence[float | None]) -> int:
        """What the tree adds for a row of inputs, None where unknown: the same walk as the SQL takes."""
        node = 1
        for _ in range(DEPTH):
            place = node - 1
            asked = row[self.input[place] - 1]
            goes_left = self.unknown_goes_left[place] if asked is None else asked <= self.threshold[place]
            node = self.left_child[place] if goes_left else self.right_child[place]
        return self.value_x1e9[node - 1]


def trees_of(dumped: Mapping[str, Any]) -> list[Tree]:
    """The trees of `Booster.dump_model()`. Raises ValueError for a split that is no comparison, or a tree too deep."""
    return [_tree(info["tree_structure"]) for info in dumped["tree_info"]]


def version_of(
    system_id: str, effective_from: date, inputs: Sequence[str], parameters: Mapping[str, Any], trees: Sequence[Tree]
) -> str:
    """Id of a version: a digest of everything that decides what it predicts."""
    said = json.dumps(
        [system_id, str(effective_from), list(inputs), dict(parameters), [asdict(tree) for tree in trees]],
        sort_keys=True,
    )
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _tree(structure: Mapping[str, Any]) -> Tree:
    tree = Tree([], [], [], [], [], [])
    _add(tree, structure, 0)
    return tree


def _add(tree: Tree, node: Mapping[str, Any], depth: int) -> int:
    """Append a node and what is below it; returns its number."""
    number = len(tree.input) + 1
    is_leaf = "split_feature" not in node
    if depth > DEPTH:
        raise ValueError(f"a leaf lies {depth} steps deep, and SQL takes {DEPTH}")
    if not is_leaf and node["decision_type"] != "<=":
        raise ValueError(f"a split by {node['decision_type']} is no comparison with a threshold")
    tree.input.append(1 if is_leaf else node["split_feature"] + 1)
    tree.threshold.append(0.0 if is_leaf else float(node["threshold"]))
    tree.left_child.append(number)
    tree.right_child.append(number)
    tree.unknown_goes_left.append(is_leaf or _unknown_goes_left(node))
    tree.value_x1e9.append(round(node["leaf_value"] * BILLIONTHS) if is_leaf else 0)
    if not is_leaf:
        tree.left_child[number - 1] = _add(tree, node["left_child"], depth + 1)
        tree.right_child[number - 1] = _add(tree, node["right_child"], depth + 1)
    return number


def _unknown_goes_left(node: Mapping[str, Any]) -> bool:
    """An input that was never unknown in training counts as 0 when it is, else the tree has learned where it goes."""
    return bool(node["default_left"]) if node["missing_type"] == "NaN" else float(node["threshold"]) >= 0
