// Grids of numbers, and matrices drawn.

const DRAWN = { small: 2500, cells: 20000, pixels: 16000 };

// One grid for each channel: cells that can be walked with the arrows if `name` gives them one.
// No cells where there would be too many for a browser.
function makeGrids(t, label, { name = null, small = false, cropAt = null, plane: planeName = (c) => `channel ${c}` } = {}) {
  const [channels, rows, columns] = t.shape, cells = [];
  if (count(t.shape) > (small ? DRAWN.small : DRAWN.cells))
    return { boxes: [make("p", { className: "quiet", textContent: `${t.shape.join("×")} numbers: too many to be shown here.` })], cells };
  const boxes = t.values.map((plane, c) => {
    const title = channels > 1 ? `${label}, ${planeName(c)}` : label;
    const grid = make("div", { className: small ? "grid small" : "grid", role: name ? "grid" : "table", ariaLabel: title });
    grid.style.gridTemplateColumns = `repeat(${columns}, auto)`;
    plane.forEach((values, y) => {
      const row = make("div", { role: "row" });
      values.forEach((value, x) => {
        const at = (c * rows + y) * columns + x;
        const cell = make("span", { className: "cell", role: name ? "gridcell" : "cell", textContent: say(value) });
        if (name) Object.assign(cell, { tabIndex: y || x ? -1 : 0, ariaLabel: `${name(at)}: ${say(value)}` });
        cell.dataset.at = at;
        cell.classList.toggle("cropped", Boolean(cropAt?.(at)));
        cells.push(cell);
        row.append(cell);
      });
      grid.append(row);
    });
    if (name) grid.addEventListener("keydown", (event) => walk(event, [...grid.querySelectorAll(".cell")], columns));
    const box = make("div", { className: "scroll" });
    if (channels > 1) box.append(make("p", { className: "plane", textContent: planeName(c) }));
    box.append(grid);
    return box;
  });
  return { boxes, cells };
}

function walk(event, cells, columns) {
  const at = cells.indexOf(event.target);
  const ways = { ArrowLeft: at % columns ? -1 : 0, ArrowRight: (at + 1) % columns ? 1 : 0, ArrowUp: -columns, ArrowDown: columns };
  const way = ways[event.key];
  if (way === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const to = cells[at + way];
  if (!to || !way) return;
  event.target.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function figure(title, note, boxes) {
  const box = make("figure"), caption = make("figcaption", { textContent: title });
  if (note) caption.append(" ", make("small", { textContent: note }));
  box.append(caption, ...boxes);
  return box;
}

// A matrix of {row, column, weight, link} on a canvas; lit(link) says what lights up, and
// pick(row) is called with the row under the pointer, or null.
function makeMatrix(title, rows, columns, entries, pick) {
  const canvas = make("canvas", { role: "img" }), scroll = make("div", { className: "scroll" });
  const room = Math.min(document.documentElement.clientWidth - 32, 680);
  const widest = Math.max(1, ...entries.map((entry) => say(entry.weight).length));
  const cell = Math.max(4, Math.min(34, Math.floor(room / columns), Math.floor(560 / rows)));
  if (Math.max(rows, columns) * cell * devicePixelRatio > DRAWN.pixels)
    return { box: figure(title, `${rows}×${columns}: too large to be shown here`, []), draw: () => {} };
  const numbers = cell >= 14 && widest * cell * 0.3 < cell;
  canvas.setAttribute("aria-label", `${title}: ${rows} rows, ${columns} columns, ${entries.length} entries that are not fixed zeros`);
  scroll.append(canvas);
  const draw = (lit, row) => {
    const style = getComputedStyle(document.documentElement), colour = (name) => style.getPropertyValue(name);
    const scale = devicePixelRatio, c = canvas.getContext("2d");
    canvas.width = columns * cell * scale;
    canvas.height = rows * cell * scale;
    canvas.style.width = `${columns * cell}px`;
    canvas.style.height = `${rows * cell}px`;
    c.scale(scale, scale);
    c.fillStyle = colour("--fill");
    c.fillRect(0, 0, columns * cell, rows * cell);
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.font = `${Math.min(13, cell * 0.55)}px system-ui, sans-serif`;
    for (const entry of entries) {
      const on = lit(entry.link), left = entry.column * cell, top = entry.row * cell;
      c.globalAlpha = on ? 1 : 0.3;
      c.fillStyle = colour(entry.weight < 0 ? "--plus" : entry.weight > 0 || on ? "--accent" : "--line");
      c.fillRect(left, top, cell - 1, cell - 1);
      c.globalAlpha = 1;
      c.fillStyle = colour(on ? "--on-accent" : "--ink");
      if (numbers) c.fillText(say(entry.weight), left + (cell - 1) / 2, top + cell / 2);
    }
    if (row === null) return;
    c.strokeStyle = colour("--accent");
    c.lineWidth = 2;
    c.strokeRect(1, row * cell, columns * cell - 2, cell - 1);
  };
  canvas.addEventListener("pointermove", (event) => pick(Math.min(rows - 1, Math.max(0, Math.floor(event.offsetY / cell)))));
  canvas.addEventListener("pointerleave", () => pick(null));
  return { box: figure(title, `${rows}×${columns}`, [scroll]), draw };
}
