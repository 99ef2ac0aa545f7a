// Selections, the slider, and the first drawing.
const boxes = {};               // the selects by what they choose

function options(select, rows, chosen) {
  select.replaceChildren(...rows.map(([value, text]) => element("option", {value, text})));
  select.value = String(chosen);
  select.closest("label").hidden = rows.length < 2;
}

function choices() {
  options(boxes.sort, Object.keys(data.sorts).map(s => [s, say("sort." + s)]), state.sort);
  options(boxes.map, maps().map(m => [m, say("map." + where(m), {every: say("every." + unit(m))})]), state.map);
  options(boxes.kind, kinds().map(k => [k, capital(say("kind." + k))]), state.kind);
  options(boxes.area, [[0, say("choose.all")], ...areas().map(a => [a.code, a.name])], state.area);
  const p = shown().p, slider = $("slider");
  slider.max = p.length - 1;
  slider.value = state.period;
  slider.setAttribute("aria-valuetext", period(p[state.period]));
  $("when").textContent = capital(period(p[state.period]));
  $("before").disabled = state.period === 0;
  $("next").disabled = state.period === p.length - 1;
  $("time").hidden = p.length < 2;
}

let speaking;
function change(given) {        // the one way to select: fitted to what is released, drawn, told, linked
  const time = now(), level = where();
  Object.assign(state, {vain: ""}, given, given.sort ? data.sorts[given.sort].opens : {});
  if (where() !== level) state.area = 0;
  fit();
  if (given.map || given.kind) state.period = at(time);
  const said = draw();
  choices();
  remember();
  clearTimeout(speaking);
  speaking = setTimeout(() => { $("live").textContent = said; }, 300);
}

function controls() {
  const form = $("choose");
  form.addEventListener("submit", event => event.preventDefault());
  for (const name of ["sort", "map", "kind", "area"]) {
    const label = element("label", {}, form);
    element("span", {text: say("choose." + name)}, label);
    boxes[name] = element("select", {name}, label);
    boxes[name].onchange = () => change({[name]: name === "area" ? +boxes[name].value : boxes[name].value});
  }
  form.hidden = false;
  const time = $("time");
  const step = (id, key, sign, by) => {
    const button = element("button", {type: "button", id, "aria-label": say(key), text: sign}, time);
    button.onclick = () => change({period: state.period + by});
  };
  element("output", {id: "when", for: "slider"}, time);
  step("before", "time.before", "‹", -1);
  const slider = element("input", {type: "range", id: "slider", min: 0, step: 1, "aria-label": say("time.label")}, time);
  slider.oninput = () => change({period: +slider.value});
  step("next", "time.next", "›", 1);
  time.hidden = false;
}

function tellHeight() {         // the page around it makes its frame as high
  if (parent === window) return;
  const tell = () => parent.postMessage({porchlight: "height", height: Math.ceil(document.documentElement.getBoundingClientRect().height)}, "*");
  new ResizeObserver(tell).observe(document.body);
  tell();
}

document.documentElement.classList.add("js");
read(location.search);
controls();
onMap();
onTable();
onSave();
draw();
choices();
if (location.search) remember();
tellHeight();
document.documentElement.dataset.drawn = "yes";
