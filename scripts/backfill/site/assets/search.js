// Search over the columns of all tables: names first, then words of the descriptions.
"use strict";
(() => {
  const field = document.getElementById("search");
  const results = document.getElementById("results");
  const found = document.getElementById("found");
  const SHOWN = 40;

  function look() {
    const words = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    results.replaceChildren();
    found.textContent = "";
    if (!words.length) return;
    const ranked = [];
    for (const [name, table, page, meaning] of window.columns) {
      const text = `${name} ${table} ${meaning}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
      ranked.push([name === words[0] ? 0 : name.includes(words[0]) ? 1 : 2, name, table, page, meaning]);
    }
    ranked.sort((a, b) => a[0] - b[0] || a[1].length - b[1].length);
    found.textContent = `${ranked.length} columns${ranked.length > SHOWN ? `, the first ${SHOWN} are shown` : ""}`;
    for (const [, name, table, page, meaning] of ranked.slice(0, SHOWN)) {
      const link = document.createElement("a");
      link.href = `${page}#${encodeURIComponent(name)}`;
      link.textContent = `${table}.${name}`;
      const item = document.createElement("li");
      item.append(link, " ", meaning);
      results.append(item);
    }
  }

  field.addEventListener("input", look);
  look();
})();
