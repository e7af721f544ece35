// The panes: which results they show, in which mode, and what pointer and keys do to them.

const MODES = [
  { id: "slider", text: "Slider", panes: 1, shown: 2 },
  { id: "flip", text: "Flip", panes: 1, shown: 1 },
  { id: "two", text: "2 panes", panes: 2, shown: 2 },
  { id: "three", text: "3", panes: 3, shown: 3, label: "3 panes" },
  { id: "four", text: "4", panes: 4, shown: 4, label: "4 panes" },
  { id: "difference", text: "Difference", panes: 1, shown: 2 },
];
const BLINK_MS = 500; // well below three flashes a second

class Stage {
  constructor(data, element) {
    Object.assign(this, { data, element, active: 0, split: 0.5, gain: 4, blinking: 0, listeners: [], painters: [] });
    this.tiles = new Tiles(data, () => this.redraw());
    this.view = new View(data, this.tiles);
    this.results = data.results;
    const last = this.results.length - 1, reference = this.results.findIndex((r) => r.reference);
    const methods = this.results.map((_, i) => i).filter((i) => i !== reference);
    const choice = [...new Set([methods[0], methods[methods.length - 1], reference, ...[...methods].reverse()])].filter((i) => i >= 0);
    this.shown = Array.from({ length: 4 }, (_, i) => choice[i] ?? last);
    if (methods.length === 1) this.shown[1] = last;
    new ResizeObserver(() => this.resize()).observe(element);
    this.setMode(this.results.length > 1 ? "slider" : "flip");
  }

  onChange(listener) { this.listeners.push(listener); }
  // Smaller views beside the panes.
  alsoPaint(painter) { this.painters.push(painter); }
  changed() { this.listeners.forEach((listener) => listener()); this.redraw(); }

  setMode(id) {
    this.mode = MODES.find((m) => m.id === id);
    this.active = Math.min(this.active, this.mode.shown - 1);
    this.stopBlink();
    this.element.replaceChildren();
    this.element.dataset.panes = this.mode.panes;
    this.panes = Array.from({ length: this.mode.panes }, (_, i) => this.makePane(i));
    if (id === "slider") this.makeSplit();
    this.labels = Array.from({ length: this.mode.shown }, (_, i) => this.makeLabel(i));
    this.resize();
    this.changed();
  }

  makePane(i) {
    const pane = make("div", { className: "pane" }), canvas = make("canvas", { tabIndex: 0 });
    canvas.setAttribute("role", "img");
    if (this.data.picture.alpha && this.mode.id !== "difference") canvas.classList.add("see-through");
    pane.append(canvas);
    this.element.append(pane);
    canvas.addEventListener("focus", () => { if (this.mode.panes > 1) this.setActive(i); });
    attachPointer(pane, canvas, this);
    return { pane, canvas, context: canvas.getContext("2d") };
  }

  makeLabel(i) {
    const label = make("div", { className: "label " + (this.mode.panes === 1 && i === 1 ? "right" : "left") });
    const select = make("select", { ariaLabel: this.mode.panes === 1 && this.mode.shown === 2 ? ["Left", "Right"][i] + " picture" : `Picture ${i + 1}` });
    this.results.forEach((result, k) => select.append(make("option", { value: k, textContent: result.name })));
    select.addEventListener("change", () => { this.setActive(i); this.choose(Number(select.value)); });
    select.addEventListener("focus", () => this.setActive(i));
    label.append(select);
    this.panes[this.mode.panes === 1 ? 0 : i].pane.append(label);
    return { label, select };
  }

  makeSplit() {
    const split = make("div", { className: "split", tabIndex: 0, ariaLabel: "Divider between the two pictures" });
    split.setAttribute("role", "slider");
    split.setAttribute("aria-orientation", "horizontal");
    split.setAttribute("aria-valuemin", 0);
    split.setAttribute("aria-valuemax", 100);
    const follow = (event) => {
      const box = this.panes[0].pane.getBoundingClientRect();
      this.setSplit((event.clientX - box.left) / box.width);
    };
    split.addEventListener("pointerdown", (event) => { split.setPointerCapture(event.pointerId); split.focus(); event.preventDefault(); });
    split.addEventListener("pointermove", (event) => { if (split.hasPointerCapture(event.pointerId)) follow(event); });
    split.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: this.split - 0.02, ArrowRight: this.split + 0.02, ArrowDown: this.split - 0.02,
        ArrowUp: this.split + 0.02, PageDown: this.split - 0.1, PageUp: this.split + 0.1, Home: 0, End: 1 }[event.key];
      if (to === undefined) return;
      this.setSplit(to);
      event.preventDefault();
      event.stopPropagation();
    });
    this.panes[0].pane.append(split);
    this.splitter = split;
    this.setSplit(this.split);
  }

  setSplit(share) {
    this.split = Math.min(Math.max(share, 0), 1);
    this.splitter.style.left = this.split * 100 + "%";
    this.splitter.setAttribute("aria-valuenow", Math.round(this.split * 100));
    this.redraw();
  }

  setActive(i) {
    if (this.active === i) return;
    this.active = i;
    this.changed();
  }

  choose(result) {
    if (!this.results[result]) return;
    this.shown[this.active] = result;
    this.changed();
  }

  setGain(gain) { this.gain = gain; this.redraw(); }
  setSmooth(smooth) { this.view.smooth = smooth; this.redraw(); }

  toggleBlink() {
    if (this.blinking) this.stopBlink();
    else this.blinking = setInterval(() => { this.blinkOther = !this.blinkOther; this.redraw(); }, BLINK_MS);
    this.changed();
  }

  stopBlink() {
    clearInterval(this.blinking);
    Object.assign(this, { blinking: 0, blinkOther: false });
  }

  // What is seen first; the size of the view may not be known yet.
  startAt(box) {
    this.begin = box;
    this.show(box);
  }

  show(box) { this.view.show(box); this.changed(); }
  fit() { this.view.fit(); this.changed(); }
  one() { this.view.look(this.view.x, this.view.y, 1); this.changed(); }
  step(direction, px, py) { this.view.step(direction, px, py); this.changed(); }
  pan(dx, dy) { this.view.pan(dx, dy); this.changed(); }

  resize() {
    const density = window.devicePixelRatio || 1;
    for (const { pane, canvas } of this.panes) { // whole device pixels, shown one to one
      const { width, height } = pane.getBoundingClientRect();
      canvas.width = Math.max(1, Math.floor(width * density));
      canvas.height = Math.max(1, Math.floor(height * density));
      canvas.style.width = canvas.width / density + "px";
      canvas.style.height = canvas.height / density + "px";
    }
    const first = this.view.paneWidth === 1 && this.panes[0].canvas.width > 1;
    Object.assign(this.view, { paneWidth: this.panes[0].canvas.width, paneHeight: this.panes[0].canvas.height });
    if (first && this.begin) this.view.show(this.begin);
    else if (first) this.view.fit();
    this.redraw();
  }

  redraw() {
    this.frame ||= requestAnimationFrame(() => { this.frame = 0; this.paint(); });
  }

  paint() {
    this.tiles.beginFrame();
    this.panes.forEach(({ canvas, context }, i) => {
      const { width, height } = canvas, [a, b] = this.shown;
      context.clearRect(0, 0, width, height);
      if (this.blinking) this.view.draw(context, this.blinkOther ? b : a);
      else if (this.mode.id === "difference") drawDifference(context, this.view, a, b, this.gain);
      else if (this.mode.id === "slider") this.paintSlider(context, a, b);
      else this.view.draw(context, this.shown[i]);
    });
    this.painters.forEach((painter) => painter());
    this.tiles.endFrame();
  }

  paintSlider(context, a, b) {
    const { width, height } = context.canvas, middle = Math.round(width * this.split);
    for (const [result, left, right] of [[a, 0, middle], [b, middle, width]]) {
      context.save();
      context.beginPath();
      context.rect(left, 0, right - left, height);
      context.clip();
      this.view.draw(context, result);
      context.restore();
    }
  }

  describe() {
    const names = this.shown.map((i) => this.results[i].name), two = this.mode.panes === 1 && this.mode.shown === 2;
    this.panes.forEach(({ canvas }, i) => {
      canvas.ariaLabel = this.mode.id === "difference" ? `Difference of ${names[0]} and ${names[1]}`
        : two ? `${names[0]} on the left, ${names[1]} on the right` : names[i];
    });
    this.labels.forEach(({ label, select }, i) => {
      select.value = this.shown[i];
      label.classList.toggle("active", this.mode.shown > 1 && i === this.active);
    });
  }
}
