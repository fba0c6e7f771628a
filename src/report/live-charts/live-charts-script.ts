/**
 * Puts a live drawing in place of every static one when it comes near the window: values at the pointer, a legend to
 * single out entries with, a part of the horizontal scale by dragging. Print shows the static drawings.
 */
export const LIVE_CHARTS_SCRIPT = `
(() => {
  "use strict";
  const packed = document.getElementById("live-charts-data");
  if (packed === null || typeof headroomVega === "undefined" || typeof DecompressionStream === "undefined") return;
  const { parse, View, expressionInterpreter } = headroomVega;
  const unpack = async () => {
    const bytes = Uint8Array.from(atob(packed.textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  };
  let unpacked;
  const telephone = matchMedia("(max-width: 40rem)");
  const element = (name, className, text = "") => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };

  const short = (value, digits) => Number(value.toPrecision(digits)).toLocaleString("en", { maximumSignificantDigits: digits });
  const duration = (seconds) => {
    const [unit, size] = [["d", 86400], ["h", 3600], ["min", 60]].find(([, least]) => Math.abs(seconds) >= least) ?? ["s", 1];
    return short(seconds / size, 3) + " " + unit;
  };
  const written = ({ format, unit }, value) => {
    if (value === null || value === undefined) return "\\u2014";
    if (format === "text" || typeof value !== "number") return String(value);
    if (format === "duration") return duration(value);
    if (format === "percent") return short(100 * value, 3) + " %";
    return short(value, 4) + (unit ? " " + unit : "");
  };
  const told = (row, datum) => {
    if (row.to === undefined) return written(row, datum[row.field]);
    if (row.isSize) return written(row, datum[row.to] - datum[row.field]);
    return written(row, datum[row.field]) + " to " + written(row, datum[row.to]);
  };

  const tip = element("div", "tip");
  tip.hidden = true;
  tip.setAttribute("role", "tooltip");
  document.body.append(tip);
  const showTip = (event, title, rows) => {
    const list = element("dl", "");
    for (const { label, text, color } of rows) {
      const term = element("dt", "", label);
      if (color) {
        const swatch = element("i", "");
        swatch.style.background = color;
        term.prepend(swatch);
      }
      list.append(term, element("dd", "", text));
    }
    tip.replaceChildren(...(title === "" ? [] : [element("b", "", title)]), list);
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const left = event.clientX + 16 + width > innerWidth - 8 ? event.clientX - 16 - width : event.clientX + 16;
    tip.style.left = Math.max(8, Math.min(left, innerWidth - width - 8)) + "px";
    tip.style.top = Math.max(8, Math.min(event.clientY + 16, innerHeight - height - 8)) + "px";
  };
  const hideTip = () => { tip.hidden = true; };

  const at = (values, x, field, steps) => {
    let found;
    for (const one of values) {
      const isNearer = found === undefined || Math.abs(one[field] - x) < Math.abs(found[field] - x);
      if (steps ? one[field] <= x || found === undefined : isNearer) found = one;
    }
    return found;
  };
  const colorIn = (view, series) => {
    try { return view.scale("color")(series); } catch { return undefined; }
  };
  const rowsAt = (view, lines, x) => lines.flatMap(({ data, x: across, y, series, steps }) => {
    const groups = new Map();
    for (const one of view.data(data)) {
      const name = series === undefined ? y.label : one[series];
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(one);
    }
    return [...groups].map(([name, values]) => ({
      label: name,
      text: written(y, at(values, x, across.field, steps)?.[y.field]),
      color: series === undefined ? undefined : colorIn(view, name),
    }));
  });

  /** What a person does with the plot of one chart. */
  const follow = (view, live, { lines, zooms }) => {
    const cross = element("div", "cross");
    const part = element("div", "part");
    cross.hidden = part.hidden = true;
    live.append(cross, part);
    const plot = () => {
      const box = live.querySelector("svg").getBoundingClientRect();
      const [x, y] = view.origin();
      const padding = view.padding();
      const [left, top] = [x + padding.left, y + padding.top];
      const outer = live.getBoundingClientRect();
      const [from, to] = view.scale("x").range();
      return { left: box.left - outer.left + left, top: box.top - outer.top + top, from, to, height: view.height(), outer };
    };
    const place = (event) => {
      const { left, top, from, to, height, outer } = plot();
      const x = event.clientX - outer.left - left;
      const y = event.clientY - outer.top - top;
      return { x, left, top, from, to, height, isInside: x >= from && x <= to && y >= 0 && y <= height };
    };
    let start;
    live.addEventListener("pointermove", (event) => {
      const { x, left, top, from, to, height, isInside } = place(event);
      if (start !== undefined) {
        const end = Math.max(from, Math.min(x, to));
        part.hidden = Math.abs(end - start) < 4;
        part.style.cssText = "left:" + (left + Math.min(start, end)) + "px;top:" + top + "px;width:" + Math.abs(end - start) + "px;height:" + height + "px";
      }
      if (lines.length === 0) return;
      cross.hidden = !isInside;
      if (!isInside) { hideTip(); return; }
      cross.style.cssText = "left:" + (left + x) + "px;top:" + top + "px;height:" + height + "px";
      const value = view.scale("x").invert(x);
      const across = lines[0].x;
      showTip(event, across.label + " " + written(across, value), rowsAt(view, lines, value));
    });
    live.addEventListener("pointerleave", () => { cross.hidden = true; hideTip(); });
    if (!zooms) return;
    const show = (domain) => {
      cross.hidden = true;
      hideTip();
      view.signal("zoomed", domain).run();
      live.dataset.zoomed = domain === null ? "" : domain.join(" ");
    };
    live.addEventListener("pointerdown", (event) => {
      const { x, isInside } = place(event);
      if (event.button !== 0 || !isInside) return;
      start = x;
      live.setPointerCapture(event.pointerId);
    });
    const end = (event) => {
      if (start === undefined) return;
      const { x, from, to } = place(event);
      const [low, high] = [start, Math.max(from, Math.min(x, to))].sort((left, right) => left - right);
      start = undefined;
      part.hidden = true;
      if (event.type === "pointerup" && high - low >= 4) show([low, high].map((px) => view.scale("x").invert(px)));
    };
    live.addEventListener("pointerup", end);
    live.addEventListener("pointercancel", end);
    live.addEventListener("dblclick", () => show(null));
  };

  const hintOf = ({ lines, tips, zooms, picks }) => [
    lines.length > 0 || Object.keys(tips).length > 0 ? "Point at the drawing for its values." : "",
    picks ? "Click an entry of the legend to single it out." : "",
    zooms ? "Drag across to enlarge a part, double-click to see all." : "",
  ].filter(Boolean).join(" ");

  const draw = async (figure) => {
    const { charts, values } = await (unpacked ??= unpack());
    const both = charts[figure.id.slice("chart-".length)];
    if (both === undefined) return;
    const drawing = figure.querySelector(".drawing");
    const chart = telephone.matches ? both.narrow ?? both.wide : both.wide;
    const spec = JSON.parse(JSON.stringify(chart.spec), (key, value) =>
      key === "values" && typeof value?.table === "number" ? structuredClone(values[value.table]) : value);
    const live = element("div", "live");
    const still = drawing.querySelector("svg");
    live.setAttribute("role", "img");
    live.setAttribute("aria-label", [...still.querySelectorAll("title, desc")].map((one) => one.textContent).join(" "));
    drawing.append(live);
    const view = new View(parse(spec, null, { ast: true }), {
      expr: expressionInterpreter, renderer: "svg", container: live, hover: true, logLevel: 0,
    });
    view.signal("width", drawing.clientWidth);
    view.tooltip((handler, event, item, value) => {
      const rows = item && chart.tips[item.mark.name];
      if (chart.lines.length > 0 && !rows) return;
      if (!rows || value === null || value === undefined || value === "") { hideTip(); return; }
      showTip(event, "", rows.map((row) => ({ label: row.label, text: told(row, value) })));
    });
    await view.runAsync();
    follow(view, live, chart);
    const hint = hintOf(chart);
    if (hint !== "" && figure.querySelector(".live-hint") === null) drawing.after(element("p", "live-hint", hint));
    drawing.classList.add("is-live");
    figure.headroomView = view;
  };
  const start = (figure) => draw(figure).catch((error) => {
    // The static drawing says the same.
    figure.querySelector(".live")?.remove();
    console.error(error);
  });
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      void start(target);
    }
  }, { rootMargin: "300px" });
  const figures = document.querySelectorAll("figure[id^=chart-]");
  for (const figure of figures) near.observe(figure);
  let width = innerWidth;
  let timer;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const figure of figures) {
        if (figure.headroomView === undefined) continue;
        figure.headroomView.finalize();
        figure.headroomView = undefined;
        figure.querySelector(".drawing").classList.remove("is-live");
        figure.querySelector(".live").remove();
        near.observe(figure);
      }
    }, 200);
  });
})();
`.trim();

/** What live drawings add to the style sheet. Reserved GPUs are hatched in them as in the static ones. */
export const LIVE_CHARTS_STYLE = `
.live { position: relative; touch-action: pan-y; user-select: none; }
.live svg { display: block; color: var(--ink); font-variant-numeric: tabular-nums; overflow: visible; }
.live [cursor=pointer], .live .role-legend-symbol path, .live .role-legend-label text { cursor: pointer; }
.drawing.is-live > :not(.live) { display: none; }
.live-hint { margin: .5rem 0 0; color: var(--soft); font-size: .8125rem; }
.live .cross { position: absolute; width: 0; border-left: 1px solid var(--ink); opacity: .5; pointer-events: none; }
.live .part { position: absolute; background: var(--link); opacity: .18; pointer-events: none; }
.tip { position: fixed; z-index: 1; max-width: min(24rem, 90vw); padding: .5rem .7rem; color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 3px; font-size: .8125rem; line-height: 1.4; pointer-events: none; font-variant-numeric: tabular-nums; }
.tip[hidden] { display: none; }
.tip b { font-weight: 600; }
.tip dl { display: grid; grid-template-columns: auto auto; gap: .05rem .9rem; margin: 0; }
.tip dt { color: var(--soft); overflow-wrap: anywhere; } .tip dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
.tip i { display: inline-block; width: .6rem; height: .6rem; margin-right: .4rem; border: 1px solid var(--soft); }
@media print {
  .drawing.is-live > .live, .tip, .live-hint { display: none; }
  .drawing.is-live > svg, .drawing.is-live > .wide { display: block; }
}
`;
