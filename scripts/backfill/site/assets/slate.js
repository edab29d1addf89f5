// The slate of a date: what each system expected, the line, and the result. The data of a month is a script.
"use strict";
(() => {
  const [month, date, lined, search] = ["month", "date", "lined", "search"].map((id) => document.getElementById(id));
  const FIXED = ["player", "team", "against", "line", "over", "under", "scored", "10 %", "90 %"];
  let order = { column: 3, falls: true };

  const data = () => window.slates[month.value];
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
    window.predictionTable(
      document.getElementById("slate"),
      [...FIXED, ...data().systems],
      rows.map(([row, values]) => [row[0], ...values.slice(1)]),
      {
        order,
        sort: (by) => {
          order = { column: by, falls: by === column ? !falls : by > 2 };
          show();
        },
        link: (place) => ({ href: `player.html#${data().players[place]}`, text: data().names[place] }),
      },
    );
    const held = rows.filter(([, v]) => v[6] !== null && v[7] !== null);
    const inside = held.filter(([, v]) => v[7] <= v[6] && v[6] <= v[8]).length;
    document.getElementById("says").textContent = `${rows.length} players on ${date.value}; ` +
      (held.length ? `${inside} of the ${held.length} who played lay in the interval.` : "no result yet, or no interval.");
  }

  month.addEventListener("change", load);
  date.addEventListener("change", show);
  lined.addEventListener("change", show);
  search.addEventListener("input", show);
  load();
})();
