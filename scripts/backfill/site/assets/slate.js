// The slate of a date: what each system expected, the line, and the result. The data of a month is a script.
"use strict";
(() => {
  const [month, date, lined, search] = ["month", "date", "lined", "search"].map((id) => document.getElementById(id));
  const FIXED = ["player", "team", "against", "line", "over", "under", "scored", "10 %", "90 %"];
  let order = { column: 3, falls: true };

  const data = () => window.slates[month.value];
  const shown = (value) => (value === null || value === undefined ? "-" : String(value));

  function load() {
    if (data()) return dates();
    const script = document.createElement("script");
    script.src = `slate-${month.value}.js`;
    script.addEventListener("load", dates);
    document.head.append(script);
  }

  function dates() {
    date.replaceChildren(...Object.keys(data().days).sort().reverse().map((one) => new Option(one, one)));
    const anyLine = Object.values(data().days).some((rows) => rows.some((row) => row[3] !== null));
    if (!anyLine) lined.value = "";
    show();
  }

  // row: name, team, opponent, line, over, under, scored, low, high, then a number per system
  const cells = (row) => [data().names[row[0]], ...row.slice(1)];

  function show() {
    const wanted = search.value.trim().toLowerCase();
    const rows = data().days[date.value]
      .filter((row) => (!lined.value || row[3] !== null))
      .map((row) => [row, cells(row)])
      .filter(([, values]) => !wanted || values.slice(0, 3).join(" ").toLowerCase().includes(wanted));
    const { column, falls } = order;
    rows.sort(([, a], [, b]) => {
      const [x, y] = [a[column], b[column]];
      if (x === null || y === null) return (x === null) - (y === null);
      const way = typeof x === "number" ? x - y : String(x).localeCompare(String(y));
      return falls ? -way : way;
    });
    table(document.getElementById("slate"), [...FIXED, ...data().systems], rows.map(([, values]) => values), (name) => his(name));
    const held = rows.filter(([, v]) => v[6] !== null && v[7] !== null);
    const inside = held.filter(([, v]) => v[7] <= v[6] && v[6] <= v[8]).length;
    document.getElementById("says").textContent = `${rows.length} players on ${date.value}; ` +
      (held.length ? `${inside} of the ${held.length} who played lay in the interval.` : "no result yet, or no interval.");
  }

  function his(name) {
    const games = Object.entries(data().days).flatMap(([day, rows]) =>
      rows.filter((row) => data().names[row[0]] === name).map((row) => [day, ...cells(row).slice(1)])).sort().reverse();
    const title = document.getElementById("who");
    title.textContent = `${name}, ${month.value}`;
    title.hidden = false;
    table(document.getElementById("his"), ["date", ...FIXED.slice(1), ...data().systems], games);
    title.scrollIntoView({ block: "nearest" });
  }

  function table(element, headings, rows, choose) {
    const head = document.createElement("thead");
    const line = head.insertRow();
    headings.forEach((heading, column) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      if (choose) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sort";
        button.textContent = heading.replaceAll("_", " ");
        if (column === order.column) cell.setAttribute("aria-sort", order.falls ? "descending" : "ascending");
        button.addEventListener("click", () => {
          order = { column, falls: column === order.column ? !order.falls : column > 2 };
          show();
        });
        cell.append(button);
      } else cell.textContent = heading.replaceAll("_", " ");
      line.append(cell);
    });
    const body = document.createElement("tbody");
    for (const values of rows) {
      const row = body.insertRow();
      values.forEach((value, column) => {
        if (column === 0 && choose) {
          const cell = document.createElement("th");
          const button = document.createElement("button");
          button.type = "button";
          button.className = "sort";
          button.textContent = value;
          button.addEventListener("click", () => choose(value));
          cell.scope = "row";
          cell.append(button);
          row.append(cell);
        } else {
          const cell = row.insertCell();
          cell.textContent = shown(value);
          if (typeof value === "number") cell.className = "number";
        }
      });
    }
    element.replaceChildren(head, body);
  }

  month.addEventListener("change", load);
  date.addEventListener("change", show);
  lined.addEventListener("change", show);
  search.addEventListener("input", show);
  load();
})();
