// The page: shows an explanation, steps through it, and lights up what belongs together.

const SPEED = 900; // milliseconds a step
let e, links, lit, cells, matrices, shown, chosen, timer = null;

// The products, each once: places of x, of the full result and of the kernel.
function linksOf(e) {
  const x = flat(e.x);
  return e.steps.flatMap((step, number) => step.terms.map(([other, kernel, weight, product, sum]) => {
    const [from, y] = e.scatter ? [step.place, other] : [other, step.place];
    return { x: from, y, kernel, weight, product, sum, value: x[from], number };
  }));
}

// What the places of the full result have come to after so many steps; undefined: nothing yet.
function sumsAfter(steps) {
  const sums = new Array(e.output.shape[0] * e.size.full[0] * e.size.full[1]);
  for (const link of links) if (link.number < steps) sums[link.y] = link.sum;
  return sums;
}

function linksAt(side, at) { return links.filter((link) => link[side] === at); }

function tellStep() {
  if (!e.steps.length) return "There is no step: nothing meets.";
  const step = e.steps[shown - 1], side = e.scatter ? "x" : "y";
  return `Step ${shown} of ${e.steps.length}: ${tellCell(e, side, step.place, linksAt(side, step.place), step.value)}`;
}

function light(list, at, on, badge) {
  list.forEach((cell, i) => {
    const link = on.get(i);
    cell.classList.toggle("lit", Boolean(link));
    cell.classList.toggle("chosen", i === at);
    if (badge && link) cell.dataset.badge = `×${say(link.weight, 2)}`;
    else delete cell.dataset.badge;
  });
}

function update() {
  const side = chosen ? chosen.side : e.scatter ? "x" : "y", step = e.steps[shown - 1];
  const at = chosen ? chosen.at : step?.place, sums = sumsAfter(chosen ? Infinity : shown);
  const found = side === "kernel" ? linksAt("kernel", at) : at === undefined ? [] : linksAt(side, at);
  const by = (key) => new Map(found.map((link) => [link[key], link]));
  lit = new Set(found);
  cells.y.forEach((cell, i) => {
    cell.textContent = say(sums[i] ?? 0);
    cell.ariaLabel = `${nameOf(e, "y", i)}: ${cell.textContent}`;
    cell.classList.toggle("later", sums[i] === undefined && !(shown === e.steps.length || chosen));
  });
  light(cells.x, side === "x" ? at : null, side === "x" ? new Map() : by("x"), side === "y");
  light(cells.y, side === "y" ? at : null, side === "y" ? new Map() : by("y"), side === "x");
  light(cells.kernel, side === "kernel" ? at : null, side === "kernel" ? new Map() : by("kernel"), false);
  for (const matrix of matrices) matrix.draw((link) => lit.has(link), matrix.rowOf(side, at));
  const text = !chosen ? tellStep()
    : side === "kernel" ? `Kernel weight ${say(flat(e.kernel)[at])} takes part in ${found.length} products`
      : tellCell(e, side, at, found, side === "x" ? flat(e.x)[at] : sums[at] ?? 0);
  if (timer === null || !chosen) byId("now").textContent = text;
  byId("slider").value = shown;
  byId("count").textContent = `Step ${shown} of ${e.steps.length}`;
}

function choose(side, at) {
  chosen = at === null ? null : { side, at };
  update();
}

function go(to) {
  const last = e.steps.length;
  shown = Math.max(Math.min(1, last), Math.min(last, to));
  chosen = null;
  update();
}

function forward() { go(shown >= e.steps.length ? 1 : shown + 1); }

function play(on) {
  clearInterval(timer);
  timer = on ? setInterval(() => (shown >= e.steps.length ? play(false) : forward()), SPEED) : null;
  byId("play").textContent = on ? "Pause" : "Play";
  byId("now").setAttribute("aria-live", on ? "off" : "polite");
}

function togglePlay() {
  const on = timer === null;
  if (on && shown >= e.steps.length) go(1);
  play(on);
}

// Pointing and going there by keyboard are the same.
function follow(list, side) {
  list.forEach((cell, at) => {
    cell.addEventListener("pointerenter", () => choose(side, at));
    cell.addEventListener("focus", () => choose(side, at));
    cell.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && choose(side, null));
    cell.addEventListener("blur", () => choose(side, null));
  });
  return list;
}

function showTensors() {
  const hasKernel = Boolean(e.kernel), gone = e.size.full.join() !== e.output.shape.slice(1).join();
  const full = tensor([e.output.shape[0], ...e.size.full], Array.from(sumsAfter(Infinity), (sum) => sum ?? 0));
  const x = makeGrids(e.x, "Input x", { name: (at) => nameOf(e, "x", at) });
  const y = makeGrids(full, "Output y", { name: (at) => nameOf(e, "y", at), cropAt: (at) => cropped(e, at) < 0 });
  const kernel = hasKernel ? makeGrids(e.kernel, "Kernel", { name: (at) => `kernel ${at}`, plane: (at) => planeOf(e, at) }) : { boxes: [], cells: [] };
  const note = gone ? `${e.output.shape.slice(1).join("×")}, of ${e.size.full.join("×")} before the crop` : e.output.shape.slice(1).join("×");
  const figures = [figure("Input x", e.x.shape.slice(1).join("×"), x.boxes)];
  if (hasKernel) figures.push(figure("Kernel", e.kernel.shape.slice(1).join("×"), kernel.boxes));
  figures.push(figure("Output y", note, y.boxes));
  for (const [key, title] of [["indices", "Positions of the maxima"], ["put_back", "Put back"]])
    if (e[key]) figures.push(figure(title, e[key].shape.slice(1).join("×"), makeGrids(e[key], title).boxes));
  byId("tensors").replaceChildren(...figures);
  cells = { x: follow(x.cells, "x"), y: follow(y.cells, "y"), kernel: follow(kernel.cells, "kernel") };
}

function showMatrices() {
  const inFull = new Map(Array.from(sumsAfter(0), (_, full) => [cropped(e, full), full]));
  const rows = { x: count(e.x.shape), y: count(e.output.shape) }, own = e.scatter ? "x" : "y", other = e.scatter ? "y" : "x";
  const placed = links.map((link) => ({ x: link.x, y: cropped(e, link.y), weight: link.weight, link })).filter((l) => l.y >= 0);
  const matrix = (title, down, across) => {
    const entries = placed.map((l) => ({ row: l[down], column: l[across], weight: l.weight, link: l.link }));
    const made = makeMatrix(title, rows[down], rows[across], entries, (row) =>
      choose(down, row === null ? null : down === "y" ? inFull.get(row) : row));
    const rowOf = (side, at) => (side !== down || at === undefined ? null : side === "x" ? at : cropped(e, at) < 0 ? null : cropped(e, at));
    return { ...made, rowOf };
  };
  matrices = [matrix("W", own, other), matrix("Wᵀ", other, own)];
  byId("matrices").replaceChildren(...matrices.map((m) => m.box));
  byId("matrix-text").textContent = e.scatter
    ? `W has a row for each input element and a column for each output${e.op === "tconv" ? ": it is the matrix of the convolution that goes the other way" : ""}. The output is Wᵀ times the flattened input.`
    : `W has a row for each output and a column for each input element. The output is W times the flattened input${e.op === "conv" ? "; Wᵀ is what the transposed convolution multiplies by" : ""}.`;
}

function showWays() {
  byId("agree").textContent = e.agree ? "All agree." : "They differ.";
  byId("ways").replaceChildren(...e.ways.map((way) => {
    const box = make("div", { className: "way" });
    const verdict = make("p", { className: "verdict", textContent: way.agrees ? "✓ agrees" : `✗ differs by ${way.difference}` });
    verdict.classList.toggle("differs", !way.agrees);
    box.append(make("h3", { textContent: way.title }), verdict, ...makeGrids(way.output, way.title, { small: true }).boxes);
    if (way.name === "zeros" && e.zero_insertion)
      for (const [key, title] of [["inserted", "The input with zeros inserted"], ["kernel", "The turned kernel"]])
        box.append(make("p", { className: "quiet", textContent: title }), ...makeGrids(e.zero_insertion[key], title, { small: true }).boxes);
    return box;
  }));
}

function showOverlap() {
  const { map, verdict } = e.overlap, grid = makeGrids(map, "Overlap", { small: true });
  const counts = flat(map), most = counts.reduce((a, b) => Math.max(a, b), 1);
  grid.cells.forEach((cell, i) => {
    cell.classList.add("heat");
    cell.style.setProperty("--heat", counts[i] / most);
  });
  byId("verdict").textContent = verdict ?? (e.scatter ? "How many products meet in each output." : "How many products each input element takes part in.");
  byId("overlap").replaceChildren(...grid.boxes);
}

// A flag is not broken at its hyphens.
function flagOrWord(textContent) {
  return make("span", { textContent, className: textContent.startsWith("-") ? "flag" : "" });
}

function show(next) {
  play(false);
  e = next;
  links = linksOf(e);
  byId("command").replaceChildren(...commandOf(e).split(" ").flatMap((word) => [flagOrWord(word), " "]));
  document.title = `upscale explain ${e.op}`;
  byId("summary").textContent = e.summary;
  byId("size").textContent = `${e.size.formula}\nrows: ${e.size.rows}\ncolumns: ${e.size.columns}`;
  byId("slider").max = e.steps.length;
  byId("slider").min = Math.min(1, e.steps.length);
  showTensors();
  showMatrices();
  showWays();
  showOverlap();
  go(e.steps.length);
}

function onKey(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, button, a")) return;
  const keys = { ArrowRight: forward, ArrowLeft: () => go(shown - 1), Home: () => go(1), End: () => go(e.steps.length), " ": togglePlay };
  if (!keys[event.key]) return;
  event.preventDefault();
  if (event.key !== " ") play(false);
  keys[event.key]();
}

// On paper all is summed up, in dark ink.
function startPrinting() {
  const root = document.documentElement;
  let theme;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    play(false);
    go(e.steps.length);
  });
  addEventListener("afterprint", () => { root.dataset.theme = theme; });
}

function start() {
  const original = JSON.parse(byId("data").textContent);
  startTheme(byId("theme"));
  const byHand = (step) => () => {
    play(false);
    step();
  };
  byId("play").addEventListener("click", togglePlay);
  byId("on").addEventListener("click", byHand(forward));
  byId("back").addEventListener("click", byHand(() => go(shown - 1)));
  byId("slider").addEventListener("input", byHand(() => go(Number(byId("slider").value))));
  document.addEventListener("keydown", onKey);
  startPrinting();
  if (original.op === "tconv" || original.op === "conv") startForm(original, show);
  show(original);
  // Canvases take their colours when they are drawn.
  new MutationObserver(update).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  // For the console, and whoever wants the numbers of a changed page: what is shown, as --json has it.
  window.explanation = () => e;
}

start();
