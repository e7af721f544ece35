// The pictures, in tiles. A page opened from disk may show image files but never read their pixels
// (each file is an origin of its own), and fetch() of files is forbidden. So every tile is a small
// script that hands over a PNG or WebP; packed into one file, it is an inert script element. What
// comes from our own bytes is ours to read, in every browser.

const MOST_BITMAPS = 320, MOST_DECODED = 24, MOST_LOADING = 8;

// A map that forgets what was used least recently.
class Recent {
  constructor(most, drop = () => {}) { Object.assign(this, { most, drop, map: new Map() }); }
  get(key) {
    const value = this.map.get(key);
    if (value !== undefined) { this.map.delete(key); this.map.set(key, value); }
    return value;
  }
  set(key, value) {
    this.map.set(key, value);
    for (const old of this.map.keys()) {
      if (this.map.size <= this.most) break;
      this.drop(this.map.get(old));
      this.map.delete(old);
    }
  }
}

function bytesOfBase64(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

// Two bytes a character; which of those that cannot stand in a script were meant is said by bits.
const CHANGED = 0x1000, BITS = 15, FIRST = 0x3000;
const OTHERS = new Set([0x0a, 0x0d, 0x22, 0x5c, 0x2028, 0x2029, 0xfeff]);
const forbidden = (unit) => (unit >= 0xd800 && unit < 0xe000) || OTHERS.has(unit);

function bytesOfScript(text, bits) {
  const bytes = new Uint8Array(2 * text.length), view = new DataView(bytes.buffer);
  let bit = 0;
  const flipped = () => (bits.charCodeAt(Math.floor(bit / BITS)) - FIRST) >> (bit++ % BITS) & 1;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i), other = unit ^ CHANGED;
    view.setUint16(2 * i, forbidden(other) && flipped() ? other : unit, true);
  }
  return bytes;
}

class Tiles {
  constructor(data, changed) {
    Object.assign(this, { data, changed, arrivals: new Map(), coming: new Map(), waiting: new Map(), loading: new Set(), failed: new Set() });
    this.bitmaps = new Recent(MOST_BITMAPS, (bitmap) => bitmap.close());
    this.kept = new Map(); // the far views: one small tile each
    this.decoded = new Recent(MOST_DECODED);
    const arrived = (bytes) => this.arrivals.get(document.currentScript?.dataset.tile)?.(bytes);
    window.upscaleTile = (text, bits) => arrived(bytesOfScript(text, bits));
    window.upscaleSame = (name) => arrived(this.bytes(name));
  }

  // Asked for twice at once, a tile still comes once.
  bytes(name) {
    if (!this.coming.has(name)) this.coming.set(name, this.fetch(name).finally(() => this.coming.delete(name)));
    return this.coming.get(name);
  }

  async fetch(name) {
    const inside = byId("tile-" + name);
    if (inside) return bytesOfBase64(inside.textContent);
    if (this.data.inlined) throw new Error("not in this file");
    return new Promise((resolve, reject) => {
      const script = make("script", { src: `tiles/${name}.js` });
      script.dataset.tile = name;
      this.arrivals.set(name, resolve);
      script.onload = script.onerror = () => {
        this.arrivals.delete(name);
        script.remove();
        reject(new Error("missing tile"));
      };
      document.head.append(script);
    });
  }

  // The bitmap if it is there; otherwise it is fetched, and changed() called once it is.
  bitmap(name, keep) {
    const found = this.kept.get(name) || this.bitmaps.get(name);
    if (!found && !this.loading.has(name) && !this.failed.has(name)) this.waiting.set(name, keep);
    return found;
  }

  // What is wanted now goes first; what scrolled away before its turn is never loaded.
  beginFrame() { this.waiting.clear(); }
  endFrame() {
    for (const [name, keep] of this.waiting) {
      if (this.loading.size >= MOST_LOADING) break;
      this.load(name, keep);
    }
  }

  async load(name, keep) {
    this.loading.add(name);
    try {
      const bitmap = await createImageBitmap(pictureBlob(await this.bytes(name)));
      (keep ? this.kept : this.bitmaps).set(name, bitmap);
    } catch {
      this.failed.add(name);
    }
    this.loading.delete(name);
    this.changed();
  }

  // Exact samples at a pixel of the full size; null where there are none.
  async pixel(result, x, y) {
    const { name, left, top } = this.place(result, x, y) || {};
    if (!name) return null;
    let image = this.decoded.get(name);
    if (!image) this.decoded.set(name, image = this.bytes(name).then(samplesOf));
    return image.then((png) => ({ bits: png.bits, values: png.pixel(x - left, y - top).slice(0, this.data.results[result].channels) }), () => null);
  }

  place(result, x, y) {
    const side = this.data.tile;
    if (this.data.crops_only) {
      const k = this.data.crops.findIndex((c) => x >= c.x && y >= c.y && x < c.x + c.width && y < c.y + c.height);
      return k < 0 ? null : { name: `${result}/crop/${k}`, left: this.data.crops[k].x, top: this.data.crops[k].y };
    }
    const column = Math.floor(x / side), row = Math.floor(y / side);
    return { name: `${result}/0/${column}-${row}`, left: column * side, top: row * side };
  }
}
