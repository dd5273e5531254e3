// Light or dark before anything is drawn: as chosen here, else as the system is. No module, since those come too late.
"use strict";
(() => {
  const KEPT = "weft.theme", system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try { chosen = localStorage.getItem(KEPT); } catch { /* a browser may forbid it; then the system's is taken */ }
  const show = () => {
    const dark = chosen ? chosen === "dark" : system.matches;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  };
  system.addEventListener("change", show);
  document.addEventListener("weft-theme", () => {
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem(KEPT, chosen); } catch { /* as above */ }
    show();
  });
  show();
})();
