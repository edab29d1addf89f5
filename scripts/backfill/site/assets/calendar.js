// The panel of a date, and arrow keys in the calendar. Text comes from data, so it is only ever set as text.
"use strict";
(() => {
  const { tables, labels, dates } = window.calendar;
  const panel = document.getElementById("panel");
  let opener = null;

  for (const table of document.querySelectorAll("table.heat")) {
    const days = [...table.querySelectorAll("button.date")].map((button) => button.dataset.date);
    const rows = [...table.querySelectorAll("tbody tr:not(.group)")];
    rows.forEach((row, number) => {
      [...row.cells].slice(1).forEach((cell, column) => {
        const button = cell.firstElementChild;
        if (!button) return;
        const state = button.classList[1];
        button.dataset.date = days[column];
        button.dataset.table = tables[number];
        button.setAttribute("aria-label", `${tables[number]} ${days[column]}: ${labels[state]}`);
        button.title = `${tables[number]} ${days[column]}: ${labels[state]}`;
      });
    });
    const first = table.querySelector("button");
    if (first) first.tabIndex = 0;
    table.addEventListener("keydown", (event) => move(event, table));
  }

  function move(event, table) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const here = event.target.closest("td, th");
    if (!steps[event.key] || !here) return;
    event.preventDefault();
    const rows = [...table.querySelectorAll("tr:not(.group)")];
    let row = rows.indexOf(here.parentElement);
    let column = here.cellIndex;
    const [down, right] = steps[event.key];
    while (rows[row + down] && (column += right) > 0) {
      row += down;
      const cell = rows[row].cells[column];
      if (!cell) return;
      if (!cell.firstElementChild) continue;
      stop(table, cell.firstElementChild);
      cell.firstElementChild.focus();
      return;
    }
  }

  // a table is one stop of the Tab key; the arrows move it
  function stop(table, button) {
    table.querySelectorAll('button[tabindex="0"]').forEach((one) => { one.tabIndex = -1; });
    button.tabIndex = 0;
  }

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function line(number, cell, isChosen) {
    const [status, state, rows, expected, reason, repair, failures] = cell;
    const item = element("li", undefined, isChosen ? "chosen" : "");
    const mark = element("span", document.querySelector(`.legend .cell.${status}`).textContent, `cell ${status}`);
    mark.setAttribute("aria-hidden", "true");
    item.append(mark, " ", element("strong", tables[number]), ` ${labels[status]}`);
    const counted = rows === undefined || rows === null ? "" : expected === undefined || expected === null
      ? `${rows} rows` : number < sources ? `${rows} of ${expected} games` : `${rows} rows, ${expected} entities expected`;
    item.append(element("div", [state, counted].filter(Boolean).join(", "), "quiet"));
    if (reason) item.append(element("div", reason));
    for (const [category, count] of failures || []) {
      item.append(element("div", `${count} without a row: ${category}`, "quiet"));
    }
    if (repair) {
      const box = element("div", undefined, "repair");
      if (repair.startsWith("nothing to do")) box.append(repair);
      else {
        const copy = element("button", "copy", "copy");
        copy.type = "button";
        copy.addEventListener("click", () => navigator.clipboard && navigator.clipboard.writeText(repair));
        box.append("Repair: ", element("code", repair), " ", copy);
      }
      item.append(box);
    }
    return item;
  }

  const sources = document.querySelectorAll("table.heat")[0].tBodies[0].rows.length - 1;

  function open(date, table) {
    const day = dates[date];
    if (!day) return;
    document.querySelectorAll(".heat .chosen").forEach((one) => one.classList.remove("chosen"));
    document.querySelectorAll(`.heat button[data-date="${date}"]`).forEach((one) => {
      if (one.classList.contains("date") || one.dataset.table === table) one.classList.add("chosen");
    });
    const close = element("button", "close", "close");
    close.type = "button";
    close.addEventListener("click", shut);
    const list = element("ul");
    const ordered = day.cells.map((cell, number) => [cell, number]).filter(([cell]) => cell);
    const isWrong = ([cell]) => !["sound", "empty"].includes(cell[0]);
    ordered.sort((a, b) => (tables[b[1]] === table) - (tables[a[1]] === table) || isWrong(b) - isWrong(a) || a[1] - b[1]);
    for (const [cell, number] of ordered) list.append(line(number, cell, tables[number] === table));
    const wrong = ordered.filter(isWrong).length;
    panel.replaceChildren(close, element("h2", date), element("p",
      `${day.games} games in scope, ${day.final} played. ${wrong ? `${wrong} of ${ordered.length} are not sound.` : "Everything is sound."}`), list);
    panel.classList.add("open");
    panel.scrollTop = 0;
    history.replaceState(null, "", `#${date}`);
  }

  function shut() {
    panel.classList.remove("open");
    panel.replaceChildren();
    document.querySelectorAll(".heat .chosen").forEach((one) => one.classList.remove("chosen"));
    if (opener) opener.focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".heat button");
    if (!button) return;
    opener = button;
    stop(button.closest("table"), button);
    open(button.dataset.date, button.dataset.table);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && panel.classList.contains("open")) shut(); });
  const named = () => open(decodeURIComponent(location.hash.slice(1)));
  window.addEventListener("hashchange", named);
  named();
})();
