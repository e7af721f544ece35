// Dragging, pinching and scrolling on a pane.

function attachPointer(pane, canvas, stage) {
  const down = new Map();
  const at = (event) => {
    const box = canvas.getBoundingClientRect(), density = canvas.width / box.width;
    return { x: (event.clientX - box.left) * density, y: (event.clientY - box.top) * density };
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, at(event));
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => down.delete(event.pointerId));
  canvas.addEventListener("pointerleave", () => stage.hover(null));

  canvas.addEventListener("pointermove", (event) => {
    const before = down.get(event.pointerId), now = at(event);
    stage.hover(stage.view.toImage(now.x, now.y));
    if (!before) return;
    if (down.size === 2) pinch(event.pointerId, now);
    else stage.pan(now.x - before.x, now.y - before.y);
    down.set(event.pointerId, now);
  });

  function pinch(moved, now) {
    const [, other] = [...down].find(([id]) => id !== moved), before = down.get(moved);
    const distance = (p) => Math.hypot(p.x - other.x, p.y - other.y);
    stage.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    stage.view.zoomTo(stage.view.zoom * distance(now) / Math.max(distance(before), 1), (now.x + other.x) / 2, (now.y + other.y) / 2);
    stage.changed();
  }

  let turned = 0;
  pane.addEventListener("wheel", (event) => {
    event.preventDefault();
    turned += event.deltaMode ? event.deltaY * 30 : event.deltaY;
    if (Math.abs(turned) < 40) return;
    const { x, y } = at(event);
    stage.step(-Math.sign(turned), x, y);
    turned = 0;
  }, { passive: false });
}
