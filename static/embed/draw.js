// The picture, the table and the series of what is selected. Text goes in as text only.
const $ = id => document.getElementById(id), SVG = "http://www.w3.org/2000/svg";

function element(tag, given = {}, parent = null) {
  const {ns, text, ...attributes} = given, e = ns ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) e.setAttribute(name, value);
  if (text !== undefined) e.textContent = text;
  parent?.append(e);
  return e;
}

function tenths(value) { return Math.floor(value * 10 + .5) / 10; }

function fillOf(name) { return STRIPES.includes(name) ? `url(#${name})` : null; }

function paint(node, name) {
  node.setAttribute("class", name);
  const fill = fillOf(name);
  if (fill && node.tagName === "path") node.setAttribute("fill", fill); else node.removeAttribute("fill");
}

function drawMap(rows) {
  $("two").classList.toggle("nomap", where() === "city");
  if (where() === "city") return;
  setLevel(where());
  for (const r of rows.filter(r => r.code > 0)) {
    const path = $("a" + r.code);
    paint(path, r.look);
    path.setAttribute("aria-label", `${r.name}: ${ranged(r)}${r.more ? `, ${say("said.more")}` : ""}`);
    path.setAttribute("aria-selected", String(r.code === state.area));
    document.querySelectorAll(`.names [data-a="${r.code}"]`).forEach(t => paint(t, r.look));
  }
  for (const id of ["chosen", "core"]) $(id).setAttribute("d", state.area ? $("a" + state.area).getAttribute("d") : "");
  const label = say("map.label", {place: data.place, what: what(), period: period(now())});
  $("areas").setAttribute("aria-label", `${label}. ${say("map.keys")}`);
}

function drawLegend() {
  const box = $("legend"), rows = legend();
  box.replaceChildren();
  if (!rows.length) return;
  element("p", {text: legendTitle()}, box);
  const list = element("ul", {}, box);
  for (const [name, numbers, meaning] of rows) {
    const item = element("li", {class: name}, list);
    element("i", {}, item);
    const text = element("span", {}, item);
    if (numbers) { element("b", {text: numbers}, text); text.append(" "); }
    text.append(meaning);
  }
}

function drawBar(head, r, most) {
  const bar = element("svg", {ns: 1, class: "bar", viewBox: "0 0 101 6", preserveAspectRatio: "none", "aria-hidden": "true"}, head);
  const [low, high] = (sort().exact ? [0, r.n] : [r.low, r.high]).map(n => tenths(100 * n / most));
  element("rect", {ns: 1, class: "span", x: low, width: tenths(high - low), y: 1, height: 4}, bar);
  if (!sort().exact) element("rect", {ns: 1, class: "tick", x: tenths(100 * r.n / most), width: 1, height: 6}, bar);
}

function drawTable(rows) {
  const most = Math.max(1, ...rows.map(r => r.high)), body = $("rows"), held = document.activeElement?.closest?.("#rows tr")?.dataset.a;
  const periods = where() === "city", exact = sort().exact;
  $("caption").textContent = [capital(what()), ...(periods ? [] : [period(now())])].join(", ");
  const heads = [say(periods ? "table.period" : "table.area"), say(exact ? "table.exact" : "table.n"), ...(exact ? [] : [say("table.likely")])];
  $("heads").replaceChildren(...heads.map((text, i) => element("th", {scope: "col", class: i ? "n" : null, text})));
  body.replaceChildren();
  for (const r of rows) {
    const row = element("tr", {"data-a": r.code, class: r.code > 0 && r.code === state.area ? "on" : null}, body);
    const head = element("th", {scope: "row"}, row);
    if (r.code > 0) element("button", {type: "button", text: r.name, tabindex: -1, "aria-pressed": String(r.code === state.area)}, head);
    else head.append(r.name);
    drawBar(head, r, most);
    for (const text of cells(r)) element("td", {class: "n", text}, row);
  }
  const own = [...body.querySelectorAll("button")];
  if (own.length) (own.find(b => b.closest("tr").dataset.a === String(state.area)) || own[0]).tabIndex = 0;
  if (held) body.querySelector(`tr[data-a="${held}"] button`)?.focus();
}

function linePath(y) {
  return `M0 ${y[0]}` + y.map((v, i) => (i ? `V${v}` : "") + `H${10 * (i + 1)}`).join("");
}

function drawSeries() {
  const box = $("series"), found = series();
  box.replaceChildren();
  if (!found) return;
  const [title, periods, n] = found, most = Math.max(1, ...n.map(r => r.high)), exact = sort().exact;
  const head = element("h2", {text: title + " "}, box), name = p => capital(period(p));
  element("span", {text: say("series.last", {period: name(periods.at(-1)), range: ranged(n.at(-1))})}, head);
  const svg = element("svg", {ns: 1, class: "bars", viewBox: `0 0 ${10 * n.length} 100`, preserveAspectRatio: "none", "aria-hidden": "true"}, box);
  const heights = end => n.map(r => tenths(100 - 100 * r[end] / most)), low = exact ? n.map(() => 100) : heights("low");
  const grounds = periods.map((p, i) => {
    const ground = element("rect", {ns: 1, class: within(p, now()) ? "on" : "off", x: 10 * i, width: 10, height: 100}, svg);
    element("title", {ns: 1, text: `${name(p)}: ${ranged(n[i])}`}, ground);
    return ground;
  });
  const back = low.map((v, i) => `V${v}H${10 * i}`).reverse().join("");
  element("path", {ns: 1, class: "band", d: linePath(heights("high")) + back + "Z"}, svg);
  element("path", {ns: 1, class: "line", d: linePath(heights("n"))}, svg);
  grounds.forEach((ground, i) => {
    ground.onclick = () => { const to = shown().p.findIndex(p => within(periods[i], p)); if (to >= 0) change({period: to}); };
  });
  const foot = element("p", {class: "ends"}, box);
  element("span", {text: name(periods[0])}, foot);
  element("span", {class: "key", text: `${say("series.scale", {high: number(Math.max(...n.map(r => r.high)))})}. ${exact ? "" : say("series.key")}`}, foot);
  element("span", {text: name(periods.at(-1))}, foot);
}

function drawWords(rows) {
  const said = sentence(rows);
  $("said").textContent = said;
  $("sub").textContent = sub();
  $("sort").textContent = `${data.place} · ${say("sort." + state.sort)}`;
  $("source").textContent = source();
  $("notreal").hidden = !madeNote();
  if (madeNote()) $("notreal").textContent = madeNote();
  $("vain").hidden = !state.vain;
  $("vain").textContent = state.vain;
  $("how").hidden = sort().exact;
  $("notes").replaceChildren(...notes().map(text => element("p", {text})));
  return said;
}

function draw() {
  const rows = tableRows();
  drawMap(rows);
  drawLegend();
  drawTable(rows);
  drawSeries();
  return drawWords(rows);
}
