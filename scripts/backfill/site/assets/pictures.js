// Draws the figures of a page with plotly, in the colours of the page, and again when the page turns dark or light.
"use strict";
const pictures = (() => {
  const drawn = new Map();
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function themed(layout) {
    const result = structuredClone(layout || {});
    const narrow = window.innerWidth < 600;
    result.font = { color: colour("--ink"), family: "system-ui, sans-serif", size: narrow ? 11 : 13 };
    result.paper_bgcolor = result.plot_bgcolor = "rgba(0,0,0,0)";
    result.hoverlabel = { bgcolor: colour("--card"), font: { color: colour("--ink") } };
    for (const key of Object.keys(result)) {
      if (/^[xy]axis/.test(key)) Object.assign(result[key], { gridcolor: colour("--plot-grid"), zerolinecolor: colour("--line"), linecolor: colour("--line") });
    }
    return result;
  }

  function draw(id, figure) {
    drawn.set(id, figure);
    return Plotly.react(id, structuredClone(figure.data), themed(figure.layout), { responsive: true, displayModeBar: false });
  }

  for (const script of document.querySelectorAll("script[data-plot]")) draw(script.dataset.plot, JSON.parse(script.textContent));
  dark.addEventListener("change", () => drawn.forEach((figure, id) => draw(id, figure)));

  function table(element, headings, rows) {
    const line = (cells, name) => {
      const row = document.createElement("tr");
      for (const cell of cells) {
        const made = document.createElement(name);
        made.textContent = cell === null || cell === undefined ? "-" : cell;
        row.append(made);
      }
      return row;
    };
    const head = document.createElement("thead");
    const body = document.createElement("tbody");
    head.append(line(headings, "th"));
    body.append(...rows.map((row) => line(row, "td")));
    element.replaceChildren(head, body);
  }

  const holder = document.getElementById("distributions");
  if (holder) {
    const { months, features } = JSON.parse(holder.textContent);
    const choice = document.getElementById("feature");
    const show = () => {
      const one = features[choice.value];
      const axis = { type: "category", automargin: true };
      draw("distribution", {
        data: [
          { x: months, y: one.low, mode: "lines", line: { width: 0 }, showlegend: false, hoverinfo: "skip" },
          { x: months, y: one.high, mode: "lines", line: { width: 0 }, fill: "tonexty", fillcolor: "rgba(86,180,233,0.35)", name: "lowest to highest tenth" },
          { x: months, y: one.middle, mode: "lines+markers", line: { color: "#0072B2" }, name: "median" },
          { x: months, y: one.mean, mode: "markers", marker: { color: "#D55E00", symbol: "diamond", size: 8 }, name: "mean" },
          { x: months, y: one.unknown, type: "bar", yaxis: "y2", marker: { color: "#999999" }, name: "unknown, %" },
        ],
        layout: {
          xaxis: axis, yaxis: { domain: [0.32, 1], automargin: true, title: { text: choice.value } },
          yaxis2: { domain: [0, 0.2], range: [0, 100], automargin: true, ticksuffix: " %" },
          legend: { orientation: "h", x: 0, yref: "container", y: 0, yanchor: "bottom" }, margin: { l: 10, r: 10, t: 10, b: 10 },
        },
      });
      table(document.getElementById("distribution-table"), ["month", "lowest tenth", "median", "mean", "highest tenth", "unknown, %"],
        months.map((month, i) => [month, one.low[i], one.middle[i], one.mean[i], one.high[i], one.unknown[i]]));
    };
    choice.addEventListener("change", show);
    show();
  }
  return { draw, table };
})();
