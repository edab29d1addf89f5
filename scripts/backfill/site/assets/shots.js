// A player and a defence by shot zone. The data of a month is a script: pages from disk may not fetch.
"use strict";
(() => {
  const [month, date, player, defence] = ["month", "date", "player", "defence"].map((id) => document.getElementById(id));
  const ZONES = ["paint", "mid range", "three points"];

  function fill(select, entries, wanted) {
    select.replaceChildren(...entries.map(([value, text]) => new Option(text, value)));
    if (wanted !== undefined && entries.some(([value]) => String(value) === String(wanted))) select.value = wanted;
  }

  function load() {
    if (window.shots[month.value]) return dates();
    const script = document.createElement("script");
    script.src = `shots-${month.value}.js`;
    script.addEventListener("load", dates);
    document.head.append(script);
  }

  const data = () => window.shots[month.value];
  const day = () => data().days[date.value];

  function dates() {
    fill(date, Object.keys(data().days).sort().reverse().map((one) => [one, one]));
    people();
  }

  function people() {
    const before = player.selectedOptions[0] && player.selectedOptions[0].textContent;
    const rows = day().players.map((row) => [row[0], data().names[row[0]]]).sort((a, b) => a[1].localeCompare(b[1]));
    // those who play that day first
    const plays = new Set(day().players.filter((row) => row[8]).map((row) => row[0]));
    rows.sort((a, b) => plays.has(b[0]) - plays.has(a[0]));
    const same = rows.find(([, name]) => name === before);
    fill(player, rows, same && same[0]);
    fill(defence, day().defences.map((row) => [row[0], row[0]]));
    opponent();
  }

  function opponent() {
    const row = day().players.find((one) => String(one[0]) === player.value);
    if (row && row[8]) defence.value = row[8];
    show();
  }

  function show() {
    const him = day().players.find((one) => String(one[0]) === player.value);
    const them = day().defences.find((one) => one[0] === defence.value);
    if (!him || !them) return;
    const name = data().names[him[0]];
    const percent = (value) => (value === null ? null : Math.round(1000 * value) / 10);
    const accuracy = him.slice(5, 8).map(percent);
    const allowed = them.slice(2, 5).map(percent);
    const attempts = them.slice(5, 8);
    const total = attempts.reduce((sum, value) => sum + (value || 0), 0);
    const faced = attempts.map((value) => (value === null || !total ? null : Math.round((1000 * value) / total) / 10));
    const shares = him.slice(2, 5).map((value) => (value === null ? null : Math.round(10 * value) / 10));
    const say = (list) => list.map((value, i) => `${ZONES[i]} ${value === null ? "unknown" : `${value} %`}`).join(", ");
    document.getElementById("accuracy-says").textContent =
      `Shots made on ${date.value}: ${name}, last ${him[1]} games: ${say(accuracy)}. Allowed by ${them[0]}, last ${them[1]} games: ${say(allowed)}.`;
    document.getElementById("volume-says").textContent =
      `Where the shots come from: ${name}: ${say(shares)}. Against ${them[0]}: ${say(faced)}.`;
    bars("accuracy", name, accuracy, `allowed by ${them[0]}`, allowed);
    bars("volume", name, shares, `against ${them[0]}`, faced);
    pictures.table(document.getElementById("shots-table"), ["zone", `${name}: made, %`, `${them[0]}: allowed, %`, `${name}: share, %`, `${them[0]}: share, %`],
      ZONES.map((zone, i) => [zone, accuracy[i], allowed[i], shares[i], faced[i]]));
  }

  function bars(id, first, firstValues, second, secondValues) {
    pictures.draw(id, {
      data: [
        { type: "bar", x: ZONES, y: firstValues, name: first, text: firstValues, textposition: "outside", cliponaxis: false, marker: { color: "#0072B2" } },
        { type: "bar", x: ZONES, y: secondValues, name: second, text: secondValues, textposition: "outside", cliponaxis: false, marker: { color: "#E69F00", pattern: { shape: "/", fillmode: "overlay", fgcolor: "#ffffff", fgopacity: 0.7, solidity: 0.2 } } },
      ],
      layout: { barmode: "group", xaxis: { automargin: true }, yaxis: { ticksuffix: " %", rangemode: "tozero" }, legend: { orientation: "h", x: 0, yref: "container", y: 0, yanchor: "bottom" }, margin: { l: 45, r: 10, t: 25, b: 60 } },
    });
  }

  month.addEventListener("change", load);
  date.addEventListener("change", people);
  player.addEventListener("change", opponent);
  defence.addEventListener("change", show);
  load();
})();
