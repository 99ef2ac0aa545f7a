// The player's table: the areas with the most incidents of the frame on show (window.porchTime).
// Text is set with textContent only.
const time = () => window.porchTime;

const STYLE = `
.table { font-family: var(--st-font, sans-serif); color: var(--st-text-color); font-size: 14px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { text-align: left; font-weight: 600; padding-bottom: 6px; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 400; opacity: .75; }
th, td { padding: 4px 8px; border-bottom: 1px solid var(--st-border-color); }
th + th, td + td { text-align: right; font-variant-numeric: tabular-nums; }
.note { opacity: .8; }
`;

function html(tag, given, parent) {
  const made = Object.assign(document.createElement(tag), given);
  parent?.append(made);
  return made;
}

export function table(box, data) {
  box.ended?.abort();
  box.ended = new AbortController();
  box.replaceChildren();
  html("style", {textContent: STYLE}, box);
  const root = html("div", {className: "table"}, box), made = html("table", {}, root);
  const caption = html("caption", {}, made), head = html("tr", {}, html("thead", {}, made)), body = html("tbody", {}, made);
  const rated = data.people.some(p => p);
  for (const text of ["Area", "Incidents", ...(rated ? ["Per 1,000"] : [])]) html("th", {textContent: text, scope: "col"}, head);
  const rows = Array.from({length: Math.min(data.most, data.names.length)}, () => {
    const row = html("tr", {}, body);
    return Array.from({length: rated ? 3 : 2}, () => html("td", {textContent: "\u00a0"}, row));
  });
  const note = html("p", {className: "note"}, root);
  const follow = () => {
    const k = Math.min(time()?.frame ?? 0, data.counts.length - 1), n = data.counts[k];
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
  const listen = () => {       // the strip that plays may come later than its table
    if (box.ended.signal.aborted) return;
    if (!time()) { setTimeout(listen, 50); return; }
    time().addEventListener("frame", follow, {signal: box.ended.signal});
    follow();
  };
  follow();
  listen();
}

export default function ({parentElement, data}) {
  const box = parentElement.querySelector("div");
  table(box, data);
  return () => box.ended.abort();
}
