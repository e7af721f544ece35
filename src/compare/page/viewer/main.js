// Puts the page together.

const data = JSON.parse(byId("data").textContent);
const stage = new Stage(data, byId("stage"));
const hasReference = data.results.some((r) => r.reference);
new Readout(stage, byId("readout"));

function showTitle() {
  const { picture, output } = data;
  document.title = `${picture.name} \u2013 upscale compare`;
  byId("title").textContent = picture.name;
  byId("subtitle").textContent = `${picture.width}\u2009\u00d7\u2009${picture.height} to ${output.width}\u2009\u00d7\u2009${output.height}, ${data.methods} method${data.methods === 1 ? "" : "s"}` +
    (hasReference ? `, measured against ${data.reference}` : ", without a reference to measure against");
  byId("up").hidden = !data.part_of_many;
  byId("footer").textContent = `Made by ${data.program}. ` + (data.crops_only
    ? "This file holds crops only, sample by sample; around them lies a small picture of the whole."
    : "Every picture is lossless, and what upscale writes.");
}

// The reference is 0, methods are 1 to 9.
function keyOf(result) {
  if (data.results[result].reference) return "0";
  const place = data.results.filter((r) => !r.reference).indexOf(data.results[result]) + 1;
  return place < 10 ? String(place) : "";
}

function showModes() {
  const group = byId("modes");
  const fits = MODES.filter((m) => m.shown <= Math.max(data.results.length, 1));
  for (const mode of fits) {
    const button = make("button", { type: "button", textContent: mode.text });
    button.setAttribute("role", "radio");
    if (mode.label) button.ariaLabel = mode.label;
    button.dataset.mode = mode.id;
    button.addEventListener("click", () => stage.setMode(mode.id));
    group.append(button);
  }
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const at = fits.indexOf(stage.mode), next = fits[(at + step + fits.length) % fits.length];
    stage.setMode(next.id);
    group.querySelector(`[data-mode=${next.id}]`).focus();
    event.preventDefault();
    event.stopPropagation();
  });
}

function showChips() {
  data.results.forEach((result, i) => {
    const chip = make("button", { type: "button", className: "chip" }), key = keyOf(i);
    if (key) {
      chip.append(make("kbd", { textContent: key, ariaHidden: "true" }));
      chip.setAttribute("aria-keyshortcuts", key);
    }
    chip.append(result.name);
    chip.addEventListener("click", () => stage.choose(i));
    byId("chips").append(chip);
  });
}

function showCrops(side) {
  byId("crops-part").hidden = data.crops.length === 0;
  data.crops.forEach((crop) => {
    const button = make("button", { type: "button", className: "crop", ariaLabel: `Crop at ${crop.x}, ${crop.y}, ${crop.width} by ${crop.height} pixels` });
    const canvas = make("canvas", { width: 264, height: 192 }), view = new View(data, stage.tiles);
    Object.assign(view, { paneWidth: 264, paneHeight: 192 });
    view.look(crop.x + crop.width / 2, crop.y + crop.height / 2, Math.max(264 / crop.width, 192 / crop.height));
    button.append(canvas, make("span", { textContent: crop.automatic ? `${crop.x}, ${crop.y}` : `${crop.x}, ${crop.y} (yours)` }));
    button.addEventListener("click", () => { side.choose(crop); stage.show(crop); });
    byId("crops").append(button);
    stage.alsoPaint(() => view.draw(canvas.getContext("2d"), stage.shown[stage.active]));
  });
}

function showTable() {
  const measures = measuresOf(data, data.results);
  const columns = [
    { first: true, title: "Method", value: (r) => r.name, cell: nameCell },
    { title: "Scale", value: (r) => r.scale, text: (r) => (r.scale ? `\u00d7${Number(r.scale.toFixed(3))}` : "\u2013"), about: "Times as large as the input" },
    ...metricColumns(measures),
    ...costColumns("Of the upscale", data.results),
    { title: "Output", value: (r) => r.width * r.height, text: (r) => `${r.width}\u2009\u00d7\u2009${r.height}` },
    { title: "File", value: (r) => r.bytes, text: (r) => bytes(r.bytes), about: "Size of the PNG" },
  ];
  new SortedTable(byId("table"), columns, data.results);
  new PlotFigure(byId("plot"), measures, () => data.results.filter((r) => !r.reference), data.picture.name);
}

function nameCell(cell, result) {
  if (result.file) cell.append(make("a", { href: encodeURI(result.file), textContent: result.name }));
  else cell.append(result.name, ...saveButtons(data, stage.tiles, data.results.indexOf(result)));
  if (result.steps) cell.append(make("small", { textContent: result.steps }));
}

function update() {
  stage.describe();
  for (const button of byId("modes").children) {
    const chosen = button.dataset.mode === stage.mode.id;
    button.setAttribute("aria-checked", chosen);
    button.tabIndex = chosen ? 0 : -1;
  }
  [...byId("chips").children].forEach((chip, i) => chip.setAttribute("aria-pressed", stage.shown[stage.active] === i));
  byId("blink").setAttribute("aria-pressed", Boolean(stage.blinking));
  byId("blink").disabled = data.results.length < 2;
  byId("gain-label").hidden = stage.mode.id !== "difference";
  byId("zoom").textContent = `${Number((stage.view.zoom * 100).toPrecision(3))}%`;
}

function start() {
  startTheme(byId("theme"));
  showTitle();
  showModes();
  showChips();
  const side = new SideBySide(data, stage);
  showCrops(side);
  showTable();
  paragraphs(byId("protocol"), data.protocol);
  showFiles(byId("protocol"), data.files);
  showLessons(data, stage, byId("lessons"));
  if (!data.classroom) showImpulses(data.results, byId("impulses"), byId("impulse-cards"));
  showNetworks(data.results, byId("networks"), byId("network-list"));
  startControls(stage, data, keyOf, side);
  if (data.crops_only && data.crops.length > 0) stage.startAt(data.crops[0]);
  stage.onChange(update);
  stage.changed();
}

start();
