// A table of predictions: headings that sort when `sort` is given, a name in the first column that links when `link` is.
"use strict";
window.predictionTable = (element, headings, rows, { order, sort, link } = {}) => {
  const shown = (value) => (value === null || value === undefined ? "-" : String(value));
  const head = document.createElement("thead");
  const line = head.insertRow();
  headings.forEach((heading, column) => {
    const cell = document.createElement("th");
    cell.scope = "col";
    if (sort) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.textContent = heading.replaceAll("_", " ");
      if (column === order.column) cell.setAttribute("aria-sort", order.falls ? "descending" : "ascending");
      button.addEventListener("click", () => sort(column));
      cell.append(button);
    } else cell.textContent = heading.replaceAll("_", " ");
    line.append(cell);
  });
  const body = document.createElement("tbody");
  for (const values of rows) {
    const row = body.insertRow();
    values.forEach((value, column) => {
      const cell = column ? row.insertCell() : row.appendChild(document.createElement("th"));
      if (!column) cell.scope = "row";
      const target = column === 0 && link ? link(value) : null;
      if (target) {
        const anchor = document.createElement("a");
        anchor.href = target.href;
        anchor.textContent = target.text;
        cell.append(anchor);
      } else {
        cell.textContent = shown(value);
        if (typeof value === "number") cell.className = "number";
      }
    });
  }
  element.replaceChildren(head, body);
};
