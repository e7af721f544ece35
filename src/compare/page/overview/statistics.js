// The numbers of all methods over a group of pictures, and how sure they are.

const VIEWS = [
  { id: "mean", text: "Mean", about: "with its 95 % interval" },
  { id: "median", text: "Median" },
  { id: "deviation", text: "Deviation", about: "standard deviation over the pictures" },
  { id: "baseline", text: "Against" },
];

function groupName(group) {
  const scale = group.scale === null ? "" : `\u00d7${Number(group.scale.toFixed(3))}`;
  const pictures = `${group.pictures} picture${group.pictures === 1 ? "" : "s"}`;
  return [group.set, scale, pictures].filter(Boolean).join(", ");
}

// Rows of the groups shown; a name is told with its scale where there are several.
function rowsOf(groups) {
  const many = new Set(groups.map((g) => g.scale)).size > 1;
  return groups.flatMap((group) => group.methods.map((method) => ({ ...method, group,
    label: many && group.scale !== null ? `${method.name} \u00d7${Number(group.scale.toFixed(3))}` : method.name })));
}

function meanCell(measure) {
  return (cell, row) => {
    const { mean, low, high } = row[measure.key] ?? {}, sure = Number.isFinite(low) && Number.isFinite(high) && row.group.pictures > 1;
    withSmall(cell, measureText(mean === "infinity" ? Infinity : mean ?? null, measure),
      sure ? `${number(low, measure.digits)} \u2013 ${number(high, measure.digits)}` : "");
  };
}

function probability(p) {
  return p === null || p === undefined ? "" : p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
}

function againstCell(measure) {
  return (cell, row) => {
    const against = row.against_baseline?.[measure.key];
    if (!against || against.mean === null) return cell.append(data.baseline === row.name ? "baseline" : "\u2013");
    const sign = against.mean > 0 ? "+" : "";
    return withSmall(cell, sign + number(against.mean, measure.digits, measure.unit),
      [`${number(against.low, measure.digits)} \u2013 ${number(against.high, measure.digits)}`, probability(against.p), `${against.wins} : ${against.losses}`].filter(Boolean).join(", "));
  };
}

function statisticColumns(view, measures, rows) {
  const group = (row) => row.group;
  const plain = (m) => (row) => row[m.key]?.[view.id] ?? null;
  const shown = measures.filter((m) => rows.some((row) => measured(row, m.key) !== null));
  const columns = shown.map((m, i) => {
    const common = { first: i === 0, title: m.title, about: m.about };
    if (view.id === "mean") return { ...common, best: m.best, group, value: (row) => measured(row, m.key), cell: meanCell(m) };
    if (view.id === "baseline") return { ...common, value: (row) => row.against_baseline?.[m.key]?.mean ?? null, cell: againstCell(m) };
    return { ...common, best: view.id === "median" ? m.best : undefined, group, value: plain(m), text: (row) => number(plain(m)(row), m.digits, m.unit) };
  });
  return [{ first: true, title: "Method", value: (r) => r.label, text: (r) => r.label }, ...columns, ...costColumns("Of one picture", rows, group)];
}

class Statistics {
  constructor(data, measures) {
    Object.assign(this, { data, measures: measures.filter((m) => data.statistics.some((g) => g.methods.some((r) => measured(r, m.key) !== null))), view: VIEWS[0], listeners: [] });
    const scales = data.statistics.filter((g) => g.set === null);
    this.choices = [...(scales.length > 1 ? [{ name: "All scales", groups: scales }] : []),
      ...data.statistics.map((g) => ({ name: groupName(g), groups: [g] }))];
    this.select = make("select", { ariaLabel: "Pictures" });
    this.choices.forEach(({ name }, i) => this.select.append(make("option", { value: i, textContent: name })));
    this.select.addEventListener("change", () => this.show());
    if (this.choices.length > 1) byId("choices").append(this.select);
    byId("choices").append(this.makeViews());
    this.show();
  }

  rows() { return rowsOf(this.choices[this.select.value || 0].groups); }

  makeViews() {
    const bar = make("div", { className: "segments" });
    bar.setAttribute("role", "group");
    bar.ariaLabel = "Statistic";
    for (const view of VIEWS) {
      if (view.id === "baseline" && !this.data.baseline) continue;
      const words = view.id === "baseline" ? `Against ${this.data.baseline}` : view.text;
      const button = make("button", { type: "button", textContent: words, title: view.about ?? "" });
      button.setAttribute("aria-pressed", view === this.view);
      button.addEventListener("click", () => {
        this.view = view;
        for (const other of bar.children) other.setAttribute("aria-pressed", other === button);
        this.show();
      });
      bar.append(button);
    }
    return bar;
  }

  show() {
    const rows = this.rows();
    new SortedTable(byId("means"), statisticColumns(this.view, this.measures, rows), rows);
    byId("view-words").textContent = this.words();
    this.listeners.forEach((listener) => listener());
  }

  words() {
    return {
      mean: "Means over the pictures, behind them the 95 % interval (bootstrap over pictures). The best of each scale is marked.",
      median: "Medians over the pictures. The best of each scale is marked.",
      deviation: "Standard deviations over the pictures.",
      baseline: `Mean differences to ${this.data.baseline} on the same pictures, their 95 % interval, p by Wilcoxon's signed-rank test, and pictures won : lost.`,
    }[this.view.id];
  }
}
