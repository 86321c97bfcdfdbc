/** Joins dots while the left button is down; `done` gets their numbers when it is let go. */
export function drawPattern(ui, lines, { onScreen, done }) {
  let joined;
  let at = { x: 0, y: 0 };
  const dots = () => [...ui.querySelectorAll('.layer:not([inert]) [data-dot]')];
  const centre = (dot) => {
    const box = dot.getBoundingClientRect();
    return onScreen({ clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 });
  };
  const paint = () => {
    const points = joined.map((number) => centre(dots()[number - 1]));
    lines.innerHTML = `<polyline points="${[...points, at].map(({ x, y }) => `${x},${y}`).join(' ')}"/>`;
  };
  const take = (event) => {
    at = onScreen(event);
    for (const dot of dots()) {
      const { x, y } = centre(dot);
      const number = Number(dot.dataset.dot);
      if (Math.hypot(x - at.x, y - at.y) <= dot.offsetWidth * 0.75 && !joined.includes(number))
        joined.push(number);
    }
    paint();
  };
  document.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !event.target.closest('.pattern') || event.target.closest('[inert]')) return;
    joined = [];
    take(event);
  });
  document.addEventListener('pointermove', (event) => {
    if (joined) take(event);
  });
  document.addEventListener('pointerup', () => {
    if (!joined) return;
    const result = joined;
    joined = undefined;
    lines.innerHTML = '';
    if (result.length > 0) done(result);
  });
}
