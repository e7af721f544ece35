// A result as a PNG, put together from its tiles where the report holds no file of it. Canvases have
// 8 bits, and mix alpha in, so that other pictures are left to the program.

const MOST_SAVED = 16384; // columns and rows that every browser's canvas has

async function saveResult(data, tiles, result, link) {
  const { width, height } = data.output, side = data.tile, canvas = make("canvas", { width, height });
  const context = canvas.getContext("2d");
  for (let y = 0; y < height; y += side) {
    for (let x = 0; x < width; x += side) {
      const bitmap = await createImageBitmap(pictureBlob(await tiles.bytes(`${result}/0/${x / side}-${y / side}`)));
      context.drawImage(bitmap, x, y);
      bitmap.close();
    }
  }
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  link.href = URL.createObjectURL(blob);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function saveButtons(data, tiles, result) {
  const { name, channels } = data.results[result], { width, height } = data.output;
  const fits = width <= MOST_SAVED && height <= MOST_SAVED && (channels === 1 || channels === 3);
  if (data.crops_only || data.picture.bits > 8 || !fits) return [];
  const button = make("button", { type: "button", className: "save", textContent: "Save", ariaLabel: `Save ${name} as PNG` });
  const stem = data.picture.name.replace(/\.[^.]*$/, "");
  const link = make("a", { download: `${stem}-${name}.png`.replace(/[^\p{L}\p{N}._-]+/gu, "-") });
  button.addEventListener("click", async () => {
    button.disabled = true;
    try { await saveResult(data, tiles, result, link); } catch { button.textContent = "Not enough memory"; return; }
    button.disabled = false;
  });
  return [button];
}
