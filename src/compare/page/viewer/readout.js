// The values under the pointer, or in the middle of the view where there is none.

class Readout {
  constructor(stage, element) {
    Object.assign(this, { stage, element, asked: 0 });
    stage.hover = (at) => { this.at = at; this.update(); };
    stage.onChange(() => this.update());
  }

  async update() {
    const { view, shown, mode, results, tiles } = this.stage, asked = ++this.asked;
    const at = this.at || { x: view.x, y: view.y };
    const x = Math.floor(Math.min(Math.max(at.x, 0), view.width - 1)), y = Math.floor(Math.min(Math.max(at.y, 0), view.height - 1));
    const which = [...new Set(shown.slice(0, mode.shown))];
    const pixels = await Promise.all(which.map((i) => tiles.pixel(i, x, y)));
    if (asked !== this.asked) return;
    const parts = which.map((i, k) => this.part(results[i].name, pixels[k]));
    this.element.replaceChildren(make("span", { textContent: `x ${x}, y ${y}${this.at ? "" : " (middle)"}` }), ...parts);
  }

  part(name, pixel) {
    const part = make("span"), swatch = make("span", { className: "swatch" });
    if (pixel) {
      const top = pixel.bits === 16 ? 257 : 1, v = pixel.values.map((sample) => Math.round(sample / top));
      const [r, g, b] = v.length < 3 ? [v[0], v[0], v[0]] : v;
      swatch.style.background = `rgb(${r} ${g} ${b})`;
      part.append(swatch);
    }
    part.append(name + " ", make("b", { textContent: pixel ? pixel.values.join(" ") : "\u2013" }));
    return part;
  }
}
