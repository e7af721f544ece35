// The table of numbers, sortable by every column.

function number(value, digits, unit = "") {
  return value === null || value === undefined ? "\u2013" : value.toFixed(digits) + unit;
}

function seconds(value) {
  if (value === null || value === undefined) return "\u2013";
  return value < 1 ? `${(value * 1000).toPrecision(3)} ms` : `${value.toPrecision(3)} s`;
}

function count(value) {
  return value === null || value === undefined ? "\u2013" : value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}

function bytes(value) {
  if (!value) return "\u2013";
  const power = Math.min(Math.floor(Math.log2(value) / 10), 3);
  return `${Number((value / 1024 ** power).toPrecision(3))} ${["B", "KiB", "MiB", "GiB"][power]}`;
}

// `columns`: { title, about, value(row), text(row), best: "most" | "least", cell(td, row) }
class SortedTable {
  constructor(table, columns, rows) {
    Object.assign(this, { table, columns, rows, sorted: -1, down: true });
    const head = make("tr");
    columns.forEach((column, i) => {
      const th = make("th", { scope: "col" }), button = make("button", { type: "button", textContent: column.title, title: column.about || "" });
      button.addEventListener("click", () => this.sort(i));
      th.append(button);
      head.append(th);
    });
    const thead = make("thead"), tbody = make("tbody");
    thead.append(head);
    table.replaceChildren(thead, tbody);
    this.lines = rows.map((row) => ({ row, line: this.makeLine(row) }));
    tbody.append(...this.lines.map((l) => l.line));
    this.markBest();
  }

  makeLine(row) {
    const line = make("tr");
    this.columns.forEach((column, i) => {
      const cell = make(i === 0 ? "th" : "td");
      if (i === 0) cell.scope = "row";
      if (column.cell) column.cell(cell, row);
      else cell.textContent = column.text(row);
      line.append(cell);
    });
    return line;
  }

  markBest() {
    this.columns.forEach((column, i) => {
      const values = this.rows.map((row) => (row.reference ? null : column.value(row))).filter((v) => Number.isFinite(v));
      if (!column.best || values.length < 2) return;
      const best = column.best === "most" ? Math.max(...values) : Math.min(...values);
      for (const { row, line } of this.lines) if (!row.reference && column.value(row) === best) line.children[i].classList.add("best");
    });
  }

  sort(i) {
    const { value, best } = this.columns[i], text = typeof value(this.rows[0]) === "string";
    this.down = this.sorted === i ? !this.down : best === "most" || (!best && !text);
    this.sorted = i;
    const order = (a, b) => {
      const [x, y] = [value(a.row), value(b.row)];
      const missing = (x ?? null) === null || (y ?? null) === null;
      if (missing) return ((x ?? null) === null) - ((y ?? null) === null);
      const less = text ? x.localeCompare(y) : x - y;
      return this.down ? -less : less;
    };
    this.table.tBodies[0].append(...this.lines.sort(order).map((l) => l.line));
    [...this.table.tHead.rows[0].cells].forEach((th, k) => {
      if (k === i) th.setAttribute("aria-sort", this.down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    });
  }
}

// The columns of numbers that have a value somewhere.
function metricColumns(rows, measures) {
  const all = [
    { title: "PSNR Y", key: "psnr_y", digits: 2, unit: " dB", about: "Peak signal-to-noise ratio of luma" },
    { title: "PSNR RGB", key: "psnr_rgb", digits: 2, unit: " dB", about: "Peak signal-to-noise ratio of all channels" },
    { title: "SSIM", key: "ssim", digits: 4, unit: "", about: "Structural similarity of luma" },
    { title: "MS-SSIM", key: "ms_ssim", digits: 4, unit: "", about: "Multi-scale structural similarity of luma" },
    ...measures.map((m) => ({ title: m.title, key: m.key, digits: m.digits, unit: "", about: m.about, best: m.lower_is_better ? "least" : "most" })),
  ];
  const value = (key) => (row) => (row[key] === "infinity" ? Infinity : row[key] ?? null);
  return all.filter(({ key }) => rows.some((row) => value(key)(row) !== null)).map(({ title, key, digits, unit, about, best = "most" }) => ({
    title, about, best, value: value(key),
    text: (row) => (value(key)(row) === Infinity ? "identical" : number(value(key)(row), digits, unit)),
  }));
}

function costColumns(timed) {
  return [
    { title: "Time", value: (r) => r.seconds, text: (r) => seconds(r.seconds), best: "least", about: timed },
    { title: "Multiply-adds", value: (r) => r.multiply_adds, text: (r) => count(r.multiply_adds), about: "Per pixel of the input" },
  ];
}
