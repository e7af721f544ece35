// The classroom: each upsampler as the matrix that it is on a corner of 4x4 pixels.

const CORNER = 4, CELL = { width: 8, tall: 256 }; // of a matrix, in pixels of its canvas

function short(value) { return String(Number(value.toFixed(3))).replace("-", "\u2212"); }

// Grey numbers with the pixels that they are.
function greyGrid(rows, marked = () => false) {
  const table = make("table", { className: "greys" });
  rows.forEach((row, y) => {
    const line = make("tr");
    row.forEach((value, x) => {
      const cell = make("td", { textContent: Math.round(value) });
      const grey = Math.min(Math.max(Math.round(value), 0), 255);
      cell.style.background = `rgb(${grey}, ${grey}, ${grey})`;
      cell.style.color = grey > 127 ? "#000" : "#fff";
      cell.classList.toggle("marked", marked(x, y));
      line.append(cell);
    });
    table.append(line);
  });
  return table;
}

// The values that a flat area is multiplied by, of the outputs away from the border.
function flatFactors(matrix, scale) {
  const side = CORNER * scale, found = new Set();
  for (let y = scale; y < side - scale; y++)
    for (let x = scale; x < side - scale; x++)
      found.add(Number(matrix[y * side + x].reduce((sum, w) => sum + w, 0).toFixed(2)));
  return [...found].sort((a, b) => a - b);
}

function flatWords(matrix, scale) {
  const factors = flatFactors(matrix, scale), last = factors.pop();
  if (factors.length === 0) return last === 1 ? "A flat area stays flat." : `A flat area becomes ${last} times as light.`;
  if (factors.length > 4) return `A flat area becomes ${factors[0]} to ${last} times as light.`;
  return `A flat area becomes ${factors.join(", ")} and ${last} times as light.`;
}

function figureOf(caption, canvas) {
  const figure = make("figure");
  canvas.setAttribute("role", "img");
  figure.append(canvas, make("figcaption", { textContent: caption }));
  return figure;
}

class Lesson {
  constructor(result, lesson, room, choose) {
    const { scale } = room.classroom, side = CORNER * scale;
    Object.assign(this, { lesson, side, inputs: room.classroom.input.flat(), outputs: lesson.output.flat() });
    this.element = make("article", { className: "lesson" });
    this.matrix = make("canvas", { width: CORNER * CORNER * CELL.width, height: CELL.tall });
    this.corner = make("canvas", { width: side, height: side });
    this.equation = make("p", { className: "equation" });
    this.matrix.ariaLabel = `Matrix of ${result.name}: ${side * side} rows, ${CORNER * CORNER} columns`;
    this.corner.ariaLabel = `What ${result.name} makes of the corner`;
    const box = make("div", { className: "figures" }), impulse = make("canvas");
    drawSigned(impulse, result.impulse.values, result.impulse.width, result.impulse.height, room.most);
    impulse.ariaLabel = `Impulse response of ${result.name}, from ${short(Math.min(...result.impulse.values))} to ${short(Math.max(...result.impulse.values))}`;
    box.append(figureOf("The picture", room.picture(result)), figureOf("One white pixel", impulse),
      figureOf("The corner", this.corner), figureOf(`W, ${side * side}\u2009\u00d7\u2009${CORNER * CORNER}`, this.matrix));
    const words = `${lesson.look} ${flatWords(lesson.matrix, scale)}`;
    this.element.append(make("h3", { textContent: result.name }), make("p", { textContent: words }), box, this.equation, commandLine([lesson.command]));
    const pick = (event, canvas, width) => {
      const { left, top, height, width: wide } = canvas.getBoundingClientRect();
      const row = Math.floor((event.clientY - top) / height * (width ? side : side * side)), column = Math.floor((event.clientX - left) / wide * side);
      choose(Math.min(Math.max(width ? row * side + Math.min(column, side - 1) : row, 0), side * side - 1));
    };
    for (const [canvas, width] of [[this.matrix, 0], [this.corner, side]])
      for (const kind of ["pointermove", "pointerdown"])
        canvas.addEventListener(kind, (event) => { if (event.pointerType === "mouse" || kind === "pointerdown") pick(event, canvas, width); });
    this.drawCorner();
  }

  drawCorner() {
    const context = this.corner.getContext("2d"), image = context.createImageData(this.side, this.side);
    this.outputs.forEach((value, i) => image.data.set([value, value, value, 255], 4 * i));
    this.drawn = image;
  }

  show(output) {
    const rows = this.side ** 2, tall = CELL.tall / rows, context = this.matrix.getContext("2d");
    const most = Math.max(...this.lesson.matrix.flat().map(Math.abs), 1e-6);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, this.matrix.width, this.matrix.height);
    this.lesson.matrix.forEach((row, y) => row.forEach((weight, x) => {
      if (weight === 0) return;
      const share = Math.min(Math.abs(weight) / most, 1) ** 0.6, end = weight < 0 ? SHADES.minus : SHADES.plus;
      context.fillStyle = `rgb(${end.map((c) => 255 + share * (c - 255)).join(",")})`;
      context.fillRect(x * CELL.width, y * tall, CELL.width, Math.max(tall, 1));
    }));
    context.strokeStyle = "#000";
    context.lineWidth = 2;
    context.strokeRect(1, output * tall - 1, this.matrix.width - 2, tall + 2);
    const corner = this.corner.getContext("2d");
    corner.putImageData(this.drawn, 0, 0);
    corner.fillStyle = "#d22";
    corner.fillRect(output % this.side, Math.floor(output / this.side), 1, 1);
    const terms = this.lesson.matrix[output].map((weight, i) => [weight, this.inputs[i]]).filter(([weight]) => Math.abs(weight) >= 5e-4);
    const shown = terms.length > 6 ? [...terms].sort((a, b) => Math.abs(b[0]) - Math.abs(a[0])).slice(0, 4) : terms;
    const more = terms.length > shown.length ? ` + ${terms.length - shown.length} smaller ones` : "";
    const sum = shown.map(([weight, x]) => `${short(weight)} \u00b7 ${x}`).join(" + ").replaceAll("+ \u2212", "\u2212 ");
    this.equation.textContent = sum ? `${sum}${more} = ${short(this.outputs[output])}` : `no input: ${short(this.outputs[output])}`;
  }
}

function commandLine(commands) {
  const box = make("div", { className: "command" }), code = make("code", { textContent: commands.join("\n") });
  const pre = make("pre", { tabIndex: 0, ariaLabel: "Command" });
  pre.setAttribute("role", "region");
  pre.append(code);
  const copy = make("button", { type: "button", className: "button", textContent: "Copy" });
  copy.addEventListener("click", async () => {
    getSelection().selectAllChildren(code); // where the clipboard is forbidden, it is one key away
    try { await navigator.clipboard.writeText(code.textContent); copy.textContent = "Copied"; } catch { copy.textContent = "Selected"; }
    setTimeout(() => { copy.textContent = "Copy"; }, 2000);
  });
  box.append(pre, copy);
  return box;
}

// The first crop, its pixels whole.
function lessonPicture(stage, data, result) {
  const box = data.crops[0] ?? { x: 0, y: 0, width: data.output.width, height: data.output.height };
  const side = Math.min(box.width, box.height), zoom = Math.ceil(264 / side), view = new View(data, stage.tiles);
  const canvas = make("canvas", { width: side * zoom, height: side * zoom });
  Object.assign(view, { paneWidth: side * zoom, paneHeight: side * zoom });
  view.look(box.x + box.width / 2, box.y + box.height / 2, zoom);
  canvas.ariaLabel = `Crop of ${result.name}`;
  stage.alsoPaint(() => view.draw(canvas.getContext("2d"), data.results.indexOf(result)));
  return canvas;
}

function showLessons(data, stage, section) {
  const { classroom } = data;
  section.hidden = !classroom;
  if (!classroom) return;
  const { scale, corner, input, original, positions } = classroom, side = CORNER * scale, wide = original.length;
  const results = data.results.filter((r) => !r.reference), taken = new Set(positions.flat());
  byId("lesson-intro").textContent = `Of each ${scale}\u2009\u00d7\u2009${scale} pixels of the original the largest was kept, and ${results.length} upsamplers bring that back to its size. ` +
    `On a corner of 4\u2009\u00d7\u20094 pixels (at ${corner.x}, ${corner.y}) each is a matrix W: the ${side * side} outputs are W times the 16 inputs. Choose an output, and its row is marked in every W.`;
  byId("lesson-corner").append(
    labelled(`Original, maxima marked`, greyGrid(original, (x, y) => taken.has(y * wide + x))),
    labelled("Pooled: the inputs", greyGrid(input)));
  byId("lesson-commands").append(commandLine([
    `upscale pool ORIGINAL.png -o input.png --indices indices.npy --kernel ${scale}`,
    `upscale input.png -m max-unpool --indices indices.npy --kernel ${scale} -o unpooled.png`]));
  const slider = byId("lesson-output"), said = byId("lesson-place");
  const most = Math.max(...results.flatMap((r) => r.impulse.values.map(Math.abs)), 1e-6);
  const room = { classroom, most, picture: (result) => lessonPicture(stage, data, result) };
  const choose = (output) => {
    slider.value = output;
    const words = `row ${Math.floor(output / side)}, column ${output % side}`;
    said.textContent = words;
    slider.setAttribute("aria-valuetext", words);
    lessons.forEach((lesson) => lesson.show(output));
  };
  const lessons = results.map((result, i) => new Lesson(result, classroom.lessons[i], room, choose));
  byId("lesson-list").append(...lessons.map((lesson) => lesson.element));
  slider.max = side * side - 1;
  slider.addEventListener("input", () => choose(Number(slider.value)));
  choose((side / 2) * side + side / 2);
}

function labelled(caption, element) {
  const figure = make("figure");
  figure.append(make("figcaption", { textContent: caption }), element);
  return figure;
}
