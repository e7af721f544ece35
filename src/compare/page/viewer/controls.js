// Buttons and keys.

const KEYS = [
  ["1 \u2013 9", "show a method in the active view (0: the reference)"],
  ["Tab", "go to the next view or control"],
  ["\u2190 \u2191 \u2192 \u2193", "move the picture; on the divider, move it"],
  ["+ \u2212", "zoom in and out, also by scrolling or pinching"],
  ["F", "the whole picture"],
  ["O", "one to one"],
  ["C", "the next place to look"],
  ["S", "slider"],
  ["D", "difference"],
  ["M", "the next view mode"],
  ["A", "the other side becomes active"],
  ["B", "blink between the first two"],
  ["P", "smooth or pixel-exact"],
  ["?", "these keys"],
];

function startControls(stage, data, keyOf, side) {
  const gain = byId("gain"), smooth = byId("smooth"), help = byId("help");
  const middle = () => [stage.view.paneWidth / 2, stage.view.paneHeight / 2];
  let crop = -1;
  for (const value of [1, 2, 4, 8, 16, 32]) gain.append(make("option", { value, textContent: `\u00d7${value}`, selected: value === stage.gain }));
  for (const [key, what] of KEYS) {
    const dt = make("dt");
    dt.append(make("kbd", { textContent: key }));
    byId("help-keys").append(dt, make("dd", { textContent: what }));
  }
  const nextMode = () => {
    const buttons = [...byId("modes").children], at = buttons.findIndex((b) => b.dataset.mode === stage.mode.id);
    stage.setMode(buttons[(at + 1) % buttons.length].dataset.mode);
  };
  const nextCrop = () => {
    if (data.crops.length === 0) return;
    crop = (crop + 1) % data.crops.length;
    side.choose(data.crops[crop]);
    stage.show(data.crops[crop]);
  };
  const togglesmooth = () => { smooth.checked = !smooth.checked; stage.setSmooth(smooth.checked); };
  const two = data.results.length > 1;
  const actions = {
    "+": () => stage.step(1, ...middle()), "=": () => stage.step(1, ...middle()), "-": () => stage.step(-1, ...middle()),
    ArrowLeft: () => stage.pan(64, 0), ArrowRight: () => stage.pan(-64, 0), ArrowUp: () => stage.pan(0, 64), ArrowDown: () => stage.pan(0, -64),
    f: () => stage.fit(), o: () => stage.one(), c: nextCrop, m: nextMode, p: togglesmooth,
    s: () => two && stage.setMode("slider"), d: () => two && stage.setMode("difference"),
    a: () => stage.setActive((stage.active + 1) % stage.mode.shown), b: () => two && stage.toggleBlink(), "?": () => help.showModal(),
  };
  data.results.forEach((_, i) => { if (keyOf(i)) actions[keyOf(i)] = () => stage.choose(i); });

  byId("zoom-in").addEventListener("click", actions["+"]);
  byId("zoom-out").addEventListener("click", actions["-"]);
  byId("fit").addEventListener("click", actions.f);
  byId("one").addEventListener("click", actions.o);
  byId("blink").addEventListener("click", actions.b);
  byId("help-open").addEventListener("click", actions["?"]);
  smooth.addEventListener("change", () => stage.setSmooth(smooth.checked));
  gain.addEventListener("change", () => stage.setGain(Number(gain.value)));

  document.addEventListener("keydown", (event) => {
    const inside = event.target.closest("select, input:not([type=checkbox]), dialog, .scroll");
    const arrow = event.key.startsWith("Arrow"), onStage = event.target.closest(".stage");
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || inside || event.ctrlKey || event.altKey || event.metaKey || (arrow && !onStage)) return;
    action();
    event.preventDefault();
  });
}
