// What both pages share.

function make(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}

function byId(id) { return document.getElementById(id); }

// Light or dark as the system says, until the switch is used; remembered where that is allowed.
function startTheme(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try { chosen = localStorage.getItem("upscale-theme"); } catch { /* forbidden from disk in some browsers */ }
  const apply = () => {
    const dark = chosen ? chosen === "dark" : system.matches;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    button.textContent = dark ? "Light" : "Dark";
    button.ariaLabel = dark ? "Switch to light colours" : "Switch to dark colours";
  };
  system.addEventListener("change", apply);
  button.addEventListener("click", () => {
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("upscale-theme", chosen); } catch { /* then only this time */ }
    apply();
  });
  apply();
}

// Tables and figures of the same run; a link where they lie near.
function showFiles(element, files = []) {
  if (!files.length) return;
  const line = make("p", { textContent: "Of the same run: " });
  files.forEach(({ name, link }, i) => line.append(i ? ", " : "", link ? make("a", { href: link.split("/").map(encodeURIComponent).join("/"), textContent: name }) : name));
  element.append(line);
}

function paragraphs(element, texts) {
  element.replaceChildren(...texts.map((textContent) => make("p", { textContent })));
}
