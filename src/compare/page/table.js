// A table that sorts by every column. On phones it shows the columns that are first of all, and of each
// row the rest behind a button.

// `columns`: { title, about, value(row), text(row), best: "most" | "least", cell(td, row), group(row),
// first }. The best are marked among rows of one group.
class SortedTable {
  constructor(table, columns, rows) {
    Object.assign(this, { table, columns, rows, sorted: -1, down: true, extra: columns.filter((c) => !c.first) });
    const head = make("tr");
    columns.forEach((column, i) => {
      const th = make("th", { scope: "col", className: this.kind(i) }), button = make("button", { type: "button", textContent: column.title, title: column.about || "" });
      button.addEventListener("click", () => this.sort(i));
      th.append(button);
      head.append(th);
    });
    const thead = make("thead");
    thead.append(head);
    table.replaceChildren(thead, make("tbody"));
    if (this.extra.length > 0) head.append(this.phoneHead());
    this.lines = rows.map((row) => this.makeLine(row));
    this.markBest();
    this.showLines(() => true);
  }

  kind(i) { return this.columns[i].first ? "" : "extra"; }

  phoneHead() {
    const th = make("th", { scope: "col", className: "more" });
    th.append(make("span", { className: "unseen", textContent: "Details" }));
    return th;
  }

  makeLine(row) {
    const line = make("tr");
    this.columns.forEach((column, i) => {
      const cell = make(i === 0 ? "th" : "td", { className: this.kind(i) });
      if (i === 0) cell.scope = "row";
      if (column.cell) column.cell(cell, row);
      else cell.textContent = column.text(row);
      line.append(cell);
    });
    const made = { row, line, details: null };
    if (this.extra.length > 0) line.append(this.moreCell(made));
    return made;
  }

  moreCell(made) {
    const cell = make("td", { className: "more" }), [named] = this.columns;
    const button = make("button", { type: "button", className: "button square", textContent: "\u22ef", ariaLabel: `Details of ${named.value(made.row)}` });
    button.setAttribute("aria-expanded", false);
    button.addEventListener("click", () => {
      if (made.details) made.details.remove();
      made.details = made.details ? null : this.makeDetails(made);
      button.setAttribute("aria-expanded", Boolean(made.details));
      if (made.details) made.line.after(made.details);
    });
    cell.append(button);
    return cell;
  }

  makeDetails({ row, line }) {
    const details = make("tr", { className: "details" }), cell = make("td", { colSpan: this.columns.length - this.extra.length + 1 }), list = make("dl");
    this.extra.forEach((column) => {
      const seen = line.children[this.columns.indexOf(column)];
      list.append(make("dt", { textContent: column.title }), make("dd", { textContent: seen.textContent, className: seen.classList.contains("best") ? "best" : "" }));
    });
    cell.append(list);
    details.append(cell);
    return details;
  }

  markBest() {
    this.columns.forEach((column, i) => {
      if (!column.best) return;
      const measuredLines = this.lines.filter(({ row }) => !row.reference), groupOf = ({ row }) => column.group?.(row);
      for (const key of new Set(measuredLines.map(groupOf))) {
        const group = measuredLines.filter((line) => groupOf(line) === key);
        const values = group.map(({ row }) => column.value(row)).filter((v) => v !== null && !Number.isNaN(v));
        const best = column.best === "most" ? Math.max(...values) : Math.min(...values);
        if (values.length < 2) continue;
        for (const { row, line } of group) if (column.value(row) === best) line.children[i].classList.add("best");
      }
    });
  }

  // In their order, those that `wanted` picks.
  showLines(wanted) {
    this.wanted = wanted;
    const shown = this.lines.filter(({ row }) => wanted(row));
    this.table.tBodies[0].replaceChildren(...shown.flatMap(({ line, details }) => (details ? [line, details] : [line])));
    return shown.length;
  }

  sort(i) {
    const { value, best } = this.columns[i], text = this.rows.some((row) => typeof value(row) === "string");
    this.down = this.sorted === i ? !this.down : best === "most" || (!best && !text);
    this.sorted = i;
    const order = (a, b) => {
      const [x, y] = [value(a.row), value(b.row)];
      const missing = (x ?? null) === null || (y ?? null) === null;
      if (missing) return ((x ?? null) === null) - ((y ?? null) === null);
      const less = text ? x.localeCompare(y) : x === y ? 0 : x - y;
      return this.down ? -less : less;
    };
    this.lines.sort(order);
    this.showLines(this.wanted);
    [...this.table.tHead.rows[0].cells].forEach((th, k) => {
      if (k === i) th.setAttribute("aria-sort", this.down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    });
  }
}

function metricColumns(measures, group) {
  return measures.map((m, i) => ({
    first: i === 0, title: m.title, about: m.about, best: m.best, group,
    value: (row) => measured(row, m.key), text: (row) => measureText(measured(row, m.key), m),
  }));
}

function costColumns(timed, rows, group) {
  const single = (r) => r.times?.one_thread, processor = (r) => measured(r, "processor");
  const time = (r) => measured(r, "seconds"), cost = (r) => measured(r, "multiply_adds");
  const columns = [
    { first: true, title: "One thread", value: processor, cell: (cell, r) => withSmall(cell, seconds(processor(r)), unsettledText(single(r)?.processor_spread)), best: "least", about: "The least processor time of a run with one thread", group },
    { first: !rows.some((r) => processor(r) !== null), title: "Time", value: time, cell: (cell, r) => withSmall(cell, seconds(time(r)), rangeText(r)), best: "least", about: `Median by the clock. ${timed}`, group },
    { title: "Speed", value: (r) => r.times?.all_threads.pixels_per_second ?? null, text: megapixelsText, about: "Megapixels of the result a second, by the median" },
    { title: "Memory", value: (r) => r.times?.all_threads.peak_bytes || null, text: (r) => bytes(r.times?.all_threads.peak_bytes), about: "The most that the whole process held" },
    { title: "Multiply-adds", value: cost, text: (r) => count(cost(r)), about: "Per pixel of the input" },
  ];
  return columns.filter(({ value }) => rows.some((row) => value(row) !== null));
}

function withSmall(cell, text, small) {
  cell.append(text);
  if (small) cell.append(make("small", { textContent: ` ${small}` }));
}
