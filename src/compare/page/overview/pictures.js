// Every picture with what each method makes of it, by a measure to choose.

function thumbCell(cell, picture) {
  const link = make("a", { href: encodeURI(picture.page) });
  link.append(make("img", { src: encodeURI(picture.thumb), alt: "", loading: "lazy", width: 64, height: 48 }), picture.name);
  cell.append(link);
}

class Pictures {
  constructor(data, measures) {
    Object.assign(this, { data, measures });
    const bar = byId("picture-choices");
    this.filter = make("input", { type: "search", placeholder: "Filter by name", ariaLabel: "Filter by name" });
    this.filter.addEventListener("input", () => this.update());
    bar.append(this.filter);
    this.measure = this.choice(bar, "Measure", measures.map((m) => m.title), () => this.show());
    this.scale = this.filterBy(bar, "Scale", (p) => (p.scale === null ? null : `\u00d7${Number(p.scale.toFixed(3))}`), "All scales");
    this.set = this.filterBy(bar, "Set", (p) => p.set, "All sets");
    this.best = this.filterBy(bar, "Best method", (p) => this.bestOf(p), "Any best");
    this.show();
  }

  // A select of `texts`, in the bar where there is something to choose.
  choice(bar, name, texts, changed) {
    const select = make("select", { ariaLabel: name });
    texts.forEach((textContent, value) => select.append(make("option", { value, textContent })));
    select.addEventListener("change", changed);
    if (texts.length > 1) bar.append(select);
    return select;
  }

  filterBy(bar, name, of, all) {
    const values = [...new Set(this.data.pictures.map(of))].filter((v) => v !== null).sort();
    const select = this.choice(bar, name, values.length > 1 ? [all, ...values] : [], () => this.update());
    return (picture) => !(select.value > 0) || of(picture) === values[select.value - 1];
  }

  chosen() { return this.measures[this.measure.value || 0]; }

  valueOf(picture, method) {
    const result = picture.results.find((r) => r.name === method);
    return result && this.chosen() ? measured(result, this.chosen().key) : null;
  }

  bestOf(picture) {
    const measure = this.chosen(), sign = measure?.best === "least" ? -1 : 1;
    const known = picture.results.filter((r) => measure && measured(r, measure.key) !== null);
    if (known.length < 2) return null;
    return known.reduce((a, b) => (sign * measured(b, measure.key) > sign * measured(a, measure.key) ? b : a)).name;
  }

  columns() {
    const { pictures } = this.data, several = (of) => new Set(pictures.map(of)).size > 1;
    const methods = pictures[0]?.results.map((r) => r.name) ?? [], measure = this.chosen();
    return [
      { first: true, title: "Picture", value: (p) => p.name, cell: thumbCell },
      ...(measure && methods.length > 1 ? [{ first: true, title: "Best", value: (p) => this.bestOf(p) ?? "", text: (p) => this.bestOf(p) ?? "\u2013", about: `By ${measure.title}` }] : []),
      ...(several((p) => p.scale) ? [{ first: true, title: "Scale", value: (p) => p.scale, text: (p) => (p.scale === null ? "\u2013" : `\u00d7${Number(p.scale.toFixed(3))}`) }] : []),
      ...(several((p) => p.set) ? [{ title: "Set", value: (p) => p.set, text: (p) => p.set }] : []),
      { title: "Size", value: (p) => p.width * p.height, text: (p) => `${p.width}\u2009\u00d7\u2009${p.height}`, about: "Of the results" },
      ...(measure ? methods.map((name) => ({ title: name, value: (p) => this.valueOf(p, name), text: (p) => measureText(this.valueOf(p, name), measure), about: measure.title })) : []),
      ...(measure ? [] : methods.map((name) => ({ title: name, value: (p) => p.results.find((r) => r.name === name)?.seconds ?? null, text: (p) => seconds(p.results.find((r) => r.name === name)?.seconds), about: "Time" }))),
    ];
  }

  show() {
    this.table = new SortedTable(byId("pictures"), this.columns(), this.data.pictures);
    this.markBest();
    this.update();
  }

  // Across the methods of a picture, not down the columns.
  markBest() {
    for (const { row, line } of this.table.lines) {
      const best = this.bestOf(row);
      this.table.columns.forEach((column, i) => line.children[i].classList.toggle("best", best !== null && column.title === best && column.about === this.chosen().title));
    }
  }

  update() {
    const words = this.filter.value.toLowerCase();
    const shown = this.table.showLines((p) => p.name.toLowerCase().includes(words) && this.scale(p) && this.set(p) && this.best(p));
    byId("picture-count").textContent = shown === this.data.pictures.length ? "" : `${shown} of ${this.data.pictures.length} shown`;
  }
}
