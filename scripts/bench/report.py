"""Results as Markdown: ratios of the same run first, then every figure, then the machine."""

from __future__ import annotations

from typing import Any

#: A figure, what it is measured against in the same run, and what the quotient says.
RATIOS = (
    ("one season", "one season, SQL alone", "a season, everything, against its own SQL alone"),
    ("30 dates", "30 dates, SQL alone", "30 dates against their own SQL alone"),
    ("one date", "one date, SQL alone", "one date against its own SQL alone"),
    ("ten dates, a dbt build a date", "ten dates, backfill run", "a dbt build a date against one run of ten dates"),
    (
        "ten dates, dbt microbatch by day",
        "ten dates, backfill run",
        "dbt microbatch, without any test, against the same",
    ),
)


def as_markdown(results: dict[str, Any]) -> str:
    """The page bench/results.md."""
    figures = results["figures"]
    lines = ["# Benchmark", "", "| ratio | times |", "|---|---:|"]
    for name, limit, meaning in RATIOS:
        if name in figures and limit in figures:
            lines.append(f"| {meaning} | {figures[name]['wall'] / figures[limit]['wall']:.2f} |")
    lines += [
        "",
        "| work | runs | seconds | shortest | longest | CPU s | peak MiB |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, figure in figures.items():
        lines.append(
            f"| {name} | {figure['runs']} | {figure['wall']:.2f} | {figure['shortest']:.2f} | {figure['longest']:.2f} "
            f"| {figure['cpu']:.2f} | {figure['peak_mib']:,.0f} |"
        )
    data = results["data"]
    lines += ["", f"Data: {data['raw']}, {data['first']} to {data['last']}.", ""]
    lines += [", ".join(f"{name} {value}" for name, value in results["machine"].items()) + ".", ""]
    return "\n".join(lines)
