// Tensors and steps as words.

function say(value, digits = 4) {
  if (value === null) return "–";
  const near = parseFloat(value.toFixed(digits));
  const short = near === 0 && value !== 0 ? value.toExponential(0) : String(near);
  return short.replace("-", "\u2212");
}

// The fewest digits that are read as the same number: the program reads float32.
function fewestDigits(value) {
  for (let digits = 1; digits < 9; digits++)
    if (Math.fround(value.toPrecision(digits)) === Math.fround(value)) return Number(value.toPrecision(digits));
  return Math.fround(value);
}

function tensorText(t) {
  return t.values.map((plane) => plane.map((row) => row.map(fewestDigits).join(",")).join(";")).join("|");
}

// Rows end with ; and channels with |. Null where that is not a tensor of so many channels.
function parseTensor(text, channels) {
  const planes = text.trim().split("|").map((plane) => plane.trim().replace(/;$/, "").split(";").map((row) =>
    row.trim().split(/[\s,]+/).map((word) => (word === "" ? NaN : Math.fround(word)))));
  const rows = planes[0].length, columns = planes[0][0].length;
  const whole = planes.length === channels && rows <= MOST.side && columns <= MOST.side && planes.every((plane) =>
    plane.length === rows && plane.every((row) => row.length === columns && row.every((v) => Math.abs(v) <= 1e12)));
  return whole ? { shape: [channels, rows, columns], values: planes } : null;
}

function commandOf(e) {
  const p = e.parameters, words = ["upscale explain", e.op, `--x '${tensorText(e.x)}'`];
  const pair = (flag, value, unset) => {
    if (value[0] !== unset[0] || value[1] !== unset[1]) words.push(`--${flag} ${value[0] === value[1] ? value[0] : value.join(",")}`);
  };
  const layer = e.op === "tconv" || e.op === "conv", pool = e.op === "max-pool" || e.op === "max-unpool";
  if (layer) words.push(`--k '${tensorText(e.kernel)}'`);
  if (e.op === "max-unpool" && e.indices) words.push(`--indices '${tensorText(e.indices)}'`);
  if (pool) pair("kernel", p.kernel, []);
  if (layer || pool) {
    pair("stride", p.stride, pool ? p.kernel : [1, 1]);
    pair("padding", p.padding, [0, 0]);
    pair("output-padding", p.output_padding, [0, 0]);
    pair("dilation", p.dilation, [1, 1]);
    if (layer && p.groups !== 1) words.push(`--groups ${p.groups}`);
  } else {
    pair("scale", p.stride, [2, 2]);
    if (p.align_corners) words.push("--align-corners");
    if (e.op === "bicubic" && p.cubic_a !== -0.5) words.push(`--cubic-a ${p.cubic_a}`);
  }
  return words.join(" ");
}

// What the cell of a side is called: x[row, column], or with its channel where there are several.
function nameOf(e, side, at) {
  const [height, width] = side === "x" ? e.x.shape.slice(1) : e.size.full;
  const channels = (side === "x" ? e.x : e.output).shape[0], before = side === "x" ? [0, 0] : e.size.before;
  const place = [Math.floor(at / width) % height - before[0], at % width - before[1]];
  if (channels > 1) place.unshift(Math.floor(at / width / height));
  return `${side}[${place.map((v) => say(v)).join(", ")}]`;
}

function planeOf(e, plane) {
  const p = e.parameters, outs = p.out_channels / p.groups, ins = p.in_channels / p.groups;
  const near = e.op === "tconv" ? outs : ins, far = e.op === "tconv" ? ins : outs;
  const first = Math.floor(plane / near), second = Math.floor(first / far) * near + plane % near;
  const [input, output] = e.op === "tconv" ? [first, second] : [second, first];
  return `channel ${input} to ${output}`;
}

function someOf(list, join) {
  return list.length <= 16 ? list.join(join) : `${list.slice(0, 16).join(join)}${join}… (${list.length} in all)`;
}

// What the links {x, y, kernel, weight, product} of one cell come to.
function tellCell(e, side, at, links, value) {
  if (side === "y") {
    const gone = cropped(e, at) < 0 ? ", which is cropped," : "";
    const sum = e.op === "max-pool" ? `max(${someOf(links.map((l) => say(l.value)), ", ")})`
      : someOf(links.map((l) => `${say(l.weight)}×${say(l.value)}`), " + ");
    return links.length ? `${nameOf(e, "y", at)}${gone} = ${sum} = ${say(value)}` : `${nameOf(e, "y", at)}${gone} is fed by nothing: 0`;
  }
  const fed = someOf(links.map((l) => `${nameOf(e, "y", l.y)} ← ${say(l.weight)}×${say(l.value)} = ${say(l.product)}${cropped(e, l.y) < 0 ? " (cropped)" : ""}`), "; ");
  return `${nameOf(e, "x", at)} = ${say(value)} feeds ${links.length ? fed : "nothing"}`;
}
