// The form that changes sizes and parameters; what they come to is computed by the twin.

const PAIRS = [
  { key: "input", title: "Input", least: 1 },
  { key: "kernel", title: "Kernel", least: 1 },
  { key: "stride", title: "Stride", least: 1 },
  { key: "padding", title: "Padding", least: 0 },
  { key: "output_padding", title: "Output padding", least: 0, only: "tconv" },
  { key: "dilation", title: "Dilation", least: 1 },
];

// What is new is 1.
function resized(t, [rows, columns]) {
  const values = t.values.map((plane) => Array.from({ length: rows }, (_, y) => Array.from({ length: columns }, (_, x) => plane[y]?.[x] ?? 1)));
  return { shape: [t.shape[0], rows, columns], values };
}

function startForm(original, show) {
  const fields = {}, alike = byId("alike");
  let current = original;

  const fill = (e) => {
    const values = { ...e.parameters, input: e.x.shape.slice(1) };
    for (const key in fields) fields[key].forEach((field, a) => { field.value = values[key][a]; });
    byId("field-x").value = tensorText(e.x);
    byId("field-k").value = tensorText(e.kernel);
  };
  const refuse = (error) => { byId("problem").textContent = error.message; };
  const accept = (change, texts = true) => {
    try {
      const next = change();
      byId("problem").textContent = "";
      current = next;
      if (texts) fill(next);
      show(next);
    } catch (error) { refuse(error); }
  };

  const compute = (x, kernel, parameters) => {
    const next = twin({ ...current, x, kernel, parameters: { ...parameters, kernel: kernel.shape.slice(1) } });
    return commandOf(next) === commandOf(original) ? original : next;
  };
  const fromPairs = () => {
    const read = ({ key, title, least }) => fields[key].map((field) => {
      const value = Number(field.value);
      if (field.value.trim() === "" || !Number.isInteger(value) || value < least || value > MOST.side)
        throw new Error(`${title}: a whole number from ${least} to ${MOST.side}.`);
      return value;
    });
    const p = { ...current.parameters };
    for (const pair of PAIRS) if (fields[pair.key]) p[pair.key] = read(pair);
    const { input, ...parameters } = p;
    return compute(resized(current.x, input), resized(current.kernel, p.kernel), parameters);
  };
  const fromTexts = () => {
    const read = (id, title, t) => {
      const parsed = parseTensor(byId(id).value, t.shape[0]);
      if (!parsed)
        throw new Error(`${title}: rows of numbers such as 0,1;2,3, at most ${MOST.side}×${MOST.side}${t.shape[0] > 1 ? `, ${t.shape[0]} planes with | between them` : ""}.`);
      return parsed;
    };
    return compute(read("field-x", "Input", current.x), read("field-k", "Kernel", current.kernel), current.parameters);
  };

  byId("pairs").append(...["", "rows", "columns"].map((textContent) => make("span", { className: "head", textContent })));
  for (const { key, title, least, only } of PAIRS) {
    if (only && only !== original.op) continue;
    fields[key] = ["rows", "columns"].map((axis) => make("input", { type: "number", min: least, max: MOST.side, id: `${key}-${axis}`, ariaLabel: `${title}, ${axis}` }));
    byId("pairs").append(make("span", { textContent: title }), ...fields[key]);
    fields[key].forEach((field, a) => field.addEventListener("input", () => {
      if (alike.checked) fields[key][1 - a].value = field.value;
      accept(fromPairs, false);
      if (!byId("problem").textContent) {
        byId("field-x").value = tensorText(current.x);
        byId("field-k").value = tensorText(current.kernel);
      }
    }));
  }
  for (const id of ["field-x", "field-k"]) byId(id).addEventListener("change", () => accept(fromTexts));
  byId("form").addEventListener("submit", (event) => event.preventDefault());
  byId("form").addEventListener("reset", (event) => {
    event.preventDefault();
    accept(() => original);
  });
  const p = original.parameters;
  alike.checked = [original.x.shape.slice(1), p.kernel, p.stride, p.padding, p.output_padding, p.dilation].every(([a, b]) => a === b);
  fill(original);
  byId("change").hidden = false;
}
