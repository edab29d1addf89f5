// A player's last predictions and what he scored. The data of all players whose key begins alike is a script.
"use strict";
(() => {
  const who = document.getElementById("player");
  const FIXED = ["date", "team", "against", "line", "over", "under", "scored", "10 %", "90 %"];
  const byName = new Map(window.playerNames.map(([key, name]) => [name.toLowerCase(), key]));
  const names = new Map(window.playerNames);

  function load() {
    const key = decodeURIComponent(location.hash.slice(1));
    if (!names.has(key)) {
      document.getElementById("says").textContent = key ? `Nobody is called ${key}.` : "Choose a player.";
      return;
    }
    who.value = names.get(key);
    document.title = `${names.get(key)} · predictions`;
    if (window.players[key[0]]) return show(key);
    const script = document.createElement("script");
    script.src = `players-${key[0]}.js`;
    script.addEventListener("load", () => show(key));
    document.head.append(script);
  }

  function show(key) {
    const { systems, rows } = window.players[key[0]];
    const games = rows[key];
    const held = games.filter((row) => row[6] !== null && row[7] !== null);
    const inside = held.filter((row) => row[7] <= row[6] && row[6] <= row[8]).length;
    const lined = games.filter((row) => row[6] !== null && row[3] !== null);
    const over = lined.filter((row) => row[6] > row[3]).length;
    const under = lined.filter((row) => row[6] < row[3]).length;
    document.getElementById("says").textContent = `${names.get(key)}, his last ${games.length} predicted games. ` +
      (held.length ? `In ${inside} of the ${held.length} that he played with an interval he scored within it; ` : "") +
      (lined.length ? `${over} over and ${under} under the line.` : "no line in a game that he played.");
    window.predictionTable(document.getElementById("games"), [...FIXED, ...systems], games);
  }

  who.addEventListener("change", () => {
    const key = byName.get(who.value.trim().toLowerCase());
    if (key) location.hash = key;
    else document.getElementById("says").textContent = `Nobody is called ${who.value}.`;
  });
  window.addEventListener("hashchange", load);
  load();
})();
