const pen = document.createElement('canvas').getContext('2d');

/** How long a blinking caret is there, and how long it is gone, ms. */
const BLINK_MS = 530;

/** A caret that is to blink does so from now on. A still one is the usual: with it a screen gives the same picture twice. */
export function blink(caret) {
  if (!caret.classList.contains('blinking')) return;
  setInterval(() => {
    caret.style.visibility = caret.style.visibility === 'hidden' ? 'visible' : 'hidden';
  }, BLINK_MS);
}

/** Puts the caret into the field that has one. */
export function placeCaret(caret, field, at, { scale, screen }) {
  if (!field) {
    caret.style.display = 'none';
    return;
  }
  const style = getComputedStyle(field);
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const before = pen.measureText(field.value.slice(0, at)).width;
  const left = Number.parseFloat(style.paddingLeft) + Number.parseFloat(style.borderLeftWidth);
  const room = field.clientWidth - 2 * Number.parseFloat(style.paddingLeft);
  field.setSelectionRange(at, at);
  field.scrollLeft = Math.max(0, before - room + 2);
  const box = field.getBoundingClientRect();
  const base = screen.getBoundingClientRect();
  caret.style.display = 'block';
  caret.style.left = `${Math.round((box.left - base.left) / scale + left + before - field.scrollLeft)}px`;
  caret.style.top = `${Math.round((box.top - base.top) / scale + field.offsetHeight * 0.18)}px`;
  caret.style.height = `${Math.round(field.offsetHeight * 0.64)}px`;
}

const overlap = (a, b) =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

/** Puts the keyboard where it hides neither the field nor the buttons below it, and as little else as can be. */
export function placeKeyboard(ui, layer, field, { width, height, scale, screen }) {
  const keyboard = ui.querySelector('.keyboard');
  if (!keyboard || !layer || !field) return;
  const base = screen.getBoundingClientRect();
  const boxOf = (element) => {
    const box = element.getBoundingClientRect();
    const at = (value, start) => (value - start) / scale;
    return {
      left: at(box.left, base.left),
      top: at(box.top, base.top),
      right: at(box.right, base.left),
      bottom: at(box.bottom, base.top),
    };
  };
  const own = { width: keyboard.offsetWidth, height: keyboard.offsetHeight };
  const target = boxOf(field);
  const foot = layer.querySelector('.foot');
  const window = layer.querySelector('.dialog, .window, .page');
  const wanted = [
    ...(window ? [boxOf(window)] : []).flatMap((box) => [
      { x: target.left, y: box.bottom + 4 },
      { x: target.left, y: box.top - own.height - 4 },
      { x: box.right + 4, y: target.top },
      { x: box.left - own.width - 4, y: target.top },
    ]),
    { x: target.left, y: target.bottom + 6 },
    { x: target.left, y: target.top - own.height - 6 },
    { x: 4, y: height - own.height - 4 },
    { x: width - own.width - 4, y: height - own.height - 4 },
    { x: 4, y: 4 },
    { x: width - own.width - 4, y: 4 },
  ];
  const others = [...layer.querySelectorAll('input[data-field], .row, .check, a, p')].map(boxOf);
  const image = [...layer.querySelectorAll('.qr')].map(boxOf);
  let best;
  for (const { x, y } of wanted) {
    const left = Math.round(Math.min(Math.max(4, x), width - own.width - 4));
    const top = Math.round(Math.min(Math.max(4, y), height - own.height - 4));
    const box = { left, top, right: left + own.width, bottom: top + own.height };
    const buttons = foot ? [...foot.querySelectorAll('button')].map(boxOf) : [];
    const never = overlap(box, target) + buttons.reduce((sum, each) => sum + overlap(box, each), 0);
    const rather =
      others.reduce((sum, each) => sum + overlap(box, each), 0) +
      3 * image.reduce((sum, each) => sum + overlap(box, each), 0);
    const cost = never * 1000 + rather;
    if (best === undefined || cost < best.cost) best = { left, top, cost };
  }
  keyboard.style.left = `${best.left}px`;
  keyboard.style.top = `${best.top}px`;
}
