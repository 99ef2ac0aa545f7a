// The current picture as SVG and PNG: sentence, legend, source, date and stamp inside.
const LIGHT = data.colors;      // whatever the reader's theme: the picture goes elsewhere
const FAMILY = "Source Sans 3, Source Sans Pro, Source Sans, Segoe UI, Helvetica, Arial, sans-serif";

function folded(text, size, weight, wide) {
  const pen = folded.pen ||= document.createElement("canvas").getContext("2d"), lines = [""];
  pen.font = `${weight} ${size}px ${FAMILY}`;
  for (const word of text.split(/\s+/)) {
    const longer = (lines.at(-1) + " " + word).trim();
    if (lines.at(-1) && pen.measureText(longer).width > wide) lines.push(word); else lines[lines.length - 1] = longer;
  }
  return lines;
}

function picture() {
  const wide = 1000, edge = 40, scale = 1.35, [w, h] = data.size, rows = tableRows();
  const svg = element("svg", {ns: 1, width: wide, "font-family": FAMILY});
  svg.setAttribute("xmlns", SVG);
  element("title", {ns: 1, text: sentence(rows)}, svg);
  const defs = element("defs", {ns: 1}, svg);
  for (const name of STRIPES) {
    const stripes = element("pattern", {ns: 1, id: name, width: 10, height: 10, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)"}, defs);
    element("rect", {ns: 1, width: 10, height: 10, fill: LIGHT.ramp[name[1]]}, stripes);
    element("rect", {ns: 1, width: 5, height: 10, fill: LIGHT.ramp[name[2]]}, stripes);
  }
  const ground = element("rect", {ns: 1, width: wide, fill: LIGHT.paper}, svg);
  let y = 22;
  const write = (text, size, weight, fill, x = edge, room = wide - 2 * edge) => {
    for (const line of folded(text, size, weight, room)) {
      y += size * 1.22;
      element("text", {ns: 1, x, y: y.toFixed(1), "font-size": size, "font-weight": weight, fill, text: line}, svg);
    }
    return y;
  };
  write(sentence(rows), 34, 650, LIGHT.ink);
  y += 8;
  write(sub(), 19, 400, LIGHT.quiet);
  y += 26;
  const map = where() !== "city", tall = h > .9 * w, high = y, room = 195;
  if (map) write(legendTitle(), 18, 600, LIGHT.ink, edge, room);
  const fills = {zero: LIGHT.paper, striped: "url(#s13)", ...Object.fromEntries(STRIPES.map(s => [s, `url(#${s})`])),
    ...Object.fromEntries(LIGHT.ramp.map((c, i) => ["r" + i, c]))};
  for (const [name, numbers, meaning] of legend()) {
    y += 12;
    element("rect", {ns: 1, x: edge, y, width: 34, height: 20, fill: fills[name], stroke: LIGHT.quiet}, svg);
    y -= 4;
    if (numbers) write(numbers, 17, 600, LIGHT.ink, edge + 44, room - 44);
    if (meaning) write(meaning, 17, 400, LIGHT.ink, edge + 44, room - 44);
    y += 4;
  }
  y = map ? Math.max(y, drawAreas(svg, rows, fills, {y, high, tall, wide, edge, scale})) + 14 : drawRows(rows, write) + 14;
  notes().forEach(text => write(text, 15, 400, LIGHT.quiet));
  y += 4;
  write(source(), 15, 600, LIGHT.quiet);
  const height = Math.round(y + 28);
  ground.setAttribute("height", height);
  svg.setAttribute("height", height);
  svg.setAttribute("viewBox", `0 0 ${wide} ${height}`);
  return {text: new XMLSerializer().serializeToString(svg), wide, height};
}

function drawAreas(svg, rows, fills, {y, high, tall, wide, edge, scale}) {   // the foot of the map
  const [w, h] = data.size, top = tall ? high : y + 20, left = tall ? wide - edge - w * scale : (wide - w * scale) / 2;
  const map = element("g", {ns: 1, transform: `translate(${left.toFixed(1)} ${top.toFixed(1)}) scale(${scale})`, "stroke-linejoin": "round"}, svg);
  const own = rows.filter(r => r.code > 0), d = r => $("a" + r.code).getAttribute("d");
  for (const r of own) element("path", {ns: 1, d: d(r), fill: fills[r.look], stroke: LIGHT.paper, "stroke-width": 2.4}, map);
  element("path", {ns: 1, d: $("borders").getAttribute("d"), fill: "none", stroke: LIGHT.ink, "stroke-width": .8}, map);
  if (state.area) for (const [stroke, width] of [[LIGHT.ink, 6], [LIGHT.paper, 2]])
    element("path", {ns: 1, d: $("a" + state.area).getAttribute("d"), fill: "none", stroke, "stroke-width": width}, map);
  for (const label of document.querySelectorAll(".names.wide text")) {
    const r = own.find(r => String(r.code) === label.dataset.a), copy = label.cloneNode(true), one = r.look[0] === "r";
    copy.removeAttribute("class");
    copy.removeAttribute("data-a");
    Object.entries({fill: one ? LIGHT.on[r.look[1]] : LIGHT.ink, stroke: one ? fills[r.look] : LIGHT.paper, "stroke-width": 2.6, "paint-order": "stroke",
      "font-size": 16, "font-weight": 500, "text-anchor": "middle"}).forEach(([name, value]) => copy.setAttribute(name, value));
    map.append(copy);
  }
  return top + h * scale;
}

function drawRows(rows, write) {        // without a map: the newest periods, a line each
  let foot = 0;
  for (const r of rows.slice(0, 12)) foot = write(`${r.name}: ${ranged(r)}`, 20, 400, LIGHT.ink);
  return foot;
}

function save(blob, suffix) {
  const a = element("a", {download: `porchlight-${state.sort}-${state.map}-${state.kind}-${now()}.${suffix}`});
  a.href = URL.createObjectURL(blob);
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 5000);
}

function onSave() {
  const box = $("save");
  box.hidden = false;
  const button = (key, does) => element("button", {type: "button", text: say(key)}, box).onclick = does;
  button("download.svg", () => save(new Blob([picture().text], {type: "image/svg+xml"}), "svg"));
  button("download.png", () => {
    const {text, wide, height} = picture(), image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [2 * wide, 2 * height];
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(blob => save(blob, "png"), "image/png");
    };
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
  });
}
