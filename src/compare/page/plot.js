// A measure against what it costs, with the Pareto front: the methods that no other one beats in both.

const COSTS = [
  { key: "processor", title: "Processor time, one thread", text: (power) => seconds(10 ** power) },
  { key: "seconds", title: "Time", text: (power) => seconds(10 ** power) },
  { key: "multiply_adds", title: "Multiply-adds per pixel", text: (power) => count(10 ** power) },
];
const NAME_LINE = 18, MOST_BELOW_DB = 8; // what is worse would press all others together

// The points { name, x, y } on the front, the cheapest first.
function paretoFront(points, best) {
  const better = (a, b) => (best === "most" ? a > b : a < b), front = [];
  const order = (a, b) => a.x - b.x || (better(a.y, b.y) ? -1 : 1);
  for (const point of [...points].sort(order)) if (!front.length || better(point.y, front.at(-1).y)) front.push(point);
  return front;
}

class Plot {
  // `rows` are drawn by { measure, cost }, in a place of `width` pixels.
  constructor(rows, measure, cost, width) {
    Object.assign(this, { measure, cost, width, height: 380, left: 58, top: 26, bottom: 48 });
    this.right = Math.min(220, Math.round(width * 0.36));
    const points = rows.map((row) => ({ name: row.label ?? row.name, group: row.group, x: measured(row, cost.key), y: measured(row, measure.key) }));
    const known = points.filter(({ x, y }) => Number.isFinite(x) && x >= 0 && Number.isFinite(y));
    const best = Math.max(...known.map(({ y }) => y));
    const far = ({ y }) => measure.unit === DECIBELS && known.length > 2 && y < best - MOST_BELOW_DB;
    this.far = known.filter(far);
    this.points = known.filter((point) => !far(point));
    this.missing = points.length - known.length;
  }

  scales() {
    const logs = this.points.filter(({ x }) => x > 0).map(({ x }) => Math.log10(x)), ys = this.points.map(({ y }) => y);
    this.zero = this.points.some(({ x }) => x === 0);
    this.low = logs.length ? Math.floor(Math.min(...logs)) : 0;
    this.high = Math.max(logs.length ? Math.ceil(Math.max(...logs)) : 1, this.low + 1);
    const room = Math.max(0.08 * (Math.max(...ys) - Math.min(...ys)), 1e-6);
    Object.assign(this, { least: Math.min(...ys) - room, most: Math.max(...ys) + room });
  }

  // Zero has a place of its own, left of the powers of ten.
  x(value) {
    const start = this.left + (this.zero ? 36 : 0), end = this.width - this.right;
    return value > 0 ? start + (Math.log10(value) - this.low) / (this.high - this.low) * (end - start) : this.left + 12;
  }

  y(value) {
    const bottom = this.height - this.bottom;
    return bottom - (value - this.least) / (this.most - this.least) * (bottom - this.top);
  }

  draw() {
    this.scales();
    const height = this.height + NAME_LINE * this.far.length;
    const root = svg("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${this.width} ${height}`, width: this.width, height, role: "img",
      "aria-label": `${this.measure.title} against ${this.cost.title}`, "font-family": "system-ui, sans-serif", "font-size": 13, fill: "currentColor" });
    root.append(...this.grid(), ...this.frontLines(), ...this.marks(), ...this.below());
    return root;
  }

  text(x, y, anchor, words) {
    const text = svg("text", { x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor });
    text.textContent = words;
    return text;
  }

  line(d, opacity, more = {}) {
    return svg("path", { d, fill: "none", stroke: "currentColor", "stroke-opacity": opacity, ...more });
  }

  grid() {
    const bottom = this.height - this.bottom, end = this.width - this.right, parts = [];
    const every = Math.max(1, Math.ceil(60 * (this.high - this.low) / (end - this.left)));
    for (let power = this.low; power <= this.high; power++) {
      const x = this.x(10 ** power);
      parts.push(this.line(`M${x.toFixed(1)} ${this.top}V${bottom}`, 0.15));
      if ((power - this.low) % every === 0) parts.push(this.text(x, bottom + 20, "middle", this.cost.text(power)));
    }
    if (this.zero) parts.push(this.line(`M${this.x(0)} ${this.top}V${bottom}`, 0.15), this.text(this.x(0), bottom + 20, "middle", "0"));
    const span = this.most - this.least, base = 10 ** Math.floor(Math.log10(span)), step = base * (span / base < 2 ? 0.2 : span / base < 5 ? 0.5 : 1);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    for (let v = Math.ceil(this.least / step) * step; v <= this.most; v += step) {
      parts.push(this.line(`M${this.left} ${this.y(v).toFixed(1)}H${end}`, 0.15), this.text(this.left - 8, this.y(v) + 4, "end", v.toFixed(digits)));
    }
    const better = this.measure.best === "least" ? " (less is better)" : "";
    parts.push(this.text(4, this.top - 12, "start", this.measure.title + (this.measure.unit ? ` in${this.measure.unit}` : "") + better));
    parts.push(this.text((this.left + end) / 2, this.height - 6, "middle", this.cost.title));
    return parts;
  }

  // One for each group of pictures: what is by another scale is no rival.
  frontLines() {
    this.fronts = [...new Set(this.points.map(({ group }) => group))].map((group) => paretoFront(this.points.filter((point) => point.group === group), this.measure.best));
    return this.fronts.map((front) => {
      const d = front.map(({ x, y }, i) => (i ? `H${this.x(x).toFixed(1)}V` : `M${this.x(x).toFixed(1)} `) + this.y(y).toFixed(1)).join("");
      return this.line(d, 0.6, { class: "front", "stroke-dasharray": "5 4" });
    });
  }

  // Names stand in a column beside the plot, in order, none on another; a line leads to each.
  marks() {
    const sorted = [...this.points].sort((a, b) => b.y - a.y), at = [], parts = [], nameX = this.width - this.right + 26;
    sorted.forEach((point, i) => at.push(i ? Math.max(this.y(point.y), at[i - 1] + NAME_LINE) : this.y(point.y)));
    let limit = this.height - this.bottom;
    for (let i = at.length - 1; i >= 0; i--, limit -= NAME_LINE) at[i] = Math.min(at[i], limit);
    const letters = Math.floor((this.right - 30) / 7.2);
    sorted.forEach((point, i) => {
      const x = this.x(point.x), y = this.y(point.y), onFront = this.fronts.some((front) => front.includes(point));
      const name = point.name.length > letters ? `${point.name.slice(0, letters - 4)}\u2026${point.name.slice(-3)}` : point.name;
      const circle = svg("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 5, fill: onFront ? "#2f7de1" : "none", stroke: "#2f7de1", "stroke-width": 2 });
      const title = svg("title", {});
      title.textContent = `${point.name}: ${measureText(point.y, this.measure)}, ${this.cost.key === "multiply_adds" ? count(point.x) : seconds(point.x)}`;
      circle.append(title);
      parts.push(this.line(`M${x.toFixed(1)} ${y.toFixed(1)}L${nameX - 5} ${at[i].toFixed(1)}`, 0.3), circle, this.text(nameX, at[i] + 4, "start", name));
    });
    return parts;
  }

  below() {
    return this.far.map((point, i) => this.text(this.left, this.height + NAME_LINE * (i + 1) - 4, "start", `${point.name}: ${measureText(point.y, this.measure)}, below`));
  }
}

// Fills `place` with choices and the plot of rows(), which another choice on the page may change.
class PlotFigure {
  constructor(place, measures, rows, subject) {
    Object.assign(this, { place, rows, measures, costs: COSTS.filter(({ key }) => rows().some((row) => measured(row, key) !== null)) });
    place.hidden = measures.length === 0 || this.costs.length === 0 || rows().length < 2;
    if (place.hidden) return;
    this.measure = this.choice("Measure", measures);
    this.cost = this.choice("Cost", this.costs);
    const bar = make("div", { className: "bar-group choices" }), save = make("button", { type: "button", className: "button", textContent: "Save SVG" });
    bar.append(this.measure.label, make("span", { textContent: "against" }), this.cost.label, save);
    this.figure = make("figure");
    place.append(bar, this.figure);
    save.addEventListener("click", () => this.save(subject));
    new ResizeObserver(() => this.draw()).observe(place);
    this.draw();
  }

  choice(name, list) {
    const select = make("select", { ariaLabel: name });
    list.forEach(({ title }, i) => select.append(make("option", { value: i, textContent: title })));
    select.addEventListener("change", () => this.draw());
    return { label: select, select, value: () => list[select.value] };
  }

  draw() {
    if (this.place.hidden) return;
    const width = Math.round(Math.min(Math.max(this.place.clientWidth, 320), 760));
    const plot = new Plot(this.rows(), this.measure.value(), this.cost.value(), width);
    const caption = make("figcaption", { className: "quiet" });
    if (plot.points.length < 2) {
      this.figure.replaceChildren(make("p", { className: "quiet", textContent: "There are not enough numbers to draw this." }));
      return;
    }
    const drawn = plot.draw();
    caption.textContent = `On the dashed line, the Pareto front${plot.fronts.length > 1 ? " of each scale" : ""}: ${plot.fronts.map((front) => front.map(({ name }) => name).join(", ")).join("; ")}. No other is both cheaper and better.` +
      (plot.missing ? ` ${plot.missing} not drawn: a number is missing.` : "");
    this.figure.replaceChildren(drawn, caption);
  }

  save(subject) {
    const copy = this.figure.querySelector("svg").cloneNode(true);
    copy.setAttribute("color", "#000");
    const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
    make("a", { href: url, download: `${subject}-${this.measure.value().key}.svg` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }
}
