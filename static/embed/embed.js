// One line in an article: <script src="(address)/embed/embed.js" async></script>
// It puts the embed below itself and keeps the frame as high as what it shows.
(function () {
  "use strict";
  var script = document.currentScript;
  var query = new URLSearchParams();
  ["source", "map", "area", "kind", "period"].forEach(function (word) {
    if (script.dataset[word]) query.set(word, script.dataset[word]);
  });
  var lang = LANGUAGES.indexOf(script.dataset.lang) < 0 ? "en" : script.dataset.lang;
  var page = new URL(lang === "en" ? "index.html" : lang + ".html", script.src);
  page.search = query;
  var frame = document.createElement("iframe");
  frame.src = page.href;
  frame.title = script.dataset.title || "Porchlight";
  frame.loading = "lazy";
  frame.style.cssText = "display:block;width:100%;border:0;height:" + (script.dataset.height || 900) + "px";
  script.after(frame);
  addEventListener("message", function (event) {
    if (event.source !== frame.contentWindow || !event.data) return;
    var height = event.data.porchlight && Number(event.data.height);
    if (height > 0 && height < 20000) frame.style.height = Math.ceil(height) + "px";
  });
})();
