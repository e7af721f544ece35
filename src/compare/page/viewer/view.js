// What part of the picture is seen, shared by all panes, and how a pane is drawn. Everything is in
// device pixels, so that from 1:1 on each sample covers a whole number of them.

const LARGER = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64];
const LEAST_SEEN = 8; // device pixels
const ZOOMS = [...LARGER.slice(1).reverse().map((n) => 1 / n), ...LARGER];

class View {
  constructor(data, tiles) {
    Object.assign(this, { data, tiles, width: data.output.width, height: data.output.height });
    Object.assign(this, { x: this.width / 2, y: this.height / 2, zoom: 1, smooth: false, paneWidth: 1, paneHeight: 1 });
  }

  fitZoom(width = this.width, height = this.height) {
    const fit = Math.min(this.paneWidth / width, this.paneHeight / height);
    return fit >= 1 ? ZOOMS.findLast((z) => z <= fit) : fit;
  }

  // The whole picture; of one that is very thin, so much that its width can be seen.
  fit() { this.look(this.width / 2, this.height / 2, Math.max(this.fitZoom(), LEAST_SEEN / Math.min(this.width, this.height))); }

  show(box) {
    this.look(box.x + box.width / 2, box.y + box.height / 2, Math.max(1, this.fitZoom(box.width, box.height)));
  }

  look(x, y, zoom) {
    const clamp = (v, low, high) => Math.min(Math.max(v, low), high);
    this.zoom = clamp(zoom, Math.min(this.fitZoom(), 1) / 2, ZOOMS[ZOOMS.length - 1]);
    this.x = clamp(x, 0, this.width);
    this.y = clamp(y, 0, this.height);
  }

  // One step in or out; the picture stays where it is under (px, py) of the pane.
  step(direction, px = this.paneWidth / 2, py = this.paneHeight / 2) {
    const further = direction > 0 ? ZOOMS.find((z) => z > this.zoom * 1.001) : ZOOMS.findLast((z) => z < this.zoom * 0.999);
    if (further) this.zoomTo(further, px, py);
  }

  zoomTo(zoom, px, py) {
    const dx = px - this.paneWidth / 2, dy = py - this.paneHeight / 2, x = this.x + dx / this.zoom, y = this.y + dy / this.zoom;
    this.look(this.x, this.y, zoom);
    this.look(x - dx / this.zoom, y - dy / this.zoom, this.zoom);
  }

  pan(dx, dy) { this.look(this.x - dx / this.zoom, this.y - dy / this.zoom, this.zoom); }

  origin() {
    return { left: Math.round(this.paneWidth / 2 - this.x * this.zoom), top: Math.round(this.paneHeight / 2 - this.y * this.zoom) };
  }

  toImage(px, py) {
    const { left, top } = this.origin();
    return { x: (px - left) / this.zoom, y: (py - top) / this.zoom };
  }

  // Draws the part (x, y, width, height) of the full size from a bitmap of it in 1/shrink of it.
  put(context, bitmap, box, shrink, part) {
    const { left, top } = this.origin();
    const x0 = Math.max(part.x, Math.floor(-left / this.zoom)), y0 = Math.max(part.y, Math.floor(-top / this.zoom));
    const x1 = Math.min(part.x + part.width, Math.ceil((this.paneWidth - left) / this.zoom));
    const y1 = Math.min(part.y + part.height, Math.ceil((this.paneHeight - top) / this.zoom));
    if (x1 <= x0 || y1 <= y0) return;
    const edge = (v, from) => from + Math.round(v * this.zoom);
    const span = (from, to, at) => Math.max(edge(to, at) - edge(from, at), 1); // a thin picture is never nothing
    context.drawImage(bitmap, (x0 - box.x) / shrink, (y0 - box.y) / shrink, (x1 - x0) / shrink, (y1 - y0) / shrink,
      edge(x0, left), edge(y0, top), span(x0, x1, left), span(y0, y1, top));
  }

  draw(context, result) {
    context.imageSmoothingEnabled = this.smooth || this.zoom < 1;
    context.imageSmoothingQuality = "high";
    if (this.data.crops_only) this.drawCrops(context, result);
    else this.drawTiles(context, result);
  }

  drawTiles(context, result) {
    const last = this.data.levels.length - 1, side = this.data.tile;
    let level = this.zoom >= 1 ? 0 : Math.min(last, Math.floor(Math.log2(1 / this.zoom) + 1e-6));
    while (!this.data.levels[level]) level--; // of few tiles not all are there
    const span = side * 2 ** level, from = this.toImage(0, 0), to = this.toImage(this.paneWidth, this.paneHeight);
    const far = this.data.levels[last] && this.tiles.bitmap(`${result}/${last}/0-0`, true);
    const whole = { x: 0, y: 0, width: this.width, height: this.height };
    for (let row = Math.max(0, Math.floor(from.y / span)); row * span < Math.min(to.y, this.height); row++) {
      for (let column = Math.max(0, Math.floor(from.x / span)); column * span < Math.min(to.x, this.width); column++) {
        const box = { x: column * span, y: row * span };
        box.width = Math.min(span, this.width - box.x);
        box.height = Math.min(span, this.height - box.y);
        const tile = level === last ? far : this.tiles.bitmap(`${result}/${level}/${column}-${row}`, false);
        if (tile) this.put(context, tile, box, 2 ** level, box);
        else if (far) this.put(context, far, whole, 2 ** last, box);
      }
    }
  }

  // Only crops are in the file: around them lies one small picture, the same for all, dimmed.
  drawCrops(context, result) {
    const whole = { x: 0, y: 0, width: this.width, height: this.height };
    const around = this.tiles.bitmap("around", true);
    if (around) {
      context.save();
      context.globalAlpha = 0.3;
      context.imageSmoothingEnabled = true;
      this.put(context, around, whole, this.width / around.width, whole);
      context.restore();
    }
    this.data.crops.forEach((crop, k) => {
      const tile = this.tiles.bitmap(`${result}/crop/${k}`, false);
      if (tile) this.put(context, tile, crop, 1, crop);
    });
  }
}

// |a - b|, then doubled until the gain is reached; what exceeds white stays white.
function drawDifference(context, view, a, b, gain) {
  const { width, height } = context.canvas;
  context.fillStyle = "#000";
  context.fillRect(0, 0, width, height);
  view.draw(context, a);
  context.globalCompositeOperation = "difference";
  view.draw(context, b);
  context.globalCompositeOperation = "lighter";
  for (let reached = 1; reached < gain; reached *= 2) context.drawImage(context.canvas, 0, 0);
  context.globalCompositeOperation = "source-over";
}
