// The strip below the map: counts over all that is recorded, the period chosen, the player.
// It is a brush (drag over bars, or move its two ends by keys) and the timeline of the player.
// The frame on show belongs to the page: map, strip and table listen to window.porchTime.
// Text is set with textContent only.
const QUIET = matchMedia("(prefers-reduced-motion: reduce)"), PACE = 110, SLOW = 1500;   // milliseconds a frame
const svg = "http://www.w3.org/2000/svg", FOOT = 17, EDGE = 12;      // px: the axis words, the room beside the bars
const LEAST = 5, PAUSE = 450;       // px that are a drag; ms after the last key until the period is taken

const time = window.porchTime ??= Object.assign(new EventTarget(), {frame: null, timer: null, count: 0});

function show(k, from) {
  time.frame = k;
  time.dispatchEvent(new CustomEvent("frame", {detail: k}));
  if (from !== "play") remember();
}
time.show = show;

function address(change) {     // a frame is no step of the back button
  const url = new URL(location);
  if (change(url.searchParams) === false) return;
  (window.porchlightReplace || history.replaceState.bind(history))(history.state, "", url);
}

function remember() {          // the link names the frame
  const key = time.keys?.[time.frame];
  address(words => key && words.get("frame") !== key ? words.set("frame", key) : false);
}

function drop(word) {          // a word that the page takes out of the link, as a step of the back button
  const url = new URL(location);
  if (!url.searchParams.has(word)) return;
  url.searchParams.delete(word);
  (window.porchlightPush || history.pushState.bind(history))(history.state, "", url);
}

function forget() {            // nothing plays any more, and the link names no frame
  clearInterval(time.timer);
  Object.assign(time, {timer: null, keys: null, frame: null, count: 0});
  address(words => words.has("frame") ? words.delete("frame") : false);
}

function play(on) {
  clearInterval(time.timer);
  time.timer = on ? setInterval(() => show((time.frame + 1) % time.count, "play"), QUIET.matches ? SLOW : PACE) : null;
  time.dispatchEvent(new CustomEvent("playing"));
  if (!on) remember();
}

const within = (k, least, most) => Math.max(least, Math.min(most, k));

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

// signs as pictures: letters for them would be a face of 170 kB
const SIGNS = {play: "M3 1.5v9l7-4.5z", pause: "M3 2v8M9 2v8", stop: "M2 2h8v8H2z", whole: "M2.5 6a3.6 3.6 0 1 0 1.2-2.7M2 1.5v2.7h2.7"};

function signed(name, parent) {
  const made = drawn("svg", {viewBox: "0 0 12 12", width: 12, height: 12, class: "sign", "aria-hidden": "true"}, parent);
  const filled = name === "play" || name === "stop";
  drawn("path", {d: SIGNS[name], fill: filled ? "currentColor" : "none", stroke: filled ? "none" : "currentColor", "stroke-width": name === "pause" ? 2.4 : 1.4}, made);
}

const many = n => n.toLocaleString("en");

function spoken(first, from, to) {       // Mar 6 to May 14, 2017
  const day = k => new Date(Date.parse(first + "T00:00:00Z") + k * 864e5), a = day(from), b = day(to);
  const said = (d, year) => d.toLocaleDateString("en-US", {month: "short", day: "numeric", timeZone: "UTC", ...(year ? {year: "numeric"} : {})});
  return from === to ? said(a, true) : `${said(a, a.getUTCFullYear() !== b.getUTCFullYear())} to ${said(b, true)}`;
}

const STYLE = `
.strip { box-sizing: border-box; height: 84px; display: flex; gap: 8px; align-items: stretch; overflow: hidden; padding: 2px 0 0;
  font: 13px/18px var(--st-font, sans-serif); color: var(--st-text-color); user-select: none; -webkit-user-select: none; }
.controls { display: flex; align-items: center; gap: 4px; flex: none; }
button { font: inherit; color: inherit; cursor: pointer; border: 1px solid var(--st-border-color); border-radius: 6px; background: var(--st-background-color);
  min-width: 44px; height: 44px; padding: 0 8px; box-sizing: border-box; }
button:hover:enabled { border-color: var(--st-primary-color); }
button:disabled { opacity: .55; cursor: default; }
button.play { background: var(--st-primary-color); border-color: var(--st-primary-color); color: var(--st-background-color); font-weight: 600; min-width: 74px; }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
.main { flex: 1; min-width: 0; display: grid; grid-template: 22px minmax(0, 1fr) / minmax(0, 1fr) auto; }
.head { display: flex; gap: 6px; align-items: baseline; white-space: nowrap; overflow: hidden; padding-left: 12px; line-height: 22px; }
.title { font-weight: 600; flex: none; max-width: 100%; overflow: hidden; text-overflow: ellipsis; }
.hint { opacity: .78; overflow: hidden; text-overflow: ellipsis; min-width: 0; }
.said { margin-left: auto; flex: none; max-width: 100%; overflow: hidden; text-overflow: ellipsis; padding-right: 12px; box-sizing: border-box;
  font-variant-numeric: tabular-nums; }
button .sign { vertical-align: -1px; }
button.whole { grid-area: 1 / 2; height: 22px; min-width: 0; padding: 0 9px; font-size: 12px; border-color: var(--st-text-color); border-radius: 11px; }
button.whole .sign { display: none; }
.chart { grid-area: 2 / 1 / 3 / 3; position: relative; min-width: 0; min-height: 0; touch-action: pan-y; cursor: crosshair; }
.chart.plays { cursor: ew-resize; }
.chart svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.chart svg text { font-size: 11.5px; fill: currentColor; opacity: .78; }
.rest { fill: color-mix(in srgb, var(--st-text-color) 50%, var(--st-background-color)); }
.taken { fill: var(--st-primary-color); }
.rest.part, .taken.part { fill: var(--st-background-color); stroke-width: 1; }
.rest.part { stroke: color-mix(in srgb, var(--st-text-color) 50%, var(--st-background-color)); }
.taken.part { stroke: var(--st-primary-color); }
.plays .all .taken { opacity: .5; }
.window { fill: var(--st-text-color); opacity: .16; }
.axis { stroke: currentColor; opacity: .5; }
.change { stroke: var(--st-text-color); stroke-width: 1.5; stroke-dasharray: 4 3; }
.near { stroke: transparent; stroke-width: 11; }
.end { position: absolute; top: -2px; width: 24px; margin-left: -12px; bottom: ${FOOT - 4}px; cursor: ew-resize; touch-action: none; border-radius: 4px; }
.end::before { content: ""; position: absolute; left: 11px; width: 2px; top: 2px; bottom: 4px; background: var(--st-text-color); }
.end::after { content: ""; position: absolute; left: 7px; width: 8px; height: 18px; top: calc(50% - 10px); border: 2px solid var(--st-text-color); border-radius: 4px;
  background: var(--st-background-color); }
.frame { position: absolute; inset: 0 0 ${FOOT - 4}px; touch-action: none; border-radius: 4px; }
@media (max-width: 699px) {
  .strip { gap: 4px; }
  .wide, .hint { display: none; }
  .said { padding-right: 0; } .head.told .title, .head:not(.told) .said { display: none; }
  button.play { min-width: 44px; } button.play .word { display: none; }
  .end { width: 44px; margin-left: -22px; } .end::before { left: 21px; } .end::after { left: 17px; }
  
  .chart { grid-area: 2 / 1; } .head { grid-area: 1 / 1; }
  button.whole { grid-area: 1 / 2 / 3 / 3; width: 44px; height: 44px; align-self: center; border-radius: 6px; font-size: 18px; border-color: var(--st-border-color); }
  button.whole .word { display: none; } button.whole .sign { display: inline; }
}
@media print { .controls, button.whole, .end, .hint { display: none; } }
`;

export function strip(box, data, send) {
  if (box.busy) { box.later = () => strip(box, data, send); return; }    // a drag goes on: what is new waits
  box.ended?.abort();
  box.ended = new AbortController();
  const {signal} = box.ended, focus = box.getRootNode().activeElement?.dataset.part;
  box.replaceChildren();
  html("style", {textContent: STYLE}, box);
  const root = html("div", {className: "strip", role: "group", ariaLabel: "Timeline"}, box);
  const {frames, first, days} = data, last = days - 1;
  let chosen = data.chosen;                     // first and last day, or null
  const whole = () => chosen && chosen[0] <= 0 && chosen[1] >= last;
  const highest = Math.max(...data.n, 0), brushes = Boolean(first) && data.at.length > 0;
  const begins = data.at, ends = data.at.map((a, i) => a + data.long[i] - 1);

  // --- what can be clicked
  const controls = html("div", {className: "controls"}, root);
  const button = (part, label, press, parent = controls) => {
    const made = html("button", {type: "button", title: label, ariaLabel: label, onclick: press}, parent);
    made.dataset.part = part;
    return made;
  };
  const worded = (made, sign, word) => {
    made.replaceChildren();
    signed(sign, made);
    html("span", {className: "word", textContent: word && ` ${word}`}, made);
  };
  const step = by => { play(false); show((time.frame + by + time.count) % time.count); };
  if (frames) Object.assign(button("back", "One frame back", () => step(-1)), {textContent: "\u2039", className: "wide"});
  const start = button("play", "Play", () => {
    if (frames) play(!time.timer);
    else { time.wanted = true; send("play", "start"); }
  });
  start.className = "play";
  if (frames) {
    Object.assign(button("on", "One frame on", () => step(1)), {textContent: "\u203a", className: "wide"});
    signed("stop", button("still", "Still: show the whole period", () => { drop("play"); send("play", "stop"); }));
  } else if (data.plays) Object.assign(start, {disabled: true, title: data.plays});
  const state = () => {
    const said = time.timer ? "Pause" : QUIET.matches ? "Play, slowly: your device asks for less motion" : "Play";
    worded(start, time.timer ? "pause" : "play", time.timer ? "Pause" : "Play");
    start.ariaLabel = said;
    start.title = data.plays || said;
  };

  const options = document.querySelector(".st-key-play_options button");     // its word is but a sign
  if (options) options.title = options.ariaLabel = "Options of playing";

  // --- words above the bars
  const main = html("div", {className: "main"}, root), head = html("div", {className: "head"}, main);
  html("span", {className: "title", textContent: data.title}, head);
  const hints = [`highest ${many(highest)}`, data.plays || (frames ? "drag to move through time" : brushes ? "drag to choose a period" : "")];
  html("span", {className: "hint", textContent: hints.filter(h => h).map(h => `\u00b7 ${h}`).join(" ")}, head);
  const said = html("span", {className: "said"}, head);
  const back = button("whole", "Whole period", () => take([0, last]), main);
  back.classList.add("whole");
  worded(back, "whole", "");
  html("span", {className: "word", textContent: "Whole period"}, back);

  // --- the bars
  const chart = html("div", {className: frames ? "chart plays" : "chart"}, main);
  const picture = drawn("svg", {role: "img", "aria-label": `${data.title}${first ? `, ${spoken(first, 0, last)}` : ""}, highest ${many(highest)}`}, chart);
  let wide = 0, high = 0;
  const x = day => EDGE + day / days * (wide - 2 * EDGE);
  const day = e => (e.clientX - chart.getBoundingClientRect().left - EDGE) / Math.max(wide - 2 * EDGE, 1) * days;
  const bar = at => {            // the bar of a day; of a gap the one before
    let i = begins.length - 1;
    while (i > 0 && begins[i] > at) i--;
    return i;
  };

  function bars(parent, name, keep) {
    const room = high - FOOT - 3;
    data.n.forEach((n, i) => {
      const from = Math.max(begins[i], keep[0]), to = Math.min(ends[i], keep[1]);
      if (from > to) return;
      const gap = Math.min(1, (x(begins[i] + 1) - x(begins[i])) * data.long[i] * .15), thick = x(to + 1) - x(from) - gap;
      const tall = n && Math.max(room * n / Math.max(highest, 1), 1), part = data.whole[i] ? 0 : .5;
      drawn("rect", {class: part ? `${name} part` : name, x: x(from) + gap / 2 + part, y: 3 + room - tall + part, width: Math.max(thick - 2 * part, .5),
                     height: Math.max(tall - 2 * part, 0)}, parent);
    });
  }

  const handles = frames || !brushes ? [] : ["From", "To"].map((label, which) => {
    const made = html("div", {className: "end", tabIndex: 0, role: "slider", ariaLabel: label, ariaValueMin: 1, ariaValueMax: begins.length}, chart);
    made.dataset.part = label;
    made.dataset.which = which;
    return made;
  });
  const slider = !frames ? null
    : html("div", {className: "frame", tabIndex: 0, role: "slider", ariaLabel: `Frame, by ${frames.unit}`, ariaValueMin: 1, ariaValueMax: frames.labels.length}, chart);
  if (slider) slider.dataset.part = "frame";
  let cursor = null, layer = null;

  function draw() {
    wide = chart.clientWidth;
    high = chart.clientHeight;
    if (wide < 40) return;
    picture.replaceChildren();
    picture.setAttribute("viewBox", `0 0 ${wide} ${high}`);
    const foot = high - FOOT + .5;
    layer = drawn("g", {class: "all"}, picture);
    cursor = frames && drawn("g", {}, picture);
    drawn("line", {class: "axis", x1: EDGE, x2: wide - EDGE, y1: foot, y2: foot}, picture);
    for (const {at, text} of labels()) {
      drawn("line", {class: "axis", x1: x(at), x2: x(at), y1: foot, y2: foot + 4}, picture);
      drawn("text", {x: x(at) + 3, y: high - 3}, picture, text);
    }
    for (const {at, text} of data.changes) {
      const mark = drawn("g", {}, picture);
      drawn("title", {}, mark, text);
      for (const name of ["change", "near"]) drawn("line", {class: name, x1: x(at), x2: x(at), y1: 0, y2: foot}, mark);
    }
    mark();
    follow();
  }

  function labels() {            // as many words of the axis as there is room for, evenly
    const end = ({at, text}) => x(at) + 6.6 * text.length + 8;
    const every = [1, 2, 3, 4, 6, 12].map(stride => data.ticks.filter((_, i) => i % stride === 0));
    const fits = every.find(some => some.every((tick, i) => i + 1 === some.length || end(tick) <= x(some[i + 1].at))) || data.ticks.slice(0, 1);
    return fits.filter(tick => end(tick) <= wide + 8);
  }

  function mark() {              // the period chosen, the rest pale
    layer?.replaceChildren();
    if (!layer) return;
    const held = chosen || (first ? [1, 0] : [0, last]);
    bars(layer, "rest", [0, held[0] > held[1] ? last : held[0] - 1]);
    bars(layer, "taken", held);
    bars(layer, "rest", [held[0] > held[1] ? last + 1 : held[1] + 1, last]);
    handles.forEach((made, which) => {
      const at = chosen ? chosen[which] : which * last;
      made.style.left = `${x(at + which)}px`;
      made.ariaValueNow = bar(at) + 1;
      made.ariaValueText = spoken(first, at, at);
    });
    back.hidden = !brushes || whole();
    head.classList.toggle("told", Boolean(frames) || !whole());
    if (!frames) said.textContent = !first ? "" : !begins.length ? "No records" : chosen ? spoken(first, ...chosen) : "Nothing is recorded in the period chosen";
  }

  function take(next) {          // the period becomes the page's own
    chosen = next;
    mark();
    if (String(next) !== String(data.chosen)) send("period", next);
  }

  function follow() {
    if (!frames || !cursor || time.frame === null) return;
    const k = Math.min(time.frame, frames.labels.length - 1), [from, to] = frames.spans[k];
    cursor.replaceChildren();
    const over = to > last && !first ? [[from, last], [0, to - days]] : [[from, to]];   // hours go on after midnight
    for (const [a, b] of over) {
      drawn("rect", {class: "window", x: x(a), width: Math.max(x(b + 1) - x(a), 1), y: 0, height: high - FOOT}, cursor);
      bars(cursor, "taken", [a, b]);
    }
    said.textContent = `${frames.labels[k]}: ${many(frames.counts[k])}`;
    html("span", {className: "wide", textContent: ` of ${many(frames.of)}`}, said);
    slider.ariaValueNow = k + 1;
    slider.ariaValueText = `${frames.labels[k]}: ${frames.counts[k]} incidents`;
    root.dataset.frame = frames.keys[k];
  }

  // --- pointer and keys
  const scrub = e => {
    const at = day(e), mid = frames.spans.map(([a, b]) => Math.abs((a + b + 1) / 2 - at)), k = mid.indexOf(Math.min(...mid));
    if (k !== time.frame) show(k);
  };
  let drag = null;
  const moved = e => {
    if (frames) { scrub(e); return; }
    if (!drag.far && Math.abs(e.clientX - drag.x) < LEAST) return;
    drag.far = true;
    const at = bar(within(day(e), 0, last)), [low, top] = drag.fixed;
    const to = drag.end === 0 ? [begins[Math.min(at, bar(top))], top]
      : drag.end === 1 ? [low, ends[Math.max(at, bar(low))]]
      : [begins[Math.min(at, drag.bar)], ends[Math.max(at, drag.bar)]];
    chosen = to;
    mark();
  };
  chart.addEventListener("pointerdown", e => {
    if (e.button || !(frames || brushes)) return;
    if (frames) { play(false); slider.focus(); }
    const which = e.target.dataset?.which;
    drag = {x: e.clientX, bar: bar(within(day(e), 0, last)), end: which === undefined ? null : +which, fixed: chosen || [0, last], was: chosen, far: false};
    chart.setPointerCapture(e.pointerId);
    if (frames) scrub(e);
    box.busy = true;
  });
  chart.addEventListener("pointermove", e => {
    if (drag) moved(e);
    else if (!frames && brushes) hover(e);
  });
  const done = ok => {
    if (!drag) return;
    const {far, was} = drag, next = chosen;
    drag = null;
    box.busy = false;
    if (!frames && far) {
      chosen = was;
      if (ok) take(next); else mark();
    }
    box.later?.();
    box.later = null;
  };
  chart.addEventListener("pointerup", () => done(true));
  chart.addEventListener("pointercancel", () => done(false));
  chart.addEventListener("dblclick", () => { if (brushes && !frames) take([0, last]); });
  chart.addEventListener("pointerleave", () => { if (!drag) mark(); });
  const hover = e => {           // what the bar below the pointer says
    const at = day(e), i = bar(at);
    if (at < begins[i] || at > ends[i] + 1) { mark(); return; }
    const part = data.whole[i] ? "" : ` in a part of a ${data.step}`;
    said.textContent = `${spoken(first, begins[i], ends[i])}: ${many(data.n[i])}${part}`;
  };
  const keys = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -4, PageUp: 4};
  handles.forEach((made, which) => made.addEventListener("keydown", e => {
    const now = chosen || [0, last], far = begins.length - 1, other = bar(now[1 - which]);
    let i = bar(now[which]);
    if (e.key === "Home") i = 0;
    else if (e.key === "End") i = far;
    else if (keys[e.key]) i += keys[e.key];
    else return;
    e.preventDefault();
    i = which ? within(i, other, far) : within(i, 0, other);
    chosen = which ? [now[0], ends[i]] : [begins[i], now[1]];
    mark();
    clearTimeout(box.soon);
    box.soon = setTimeout(() => take(chosen), PAUSE);
  }));
  slider?.addEventListener("keydown", e => {
    if (e.key === " ") play(!time.timer);
    else if (e.key === "Home" || e.key === "End") { play(false); show(e.key === "Home" ? 0 : time.count - 1); }
    else if (keys[e.key]) { play(false); show(within(time.frame + keys[e.key], 0, time.count - 1)); }
    else return;
    e.preventDefault();
  });

  // --- a new View keeps the frame that was on show, and goes on playing where it did
  if (frames) {
    const was = time.keys?.[time.frame] ?? data.frame, same = frames.keys.indexOf(was);
    Object.assign(time, {keys: frames.keys, count: frames.labels.length});
    time.frame = same >= 0 ? same : Math.min(time.frame ?? 0, time.count - 1);
    time.addEventListener("frame", follow, {signal});
    time.addEventListener("playing", state, {signal});
  } else if (time.keys) forget();
  const size = new ResizeObserver(draw);
  size.observe(chart);
  signal.addEventListener("abort", () => size.disconnect());
  draw();
  state();
  if (frames) {
    show(time.frame, "play");
    if (time.wanted) play(true);
    time.wanted = false;
  }
  if (focus) box.querySelector(`[data-part="${focus}"]`)?.focus({preventScroll: true});
}

export default function ({parentElement, data, setTriggerValue}) {
  const box = parentElement.querySelector("div");
  strip(box, data, setTriggerValue);
  return () => setTimeout(() => {          // the reader has left the page, and not only changed it
    if (box.isConnected) return;
    box.ended.abort();
    if (!document.querySelector(".st-key-timeline_strip")) forget();
  }, 300);
}
