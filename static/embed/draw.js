// The picture, the table and the series of what is selected. Text goes in as text only.
const $ = id => document.getElementById(id), SVG = "http://www.w3.org/2000/svg";
let byName = {};                // the table's order: by number from the top, unless {name, down} or {up}

function element(tag, given = {}, parent = null) {
  const {ns, text, ...attributes} = given, e = ns ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) e.setAttribute(name, value);
  if (text !== undefined) e.textContent = text;
  parent?.append(e);
  return e;
}

function told(n) { return n === null ? say("hidden") : number(n); }

function drawMap(rows) {
  for (const r of rows) {
    const path = $("a" + r.code);
    path.setAttribute("class", r.look);
    path.setAttribute("aria-label", `${r.name}: ${told(r.n)}`);
    path.setAttribute("aria-selected", String(r.code === state.area));
    document.querySelectorAll(`.names [data-a="${r.code}"]`).forEach(t => t.setAttribute("class", r.look));
  }
  for (const id of ["chosen", "core"]) $(id).setAttribute("d", state.area ? $("a" + state.area).getAttribute("d") : "");
  const label = say("map.label", {place: data.place, what: what(), period: period(shown().p[state.period])});
  $("areas").setAttribute("aria-label", `${label}. ${say("map.keys")}`);
}

function drawLegend() {
  const box = $("legend"), rows = legend();
  if (!sort().exact) rows.push(["none", say("hidden.long")]);
  box.replaceChildren(element("p", {text: say("legend.title")}));
  const list = element("ul", {}, box);
  for (const [name, text] of rows) {
    const item = element("li", {class: name}, list);
    element("i", {}, item);
    element("span", {text}, item);
  }
}

function sorted(rows) {
  const named = [...rows].sort((p, q) => p.name.localeCompare(q.name));
  if (byName.name) return byName.down ? named.reverse() : named;
  if (!byName.up) return rows;
  return [...rows.filter(r => r.n !== null).reverse(), ...rows.filter(r => r.n === null)];
}

function drawTable(rows) {
  const most = Math.max(1, ...rows.map(r => r.n ?? 0)), body = $("rows"), held = document.activeElement?.closest?.("#rows tr")?.dataset.a;
  $("caption").textContent = say("table.caption", {What: capital(what()), period: period(shown().p[state.period])});
  body.replaceChildren();
  for (const r of sorted(rows)) {
    const row = element("tr", {"data-a": r.code, class: [r.n === null ? "none" : "", r.code === state.area ? "on" : ""].join(" ").trim() || null}, body);
    const head = element("th", {scope: "row"}, row);
    element("button", {type: "button", text: r.name, tabindex: -1, "aria-pressed": String(r.code === state.area)}, head);
    if (r.n !== null) {
      const bar = element("svg", {ns: 1, class: "bar", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true"}, head);
      element("rect", {ns: 1, class: r.look, width: Math.round(1000 * r.n / most) / 10, height: 4}, bar);
    }
    element("td", {class: "n", text: told(r.n)}, row);
  }
  const own = [...body.querySelectorAll("button")];
  (own.find(b => b.closest("tr").dataset.a === String(state.area)) || own[0]).tabIndex = 0;
  if (held) body.querySelector(`tr[data-a="${held}"] button`)?.focus();
}

function chosenIn(code) {       // whether a period of the series lies in the chosen one
  const now = shown().p[state.period];
  if (code === now) return true;
  const span = c => { const [y, p = ""] = c.split("-");
    if (p[0] === "W") { const d = monday(+y, +p.slice(1)).split("-"); return [12 * d[0] + +d[1], 12 * d[0] + +d[1]]; }
    if (p[0] === "Q") return [12 * y + 3 * p[1] - 2, 12 * y + 3 * p[1]];
    return p ? [12 * y + +p, 12 * y + +p] : [12 * y + 1, 12 * y + 12]; };
  const [a, b] = span(code), [c, d] = span(now);
  return a >= c && b <= d;
}

function drawSeries() {
  const box = $("series"), found = series();
  box.replaceChildren();
  if (!found) return;
  const [title, periods, n] = found, most = Math.max(...n.map(v => v ?? -1));
  const head = element("h2", {text: title + " "}, box), top = n.indexOf(most);
  element("span", {text: most < 0 ? say("series.none") : say("series.most", {n: number(most), period: period(periods[top])})}, head);
  const svg = element("svg", {ns: 1, class: "bars", viewBox: `0 0 ${10 * n.length} 100`, preserveAspectRatio: "none", "aria-hidden": "true"}, box);
  n.forEach((v, i) => {
    const high = v === null ? 3 : Math.round(1000 * v / Math.max(1, most)) / 10;
    const bar = element("rect", {ns: 1, class: v === null ? "gap" : chosenIn(periods[i]) ? "on" : "off", x: 10 * i + 1, width: 8, y: 100 - high, height: high}, svg);
    element("title", {ns: 1, text: `${period(periods[i])}: ${told(v)}`}, bar);
    bar.onclick = () => change({period: shown().p.includes(periods[i]) ? shown().p.indexOf(periods[i]) : state.period});
  });
  const ends = element("p", {class: "ends"}, box);
  element("span", {text: capital(period(periods[0]))}, ends);
  element("span", {text: capital(period(periods[periods.length - 1]))}, ends);
}

function drawWords(rows) {
  const said = sentence(rows);
  $("said").textContent = said;
  $("sub").textContent = sub(rows);
  $("sort").textContent = `${data.place} · ${say("sort." + state.sort)}`;
  $("source").textContent = source();
  $("notreal").hidden = !madeNote();
  if (madeNote()) $("notreal").textContent = madeNote();
  $("vain").hidden = !state.vain;
  $("vain").textContent = state.vain;
  $("notes").replaceChildren(...notes().map(text => element("p", {text})));
  return said;
}

function draw() {
  const rows = ranked();
  drawMap(rows);
  drawLegend();
  drawTable(rows);
  drawSeries();
  return drawWords(rows);
}
