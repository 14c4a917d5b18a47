// The numbers that are followed: of each both twins as lines, and below them what the right has more than the left.
"use strict";
(() => {
  const LEFT = "#a86f00", RIGHT = "#0b5a94", INK = "#4d5965", GRID = "#e2e6ea";
  const charts = {};
  let last = 0, due = null;

  const axis = (size) => ({ stroke: INK, grid: { stroke: GRID, width: 1 }, ticks: { stroke: GRID, width: 1 }, size, font: '11px "Grassroots Sans"' });
  const short = (v) => (v === null ? "" : Math.abs(v) >= 10000 ? `${+(v / 1000).toPrecision(3)}k` : (v !== 0 && Math.abs(v) < 0.001 ? v.toExponential(0) : `${+v.toPrecision(4)}`).replace("-", "−"));
  const values = (plot, ticks) => ticks.map(short);

  const options = (width, height, series, zero) => ({
    width, height, legend: { show: false }, cursor: { show: false }, padding: [8, 8, zero ? 0 : 8, 0],
    scales: { x: { time: false, range: (plot, low, high) => [0, Math.max(high || 1, 1)] },
      y: { range: (plot, low, high) => {
        if (low === null || !isFinite(low)) return zero ? [-1, 1] : [0, 1];
        if (zero) { const most = Math.max(Math.abs(low), Math.abs(high)) || 1; return [-most * 1.1, most * 1.1]; }
        const gap = (high - low) || Math.abs(high) || 1;
        return [Math.max(low >= 0 ? 0 : -Infinity, low - gap * 0.1), high + gap * 0.1];
      } } },
    axes: [{ ...axis(zero ? 26 : 0), show: zero, values: (plot, ticks) => ticks.map(String) }, { ...axis(48), values, space: zero ? 22 : 26 }],
    series: [{}, ...series],
  });

  const line = (stroke, width, dash) => ({ stroke, width, dash, points: { show: false }, spanGaps: false });

  const build = () => {
    const box = Page.$("charts");
    for (const chart of Object.values(charts)) { chart.above.destroy(); chart.below.destroy(); }
    const made = Page.menu.lines.map((one) => {
      const plot = Page.make("div", { class: "plot" });
      const now = ["l", "r", "d"].map((side) => Page.make("span", { class: side }));
      const card = Page.make("div", { class: "chart", id: `line-${one.name}`, title: Page.pick(one.says) },
        Page.make("h3", {}, Page.pick(one.text)),
        Page.make("p", { class: "note" }, Page.pick(one.unit), Page.make("br"), Page.word(one.better)),
        Page.make("div", { class: "now" }, ...now), Page.make("p", { class: "none" }, Page.word("not_here")), plot);
      charts[one.name] = { plot, now, card };
      return card;
    });
    box.replaceChildren(...made);
    for (const one of Page.menu.lines) {
      const chart = charts[one.name], width = Math.max(180, Math.floor(chart.plot.clientWidth || 240));
      chart.above = new uPlot(options(width, 100, [line(LEFT, 2, [5, 3]), line(RIGHT, 2)], false), [[], [], []], chart.plot);
      chart.below = new uPlot(options(width, 92, [{ ...line("#16232f", 1.5), fill: "#16232f22" }], true), [[], []], chart.plot);
    }
    draw();
  };

  const draw = () => {
    due = null;
    last = performance.now();
    const days = Page.history.map((one) => one.day);
    Page.menu.lines.forEach((one, n) => {
      const chart = charts[one.name];
      if (!chart) return;
      const [left, right] = [0, 1].map((twin) => Page.history.map((row) => { const v = row.series[2 * n + twin]; return Number.isNaN(v) ? null : v; }));
      const apart = left.map((v, k) => (v === null || right[k] === null ? null : right[k] - v));
      chart.above.setData([days, left, right]);
      chart.below.setData([days, apart]);
      const at = days.length - 1;
      const texts = at < 0 ? ["", "", ""] : [left[at], right[at]].map((v) => Page.number(v)).concat(Page.number(apart[at], true));
      chart.now[0].textContent = `${Page.word("left_is")} ${texts[0]}`;
      chart.now[1].textContent = `${Page.word("right_is")} ${texts[1]}`;
      chart.now[2].textContent = `${Page.word("difference")} ${texts[2]}`;
      chart.card.dataset.none = String(Page.scene !== null && !Page.scene.lines.includes(one.name));
    });
  };

  // Lines need not be drawn as often as maps.
  const soon = () => {
    if (due !== null) return;
    due = setTimeout(() => requestAnimationFrame(draw), Math.max(0, 200 - (performance.now() - last)));
  };
  Page.on("day", soon);
  Page.on("scene", soon);
  Page.on("language", () => Page.menu && build());
  Page.startCharts = () => {
    let width = 0;
    new ResizeObserver(([entry]) => {
      const now = Math.round(entry.contentRect.width);
      if (width && now !== width) build();
      width = now;
    }).observe(Page.$("charts"));
  };
})();
