// One place of all results side by side, with their numbers: what is printed, and where one looks first.

const SIDE_PIXELS = 360; // of a picture in it, at most

class SideBySide {
  constructor(data, stage) {
    Object.assign(this, { data, stage });
    byId("side-part").hidden = data.results.length < 2 || Boolean(data.classroom);
    if (byId("side-part").hidden) return;
    this.views = data.results.map((result) => this.makeView(result));
    stage.alsoPaint(() => this.paint());
    this.choose(data.crops[0] ?? this.middle());
  }

  // Of a thin picture so much that its width is seen.
  middle() {
    const { width, height } = this.data.output, most = 8 * Math.min(width, height), box = { width: Math.min(width, most), height: Math.min(height, most) };
    return { ...box, x: (width - box.width) >> 1, y: (height - box.height) >> 1 };
  }

  makeView(result) {
    const figure = make("figure"), canvas = make("canvas"), view = new View(this.data, this.stage.tiles);
    canvas.setAttribute("role", "img");
    canvas.ariaLabel = result.name;
    if (this.data.picture.alpha) canvas.classList.add("see-through");
    figure.append(canvas, this.caption(result));
    byId("side").append(figure);
    return { canvas, view };
  }

  caption(result) {
    const caption = make("figcaption"), measure = measuresOf(this.data, this.data.results)[0];
    caption.append(make("b", { textContent: result.name }));
    if (measure && !result.reference) caption.append(` ${measureText(measured(result, measure.key), measure)}`);
    return caption;
  }

  // Whole pixels, as large as they fit.
  choose(box) {
    if (!this.views) return;
    const longer = Math.max(box.width, box.height), zoom = longer > SIDE_PIXELS ? SIDE_PIXELS / longer : Math.min(Math.floor(SIDE_PIXELS / longer), ZOOMS.at(-1));
    for (const { canvas, view } of this.views) {
      canvas.width = Math.max(1, Math.round(box.width * zoom));
      canvas.height = Math.max(1, Math.round(box.height * zoom));
      Object.assign(view, { paneWidth: canvas.width, paneHeight: canvas.height });
      view.look(box.x + box.width / 2, box.y + box.height / 2, zoom);
    }
    byId("side-words").textContent = `Pixels ${box.x} to ${box.x + box.width - 1} by ${box.y} to ${box.y + box.height - 1} of the results` + (zoom >= 2 ? `, each \u00d7${zoom}.` : ".");
    this.stage.redraw();
  }

  paint() {
    this.views.forEach(({ canvas, view }, i) => {
      const context = canvas.getContext("2d");
      context.clearRect(0, 0, canvas.width, canvas.height);
      view.draw(context, i);
    });
  }
}
