// The map's part of the time player: shows the frame that the page says, from what was sent ahead.
(function () {
  const time = () => parent.porchTime;

  function ahead(urls) {        // decoded before they are shown: no frame waits
    return urls.map(src => {
      const image = new Image();
      image.src = src;
      image.decode?.().catch(() => {});
      return image;
    });
  }

  function show(state, k) {
    const told = state.told.frames, one = told?.labels && Math.min(k ?? 0, told.labels.length - 1);
    if (!told?.labels || one < 0) return;
    if (told.pictures) state.scene.heat?.setUrl(told.pictures[one]);
    if (told.fills) {
      const fills = [...told.fills[one]].map(letter => told.looks[letter.charCodeAt(0) - 97]);
      porchlight.fills.dress(state.scene, state.told, fills);
    }
    if (told.counts) state.tips = told.counts[one].map(n => [`${n.toLocaleString("en")} incident${n === 1 ? "" : "s"}`, told.labels[one]]);
    document.documentElement.dataset.frame = told.keys[one];
  }

  porchlight.part({
    base(state) {
      const heard = new AbortController();
      const hear = () => time()?.addEventListener("frame", e => show(state, e.detail), {signal: heard.signal});
      state.listens = () => { if (!state.heard && time()) { state.heard = true; hear(); } };
      window.addEventListener("pagehide", () => heard.abort());
    },
    patch(state, told) {
      if (!told.frames) { delete document.documentElement.dataset.frame; return; }
      if (state.fresh("frames")) state.ahead = told.frames.pictures ? ahead(told.frames.pictures) : null;
      const wait = () => { state.listens(); if (state.told.frames && !state.heard) setTimeout(wait, 50); else show(state, time()?.frame); };
      wait();
    },
  });
})();
