// The page over the pages of many pictures.

const data = JSON.parse(byId("data").textContent);
const measures = measuresOf(data, data.pictures.flatMap((p) => p.results));

function plural(n, word) { return `${n} ${word}${n === 1 ? "" : "s"}`; }

function subtitle() {
  const scales = data.statistics.filter((g) => g.set === null), pictures = Math.max(0, ...scales.map((g) => g.pictures));
  const sets = new Set(data.statistics.map((g) => g.set).filter(Boolean)).size;
  return plural(pictures, "picture") + (scales.length > 1 ? ` at ${scales.length} scales` : "") + (sets > 1 ? ` of ${sets} sets` : "") + `, ${plural(data.means.length, "method")}`;
}

startTheme(byId("theme"));
byId("subtitle").textContent = subtitle();
const statistics = new Statistics(data, measures);
const plot = new PlotFigure(byId("plot"), statistics.measures, () => statistics.rows(), "overview");
statistics.listeners.push(() => plot.draw());
new Pictures(data, measures);
paragraphs(byId("protocol"), [...data.protocol]);
showFiles(byId("protocol"), data.files);
byId("footer").textContent = `Made by ${data.program}.`;
