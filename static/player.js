// The time player: a bar of controls whose chart is the timeline, and a table that follows it.
// The frame on show belongs to the page: map, bar and table listen to window.porchTime.
// Text is set with textContent only.
const QUIET = matchMedia("(prefers-reduced-motion: reduce)"), PACE = 110, SLOW = 1500;   // milliseconds a frame
const svg = "http://www.w3.org/2000/svg", HIGH = 92, FOOT = 18, TOP = 14;

export const time = window.porchTime ??= Object.assign(new EventTarget(), {frame: null, timer: null, count: 0});

function show(k, from) {
  time.frame = k;
  time.dispatchEvent(new CustomEvent("frame", {detail: k}));
  if (from !== "play") remember();
}
time.show = show;

function remember() {          // the link names the frame; a frame is no step of the back button
  const url = new URL(location), key = time.keys?.[time.frame];
  if (!key || url.searchParams.get("frame") === key) return;
  url.searchParams.set("frame", key);
  (window.porchlightReplace || history.replaceState.bind(history))(history.state, "", url);
}

function play(on) {
  clearInterval(time.timer);
  time.timer = on ? setInterval(() => show((time.frame + 1) % time.count, "play"), QUIET.matches ? SLOW : PACE) : null;
  time.dispatchEvent(new CustomEvent("playing"));
  if (!on) remember();
}

const clamp = (k, around) => around ? (k + time.count) % time.count : Math.max(0, Math.min(time.count - 1, k));

function html(tag, given, parent) {
  const made = Object.assign(document.createElement(tag), given);
  parent?.append(made);
  return made;
}

function drawn(tag, given, parent, text) {
  const made = document.createElementNS(svg, tag);
  Object.entries(given).forEach(([key, value]) => made.setAttribute(key, value));
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

const STYLE = `
.bar { font-family: var(--st-font, sans-serif); color: var(--st-text-color); font-size: 14px; }
.controls { display: flex; align-items: center; gap: 6px; flex-wrap: wrap; }
.controls button { min-width: 40px; height: 40px; border: 1px solid var(--st-border-color); border-radius: 5px; background: var(--st-background-color);
  color: inherit; font: inherit; font-size: 16px; cursor: pointer; }
.controls button.play { background: var(--st-primary-color); border-color: var(--st-primary-color); color: var(--st-background-color); min-width: 48px; }
button:focus-visible, svg:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.label { font-weight: 600; margin-left: 6px; font-variant-numeric: tabular-nums; }
.count { opacity: .8; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; margin-top: 6px; touch-action: none; cursor: ew-resize; }
svg text { font-size: 11.5px; fill: currentColor; opacity: .75; }
.unit { fill: var(--st-primary-color); opacity: .38; }
.unit.on { opacity: 1; }
.window { fill: var(--st-primary-color); opacity: .12; }
.axis { stroke: currentColor; opacity: .35; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { text-align: left; font-weight: 600; padding-bottom: 6px; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 400; opacity: .75; }
th, td { padding: 4px 8px; border-bottom: 1px solid var(--st-border-color); }
th + th, td + td { text-align: right; font-variant-numeric: tabular-nums; }
`;

export function bar(box, data) {
  const old = box.bar;
  box.bar = {data};
  box.replaceChildren();
  html("style", {textContent: STYLE}, box);
  const root = html("div", {className: "bar"}, box), row = html("div", {className: "controls"}, root);
  const button = (sign, label, press, name = "") => {
    const made = html("button", {type: "button", textContent: sign, className: name, onclick: press}, row);
    made.setAttribute("aria-label", label);
    made.title = label;
    return made;
  };
  const step = by => { play(false); show(clamp(time.frame + by, true)); };
  button("\u2039", "One frame back", () => step(-1));
  const start = button("", "Play", () => play(!time.timer), "play");
  button("\u203a", "One frame on", () => step(1));
  const label = html("span", {className: "label"}, row), count = html("span", {className: "count"}, row);
  const chart = drawn("svg", {height: HIGH, tabindex: 0, role: "slider", "aria-label": `Frame, by ${data.unit}`, "aria-valuemin": 1,
                              "aria-valuemax": data.counts.length}, root);
  const keys = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -4, PageUp: 4};
  chart.addEventListener("keydown", e => {
    if (e.key === " ") play(!time.timer);
    else if (e.key === "Home" || e.key === "End") { play(false); show(e.key === "Home" ? 0 : time.count - 1); }
    else if (keys[e.key]) { play(false); show(clamp(time.frame + keys[e.key], false)); }
    else return;
    e.preventDefault();
  });
  const to = e => {
    const at = chart.getBoundingClientRect(), unit = (e.clientX - at.left) / at.width * data.units.length;
    const k = clamp(Math.round(unit - data.width / 2), false);
    if (k !== time.frame) show(k);
  };
  chart.addEventListener("pointerdown", e => { play(false); chart.setPointerCapture(e.pointerId); chart.focus(); to(e); });
  chart.addEventListener("pointermove", e => { if (chart.hasPointerCapture(e.pointerId)) to(e); });
  const draw = () => {
    const wide = chart.clientWidth || 500, each = wide / data.units.length, top = Math.max(...data.units, 1), room = HIGH - FOOT - TOP;
    chart.replaceChildren();
    chart.setAttribute("viewBox", `0 0 ${wide} ${HIGH}`);
    box.bar.window = drawn("rect", {class: "window", y: TOP - 4, height: room + 4, x: 0, width: 0}, chart);
    box.bar.units = data.units.map((n, i) => drawn("rect", {class: "unit", x: i * each + each * .06, width: Math.max(each * .88, .5), y: TOP + room * (1 - n / top), height: room * n / top}, chart));
    drawn("line", {class: "axis", x1: 0, x2: wide, y1: TOP + room, y2: TOP + room}, chart);
    drawn("text", {x: 0, y: 9}, chart, `incidents ${data.around ? "by hour" : "a " + data.unit}, highest ${top.toLocaleString("en")}`);
    let last = -1e9;
    data.ticks.forEach((text, i) => {
      if (!text || i * each - last < 9 * text.length || i * each + 7 * text.length > wide) return;
      drawn("text", {x: i * each + 1, y: HIGH - 5}, chart, text);
      last = i * each;
    });
    box.bar.each = each;
    follow();
  };
  const follow = () => {
    const k = time.frame, on = new Set(Array.from({length: data.width}, (_, i) => (k + i) % data.units.length));
    box.bar.units.forEach((rect, i) => rect.classList.toggle("on", on.has(i)));
    box.bar.window.setAttribute("x", k * box.bar.each);
    box.bar.window.setAttribute("width", Math.min(data.width, data.units.length - k) * box.bar.each);
    label.textContent = data.labels[k];
    count.textContent = `${data.counts[k].toLocaleString("en")} of ${data.of.toLocaleString("en")} incidents`;
    chart.setAttribute("aria-valuenow", k + 1);
    chart.setAttribute("aria-valuetext", `${data.labels[k]}: ${data.counts[k]} incidents`);
    root.dataset.frame = data.keys[k];
  };
  const state = () => {
    start.textContent = time.timer ? "\u2016" : "\u25b6";
    const said = time.timer ? "Pause" : QUIET.matches ? "Play, slowly: your device asks for less motion" : "Play";
    start.setAttribute("aria-label", said);
    start.title = said;
  };
  // a new View keeps the frame that was on show, and goes on playing where it did
  const was = time.keys?.[time.frame] ?? data.frame, same = data.keys.indexOf(was);
  Object.assign(time, {keys: data.keys, count: data.counts.length});
  end(box, old);
  box.bar.ended = new AbortController();
  const {signal} = box.bar.ended;
  time.addEventListener("frame", follow, {signal});
  time.addEventListener("playing", state, {signal});
  const size = new ResizeObserver(draw);
  size.observe(chart);
  signal.addEventListener("abort", () => size.disconnect());
  time.frame = same >= 0 ? same : Math.min(time.frame ?? 0, time.count - 1);
  draw();
  state();
  show(time.frame, "play");
}

export function table(box, data) {
  const old = box.bar;
  box.bar = {data};
  box.replaceChildren();
  html("style", {textContent: STYLE}, box);
  const root = html("div", {className: "bar"}, box), made = html("table", {}, root);
  const caption = html("caption", {}, made), head = html("tr", {}, html("thead", {}, made)), body = html("tbody", {}, made);
  const rated = data.people.some(p => p);
  for (const text of ["Area", "Incidents", ...(rated ? ["Per 1,000"] : [])]) html("th", {textContent: text, scope: "col"}, head);
  const rows = Array.from({length: Math.min(data.most, data.names.length)}, () => {
    const row = html("tr", {}, body);
    return Array.from({length: rated ? 3 : 2}, () => html("td", {textContent: "\u00a0"}, row));
  });
  const note = html("p", {className: "count"}, root);
  const follow = () => {
    const k = Math.min(time.frame ?? 0, data.counts.length - 1), n = data.counts[k];
    const order = n.map((_, i) => i).sort((a, b) => n[b] - n[a] || a - b);
    caption.textContent = `${data.labels[k]}: the ${rows.length} areas with most`;
    rows.forEach((cells, rank) => {
      const i = order[rank], some = n[i] > 0;
      cells[0].textContent = some ? data.names[i] : "\u00a0";
      cells[1].textContent = some ? n[i].toLocaleString("en") : "";
      if (rated) cells[2].textContent = !some ? "" : data.no_rate[i] || (1000 * n[i] / data.people[i]).toFixed(n[i] / data.people[i] < .01 ? 2 : 1);
    });
    const rest = order.slice(rows.length).filter(i => n[i] > 0), more = rest.reduce((sum, i) => sum + n[i], 0);
    const outside = data.totals[k] - n.reduce((sum, one) => sum + one, 0);
    note.textContent = (outside ? `${outside.toLocaleString("en")} of ${data.totals[k].toLocaleString("en")} lie in none of the areas. ` : "")
      + (rest.length ? `${rest.length} more areas with ${more.toLocaleString("en")}. ` : "")
      + (rated ? "Rates on fewer than 20 incidents are unreliable: chance alone can double them." : "");
    root.dataset.frame = data.labels[k];
  };
  end(box, old);
  box.bar.ended = new AbortController();
  time.addEventListener("frame", follow, {signal: box.bar.ended.signal});
  follow();
}

export function end(box, bar = box.bar) {
  bar?.ended?.abort();
  setTimeout(() => {            // no player any more: nothing plays, and the link names no frame
    if (box.isConnected || document.querySelector('[class*="st-key-player_bar"]')) return;
    clearInterval(time.timer);
    time.timer = null;
    const url = new URL(location);
    if (!url.searchParams.has("frame")) return;
    url.searchParams.delete("frame");
    (window.porchlightReplace || history.replaceState.bind(history))(history.state, "", url);
  }, 300);
}
