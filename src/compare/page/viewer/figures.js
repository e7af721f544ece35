// Impulse responses, and what is inside learned methods.

const SHADES = { plus: [179, 38, 30], minus: [21, 89, 196] };

// Signed values as a picture: 0 is white, red above, blue below.
function drawSigned(canvas, values, width, height, most) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  values.forEach((value, i) => {
    const share = Math.min(Math.abs(value) / most, 1) ** 0.6, end = value < 0 ? SHADES.minus : SHADES.plus;
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = 255 + share * (end[c] - 255);
    image.data[4 * i + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}

// The row of an impulse response through its peak, as a curve over its zero line.
function profile(values, width, low, high) {
  const top = Math.floor(values.indexOf(Math.max(...values)) / width);
  const row = values.slice(top * width, (top + 1) * width);
  const y = (v) => (60 * (high - v) / (high - low) + 2).toFixed(1), x = (i) => (200 * (i + 0.5) / width).toFixed(1);
  const figure = svg("svg", { viewBox: "0 0 200 64", preserveAspectRatio: "none", "aria-hidden": "true" });
  figure.append(svg("line", { x1: 0, x2: 200, y1: y(0), y2: y(0) }));
  figure.append(svg("path", { d: row.map((v, i) => `${i ? "L" : "M"}${x(i)} ${y(v)}`).join("") }));
  return figure;
}

function showImpulses(results, section, cards) {
  const having = results.filter((r) => r.impulse);
  section.hidden = having.length === 0;
  const most = Math.max(...having.flatMap((r) => r.impulse.values.map(Math.abs)), 1e-6);
  const low = Math.min(0, ...having.flatMap((r) => r.impulse.values));
  for (const { name, impulse } of having) {
    const card = make("div", { className: "card" }), canvas = make("canvas");
    canvas.setAttribute("role", "img");
    const least = Math.min(...impulse.values), peak = Math.max(...impulse.values);
    canvas.ariaLabel = `Impulse response of ${name}: from ${least.toFixed(3)} to ${peak.toFixed(3)}`;
    drawSigned(canvas, impulse.values, impulse.width, impulse.height, most);
    card.append(make("h3", { textContent: name }), canvas, profile(impulse.values, impulse.width, low, most));
    card.append(make("p", { className: "quiet", textContent: `${least.toFixed(3)} to ${peak.toFixed(3)}` }));
    cards.append(card);
  }
}

function overlapTable(layer) {
  const box = make("div"), table = make("table", { className: "overlap" });
  box.append(make("p", { className: "quiet", textContent: "Taps that meet in each output pixel: " + (layer.overlap_even ? "even." : "uneven, which tends to leave a checkerboard.") }), table);
  for (const row of layer.overlap) {
    const line = make("tr");
    line.append(...row.map((taps) => make("td", { textContent: taps })));
    table.append(line);
  }
  return box;
}

function showLayer(layer) {
  const box = make("div", { className: "layer" }), filters = make("div", { className: "filters" });
  const [rows, columns] = layer.kernel, size = rows * columns, many = layer.filters.length / size;
  const cut = many < layer.filters_all ? `, ${many} of ${layer.filters_all} shown` : "";
  box.append(make("p", { className: "quiet", textContent: `${[layer.op, layer.name].filter(Boolean).join(" ")}: ${layer.in_channels} \u2192 ${layer.out_channels} channels, ${rows}\u00d7${columns}, stride ${layer.stride[0]}${cut}` }));
  filters.setAttribute("role", "img");
  filters.ariaLabel = `Filters of layer ${layer.name || layer.op}`;
  for (let k = 0; k < many; k++) {
    const canvas = make("canvas");
    drawSigned(canvas, layer.filters.slice(k * size, (k + 1) * size), columns, rows, 127);
    filters.append(canvas);
  }
  box.append(filters);
  if (layer.overlap) box.append(overlapTable(layer));
  return box;
}

function showNetworks(results, section, list) {
  const having = results.filter((r) => r.network);
  section.hidden = having.length === 0;
  for (const { name, network } of having) {
    const box = make("div", { className: "network" });
    const [rows, columns] = network.receptive_field, most = 2147483647;
    const reach = rows === most || columns === most ? ", sees the whole image"
        : rows ? `, sees ${columns}\u00d7${rows} input pixels` : "";
    box.append(make("h3", { textContent: name }));
    box.append(make("p", { className: "quiet", textContent: `${network.family === "layers" ? "" : network.family + ": "}${network.layers} layer${network.layers === 1 ? "" : "s"}, ${count(network.parameters)} parameters${reach}. Filters: red adds, blue takes away.` }));
    box.append(...network.shown.map(showLayer));
    list.append(box);
  }
}
