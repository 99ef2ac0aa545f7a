// What buttons of our own words do in the page: copy, draw, fold, go. Each carries what it does
// in an attribute that only our code writes. A row of an area opens its page without a reload.
(() => {
  const marked = document.querySelector("[data-language]")?.dataset.language;   // readers aloud must know it
  if (marked) document.documentElement.lang = marked;
  if (window.porchlightPage) return;
  window.porchlightPage = true;
  const root = document.documentElement, SEEN = "porchlight-seen";
  const PAPER = { width: 690, height: 260, alone: 380 };   // px of a page that a map may take
  const store = { get: () => { try { return localStorage.getItem(SEEN); } catch { return "1"; } },
    set: () => { try { localStorage.setItem(SEEN, "1"); } catch { /* asked again next time */ } } };
  if (!store.get()) root.classList.add("porch-new");
  const map = () => document.querySelector('[class*="st-key-map"] iframe')?.contentWindow?.porch;
  const greet = () => { root.classList.remove("porch-new"); store.set(); };
  addEventListener("pagehide", () => { if (document.querySelector(".porch-welcome")) store.set(); });   // greeted once
  document.querySelector('[data-testid="stMain"]')?.setAttribute("tabindex", "-1");   // the skip link is the first stop
  const acts = {
    copy(button, text) {
      const was = button.textContent;
      const say = (word) => { button.textContent = word; setTimeout(() => { button.textContent = was; }, 2000); };
      navigator.clipboard.writeText(text).then(() => say("Copied"), () => {
        button.parentElement.querySelector("input")?.select();
        say("Press Ctrl+C to copy");
      });
    },
    draw(_, tool) {
      document.activeElement?.blur();
      document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
      map()?.draw?.(tool);
    },
    fold(button, name) {
      const open = root.classList.toggle(`porch-fold-${name}`);
      button.setAttribute("aria-expanded", String(open));
    },
    go(button, path) {
      if (button.closest(".porch-welcome")) greet();
      const links = [...document.querySelectorAll('[data-testid="stPageLink-NavLink"]')];
      const opens = (link) => new URL(link.getAttribute("href") || "/", location.origin).pathname;   // the first page's is empty
      links.find((link) => opens(link) === path)?.click();
    },
    skip(_, where) {
      const to = document.querySelector(where) ?? document.querySelector("h1");
      if (to?.tagName === "H1") to.tabIndex = -1;
      to?.focus();
      to?.scrollIntoView?.({ block: "nearest" });
    },
    focus(_, where) {   // what is within a component of ours; a phone has a button for it
      greet();
      const host = [...document.querySelectorAll(`${where} *`)].find((one) => one.shadowRoot);
      const [opener, field] = ["button", "input"].map((name) => host?.shadowRoot.querySelector(name));
      if (opener?.checkVisibility()) opener.click();
      else field?.focus();
    },
    greet,
  };
  // a panel of the bar or the menu lies over what was chosen in it, on a phone
  const shut = () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  const PANEL = '[data-testid="stPopoverBody"]', PHONE = matchMedia("(max-width: 699px)");
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(`${PANEL} [data-testid="stPageLink-NavLink"]`)) setTimeout(shut);
  });
  document.addEventListener("click", (event) => {   // a radio of Streamlit sends no change
    if (PHONE.matches && event.target.closest?.(`${PANEL} .st-key-source [role="radiogroup"]`)) setTimeout(shut, 300);   // its words are said first
  }, true);
  // a finger that has moved on leaves no words of a chart behind
  let dragged = false;
  const hide = () => document.getElementById("vg-tooltip-element")?.classList.remove("visible");
  const ended = () => { if (dragged) setTimeout(hide); };
  addEventListener("touchstart", (event) => {
    dragged = false;
    if (!event.target.closest?.('[data-testid="stVegaLiteChart"]')) hide();
  }, { capture: true, passive: true });
  addEventListener("touchmove", () => { dragged = true; }, { capture: true, passive: true });
  for (const kind of ["touchend", "touchcancel"]) addEventListener(kind, ended, { capture: true, passive: true });
  addEventListener("scroll", hide, { capture: true, passive: true });
  const visit = (url) => {   // a step in the history, as the map makes it
    history.pushState(history.state, "", url);
    window.dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  };
  document.addEventListener("click", (event) => {   // a phone shows the chosen layer at once
    const opener = document.querySelector('[data-fold="layers"]');
    const open = root.classList.contains("porch-fold-layers") && event.target.closest?.('.st-key-layer [role="radio"]');
    if (open && opener) acts.fold(opener, "layers");
  }, true);   // Streamlit lets no click of its buttons through
  // the first picture is the Map's: on another page it gives way
  window.navigation?.addEventListener("currententrychange", () => {
    if (location.pathname !== "/") document.getElementById("porch-shell")?.remove();
  });
  // on paper the map is a picture of itself: it keeps its size, and is scaled to the page
  addEventListener("beforeprint", () => {
    const frame = document.querySelector('[class*="st-key-map"] iframe');
    root.classList.toggle("porch-dark", getComputedStyle(document.querySelector('[data-testid="stApp"]')).colorScheme === "dark");
    if (!frame) return;
    const { clientWidth: width, clientHeight: height } = frame;
    const scale = Math.min(1, PAPER.width / width, (frame.closest(".st-key-map") ? PAPER.alone : PAPER.height) / height);
    const set = { width: `${width}px`, height: `${height}px`, high: `${Math.ceil(scale * height)}px`, scale };
    for (const name in set) root.style.setProperty(`--porch-map-${name}`, set[name]);
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("a[data-area]");
    if (row && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
      event.preventDefault();
      visit(row.href);
      return;
    }
    const names = Object.keys(acts);
    const at = event.target.closest?.(names.map((name) => `[data-${name}]`).join(","));
    const name = at && names.find((one) => one in at.dataset);
    if (name) { event.preventDefault(); acts[name](at, at.dataset[name]); }
  }, true);   // first of all: some widgets keep a click to themselves
})();
