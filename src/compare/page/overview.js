// The page over the pages of many pictures.

const data = JSON.parse(byId("data").textContent);

function pictureCard(picture) {
  const item = make("li"), link = make("a", { href: encodeURI(picture.page) });
  link.append(make("img", { src: encodeURI(picture.thumb), alt: "", loading: "lazy" }), make("span", { textContent: picture.name }));
  const best = picture.best ? `best: ${picture.best}, ${number(picture.best_psnr_y, 2, " dB")}` : "";
  item.append(link, make("small", { textContent: best }));
  return item;
}

startTheme(byId("theme"));
byId("subtitle").textContent = `${data.pictures.length} picture${data.pictures.length === 1 ? "" : "s"}, ${data.means.length} methods`;
new SortedTable(byId("means"), [
  { title: "Method", value: (r) => r.name, text: (r) => r.name },
  ...metricColumns(data.means, data.measures),
  ...costColumns("Of one picture"),
], data.means);
paragraphs(byId("protocol"), data.protocol);
byId("pictures").append(...data.pictures.map(pictureCard));
byId("footer").textContent = `Made by ${data.program}.`;
