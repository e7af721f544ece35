// Numbers of results, as people read them, and what is known of each measure.

const DECIBELS = "\u00a0dB";

function number(value, digits, unit = "") {
  return value === null || value === undefined ? "\u2013" : value.toFixed(digits) + unit;
}

function seconds(value) {
  if (value === null || value === undefined) return "\u2013";
  return value < 1 ? `${(value * 1000).toPrecision(3)}\u00a0ms` : `${value.toPrecision(3)}\u00a0s`;
}

function count(value) {
  return value === null || value === undefined ? "\u2013" : value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}

function bytes(value) {
  if (!value) return "\u2013";
  const power = Math.min(Math.floor(Math.log2(value) / 10), 3);
  return `${Number((value / 1024 ** power).toPrecision(3))}\u00a0${["B", "KiB", "MiB", "GiB"][power]}`;
}

// The measures that have a value somewhere: { key, title, digits, unit, about, best: "most" | "least" }.
function measuresOf(data, rows) {
  const all = [
    { title: "PSNR Y", key: "psnr_y", digits: 2, unit: DECIBELS, about: "Peak signal-to-noise ratio of luma", best: "most" },
    { title: "PSNR RGB", key: "psnr_rgb", digits: 2, unit: DECIBELS, about: "Peak signal-to-noise ratio of all channels", best: "most" },
    { title: "SSIM", key: "ssim", digits: 4, unit: "", about: "Structural similarity of luma", best: "most" },
    { title: "MS-SSIM", key: "ms_ssim", digits: 4, unit: "", about: "Multi-scale structural similarity of luma", best: "most" },
    ...data.measures.map((m) => ({ title: m.title, key: m.key, digits: m.digits, unit: "", about: m.about, best: m.lower_is_better ? "least" : "most" })),
  ];
  return all.filter(({ key }) => rows.some((row) => measured(row, key) !== null));
}

// A number of a result or, of a group of pictures, its mean; null where it is not known.
function measured(row, key) {
  const value = row[key]?.mean !== undefined ? row[key].mean : row[key];
  return value === "infinity" ? Infinity : value ?? null;
}

function measureText(value, measure) {
  return value === Infinity ? "identical" : number(value, measure.digits, measure.unit);
}

// What a row costs: the median time, with the range of the runs behind it, and multiply-adds.
function rangeText(row) {
  const times = row.times?.all_threads;
  return times && times.runs > 1 ? [`${seconds(times.low)} \u2013 ${seconds(times.high)}`, unsettledText(times.median_spread)].filter(Boolean).join("; ") : "";
}

function unsettledText(spread) {
  return spread > data.machine?.settled ? `did not settle: ${Math.round(100 * spread)}\u202f%` : "";
}

function megapixelsText(row) {
  const times = row.times?.all_threads;
  return times ? `${Number((times.pixels_per_second / 1e6).toPrecision(3))}\u00a0MP/s` : "\u2013";
}
