// Exact samples of a PNG as upscale writes them: 8 or 16 bits, not interlaced, no palette. A canvas
// would round 16 bits to 8, mix alpha in and apply colour profiles; the read-out must not.

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
