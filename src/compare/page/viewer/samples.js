// Exact samples of a tile. Of a PNG as upscale writes them: 8 or 16 bits, not interlaced, no palette;
// a canvas would round 16 bits to 8, mix alpha in and apply colour profiles, and the read-out must
// not. WebP here has 8 bits and no alpha, and is read from a canvas without its profile.

function isWebp(bytes) { return bytes[0] === 0x52; } // R of RIFF

function pictureBlob(bytes) {
  return new Blob([bytes], { type: isWebp(bytes) ? "image/webp" : "image/png" });
}

// The chunk of the picture alone, as a file.
function withoutProfile(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true), padded = 8 + size + size % 2;
    if (String.fromCharCode(...bytes.subarray(at, at + 4)) === "VP8L") {
      const head = new Uint8Array(bytes.subarray(0, 12));
      new DataView(head.buffer).setUint32(4, 4 + padded, true);
      return new Blob([head, bytes.subarray(at, at + padded)], { type: "image/webp" });
    }
    at += padded;
  }
  throw new Error("no lossless WebP");
}

async function decodeWebp(bytes) {
  const bitmap = await createImageBitmap(withoutProfile(bytes));
  const canvas = make("canvas", { width: bitmap.width, height: bitmap.height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { bits: 8, pixel: (x, y) => [...context.getImageData(x, y, 1, 1).data] };
}

function samplesOf(bytes) { return isWebp(bytes) ? decodeWebp(bytes) : decodePng(bytes); }

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function pngChunks(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = { data: [] };
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") chunks.header = body;
    if (type === "IDAT") chunks.data.push(body);
    at += length + 12;
  }
  return chunks;
}

function paeth(left, above, corner) {
  const l = Math.abs(above - corner), a = Math.abs(left - corner), c = Math.abs(left + above - 2 * corner);
  return l <= a && l <= c ? left : a <= c ? above : corner;
}

function unfilter(raw, rowBytes, height, step) {
  const out = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (rowBytes + 1)], from = y * (rowBytes + 1) + 1, to = y * rowBytes;
    for (let x = 0; x < rowBytes; x++) {
      const left = x >= step ? out[to + x - step] : 0;
      const above = y > 0 ? out[to + x - rowBytes] : 0;
      const corner = x >= step && y > 0 ? out[to + x - rowBytes - step] : 0;
      const guess = [0, left, above, (left + above) >> 1, filter === 4 ? paeth(left, above, corner) : 0][filter];
      out[to + x] = raw[from + x] + guess;
    }
  }
  return out;
}

async function decodePng(bytes) {
  const { header, data } = pngChunks(bytes);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const width = view.getUint32(0), height = view.getUint32(4), bits = header[8];
  const channels = { 0: 1, 2: 3, 4: 2, 6: 4 }[header[9]], step = channels * bits / 8;
  const raw = await inflate(await new Blob(data).arrayBuffer());
  const samples = unfilter(raw, width * step, height, step);
  const pixel = (x, y) => Array.from({ length: channels }, (_, c) => {
    const at = (y * width + x) * step + c * bits / 8;
    return bits === 16 ? samples[at] * 256 + samples[at + 1] : samples[at];
  });
  return { width, height, bits, channels, pixel };
}
