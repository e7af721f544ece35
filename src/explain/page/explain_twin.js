// What the program computes of tconv and conv, computed here: an object as --json gives it.

const MOST = { side: 16, links: 1 << 16 };

function count(shape) { return shape[0] * shape[1] * shape[2]; }

function flat(tensor) { return tensor.values.flat(2); }

function tensor(shape, values) {
  const [, rows, columns] = shape;
  const row = (c, y) => values.slice((c * rows + y) * columns, (c * rows + y + 1) * columns);
  return { shape, values: Array.from({ length: shape[0] }, (_, c) => Array.from({ length: rows }, (_, y) => row(c, y))) };
}

function zeros(shape) { return new Array(count(shape)).fill(0); }

function place([, rows, columns], c, y, x) { return (c * rows + y) * columns + x; }

function each([channels, rows, columns], visit) {
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) visit(c, y, x);
}

// Where a place of the full result lies in the output; -1: it is cropped.
function cropped(e, full) {
  const [, rows, columns] = e.output.shape;
  const [height, width] = e.size.full;
  const x = full % width - e.size.before[1];
  const y = Math.floor(full / width) % height - e.size.before[0];
  if (x < 0 || y < 0 || x >= columns || y >= rows) return -1;
  return place(e.output.shape, Math.floor(full / width / height), y, x);
}

function axisOfTconv(n, k, s, p, op, d) {
  const natural = (n - 1) * s + d * (k - 1) + 1;
  const size = natural - 2 * p + op;
  return { size, before: p, full: Math.max(natural, p + size), text: `(${n}-1)*${s} - 2*${p} + ${d}*(${k}-1) + ${op} + 1 = ${size}` };
}

function axisOfConv(n, k, s, p, op, d) {
  const places = n + 2 * p - d * (k - 1) - 1;
  const size = places < 0 ? 0 : Math.floor(places / s) + 1;
  return { size, before: 0, full: size, text: `floor((${n} + 2*${p} - ${d}*(${k}-1) - 1) / ${s}) + 1 = ${size}` };
}

const FORMULA = {
  tconv: "(in-1)*stride - 2*padding + dilation*(kernel-1) + output_padding + 1",
  conv: "floor((in + 2*padding - dilation*(kernel-1) - 1) / stride) + 1",
};

function sizeOf(op, x, p) {
  const axes = [0, 1].map((a) => (op === "tconv" ? axisOfTconv : axisOfConv)(
    x.shape[1 + a], p.kernel[a], p.stride[a], p.padding[a], p.output_padding[a], p.dilation[a]));
  return { axes, size: { formula: FORMULA[op], rows: axes[0].text, columns: axes[1].text, full: axes.map((a) => a.full), before: axes.map((a) => a.before) } };
}

// [in, out, kernel] of every product, step by step.
function linksOfTconv(x, k, p, full) {
  const outs = p.out_channels / p.groups, ins = p.in_channels / p.groups, links = [];
  each(x.shape, (c, y, z) => each([outs, ...p.kernel], (o, i, j) => links.push([
    place(x.shape, c, y, z),
    place(full, Math.floor(c / ins) * outs + o, y * p.stride[0] + i * p.dilation[0], z * p.stride[1] + j * p.dilation[1]),
    place(k.shape, c * outs + o, i, j)])));
  return links;
}

function linksOfConv(x, k, p, full) {
  const outs = p.out_channels / p.groups, ins = p.in_channels / p.groups, links = [];
  each(full, (o, y, z) => each([ins, ...p.kernel], (c, i, j) => {
    const row = y * p.stride[0] + i * p.dilation[0] - p.padding[0];
    const column = z * p.stride[1] + j * p.dilation[1] - p.padding[1];
    if (row >= 0 && column >= 0 && row < x.shape[1] && column < x.shape[2])
      links.push([place(x.shape, Math.floor(o / outs) * ins + c, row, column), place(full, o, y, z), place(k.shape, o * ins + c, i, j)]);
  }));
  return links;
}

function stepsOf(links, scatter, x, k, full) {
  const steps = [];
  for (const [from, to, at] of links) {
    const here = scatter ? from : to, product = k[at] * x[from];
    if (steps.at(-1)?.place !== here) steps.push({ place: here, value: 0, terms: [] });
    full[to] += product;
    steps.at(-1).terms.push([scatter ? to : from, at, k[at], product, full[to]]);
  }
  for (const step of steps) step.value = scatter ? x[step.place] : full[step.place];
  return steps;
}

function matrixOf(e) {
  const entries = [];
  for (const step of e.steps)
    for (const [to, at, weight] of step.terms) {
      const column = e.scatter ? cropped(e, to) : to;
      if (column >= 0) entries.push([step.place, column, at, weight]);
    }
  const sizes = [count(e.x.shape), count(e.output.shape)];
  const [rows, columns] = e.scatter ? sizes : sizes.reverse();
  return { rows, columns, entries };
}

function judge(p, scatter) {
  const range = [0, 1].map((a) => {
    const taps = new Array(p.stride[a]).fill(0);
    for (let k = 0; k < p.kernel[a]; k++) taps[k * p.dilation[a] % p.stride[a]]++;
    return [Math.min(...taps), Math.max(...taps)];
  });
  const least = range[0][0] * range[1][0], most = range[0][1] * range[1][1];
  const where = scatter ? "output is fed by" : "input feeds", gradient = scatter ? "" : " in its gradient";
  if (least === most)
    return { even: true, verdict: `even: away from the border every ${where} ${most} tap${most === 1 ? "" : "s"}, so that no checkerboard arises${gradient}` };
  if (least > 0)
    return { even: false, verdict: `uneven: an ${where} ${least} to ${most} taps, as the kernel is no multiple of the stride: a checkerboard${gradient}` };
  return { even: false, verdict: `uneven: an ${where} none to ${most} taps: gaps${scatter ? " of zeros" : ""} between them` };
}

function overlapOf(e) {
  const [, rows, columns] = (e.scatter ? e.output : e.x).shape;
  const fanIn = e.parameters.in_channels / e.parameters.groups, map = zeros([1, rows, columns]);
  for (const [, column] of e.W.entries) if (column < map.length) map[column] += 1 / fanIn;
  return { map: tensor([1, rows, columns], map), ...judge(e.parameters, e.scatter) };
}

function byMatrix(e) {
  const y = zeros(e.output.shape), x = flat(e.x);
  for (const [row, column, , weight] of e.W.entries) y[e.scatter ? column : row] += weight * x[e.scatter ? row : column];
  return y;
}

// stride - 1 zeros between the inputs, dilation * (kernel - 1) - padding around them; and the
// kernel turned by 180 degrees, inputs and outputs of each group exchanged.
function insertZeros(e) {
  const p = e.parameters, outs = p.out_channels / p.groups, ins = p.in_channels / p.groups;
  const far = [0, 1].map((a) => p.dilation[a] * (p.kernel[a] - 1));
  const shape = [e.x.shape[0], e.output.shape[1] + far[0], e.output.shape[2] + far[1]];
  const inserted = zeros(shape), x = flat(e.x), k = flat(e.kernel), turned = [];
  each(e.x.shape, (c, y, z) => {
    const row = y * p.stride[0] + far[0] - p.padding[0], column = z * p.stride[1] + far[1] - p.padding[1];
    if (row >= 0 && column >= 0 && row < shape[1] && column < shape[2])
      inserted[place(shape, c, row, column)] = x[place(e.x.shape, c, y, z)];
  });
  each([p.out_channels * ins, ...p.kernel], (plane, i, j) => {
    const out = Math.floor(plane / ins), input = Math.floor(out / outs) * ins + plane % ins;
    turned.push(k[place(e.kernel.shape, input * outs + out % outs, p.kernel[0] - 1 - i, p.kernel[1] - 1 - j)]);
  });
  return { inserted: tensor(shape, inserted), kernel: tensor([p.out_channels * ins, ...p.kernel], turned) };
}

function convolve(x, kernel, p) {
  const shape = [p.out_channels, ...sizeOf("conv", x, p).axes.map((a) => a.size)];
  const y = zeros(shape), from = flat(x), k = flat(kernel);
  for (const [input, out, at] of linksOfConv(x, kernel, p, shape)) y[out] += from[input] * k[at];
  return { shape, values: y };
}

function byZeros(e) {
  const p = { ...e.parameters, stride: [1, 1], padding: [0, 0], output_padding: [0, 0] };
  return convolve(e.zero_insertion.inserted, e.zero_insertion.kernel, p).values;
}

function byStriding(e) {
  const dense = convolve(e.x, e.kernel, { ...e.parameters, stride: [1, 1] }), y = [], [down, right] = e.parameters.stride;
  each(e.output.shape, (c, row, column) => y.push(dense.values[place(dense.shape, c, row * down, column * right)]));
  return y;
}

function waysOf(e) {
  const meant = flat(e.output), largest = Math.max(1, ...meant.map(Math.abs));
  const way = (name, title, y) => {
    const difference = Math.max(...y.map((value, i) => Math.abs(value - meant[i])));
    return { name, title, output: tensor(e.output.shape, y), difference, agrees: difference <= 1e-9 * largest };
  };
  return e.scatter
    ? [way("scatter", "each input element times the kernel, added up", meant),
      way("zeros", "zeros inserted, then a convolution with the turned kernel", byZeros(e)),
      way("W^T x", "the transposed matrix W^T times the flattened input", byMatrix(e))]
    : [way("windows", "each window of the input times the kernel, added up", meant),
      way("dense", "stride 1, then every stride-th row and column", byStriding(e)),
      way("W x", "the matrix W times the flattened input", byMatrix(e))];
}

// Throws an Error that says what would mend it.
function twin({ op, summary, x, kernel, parameters }) {
  const scatter = op === "tconv", { axes, size } = sizeOf(op, x, parameters);
  const shape = [parameters.out_channels, ...axes.map((a) => a.size)], full = [shape[0], ...size.full];
  if (shape[1] < 1 || shape[2] < 1)
    throw new Error(`Nothing is left of the result, which would have ${shape[1]} rows and ${shape[2]} columns; take less padding.`);
  const products = (scatter ? count(x.shape) * shape[0] : count(shape) * x.shape[0]) / parameters.groups * parameters.kernel[0] * parameters.kernel[1];
  if (products > MOST.links || count(full) > MOST.links)
    throw new Error("That is too much for a page; take a smaller input or kernel.");
  const sums = zeros(full), links = (scatter ? linksOfTconv : linksOfConv)(x, kernel, parameters, full);
  const e = { op, summary, x, kernel, parameters, size, scatter };
  e.steps = stepsOf(links, scatter, flat(x), flat(kernel), sums);
  e.output = { shape };
  e.output = tensor(shape, sums.filter((_, at) => cropped(e, at) >= 0));
  e.W = matrixOf(e);
  e.overlap = overlapOf(e);
  if (scatter) e.zero_insertion = insertZeros(e);
  e.ways = waysOf(e);
  e.agree = e.ways.every((way) => way.agrees);
  return e;
}
