// What stands between the recorder and the one who sits before it: paints what it sends, sends what is done.

import { Live } from '/client/live.mjs';
import { drawPattern } from '/client/pattern.mjs';
import { blink, placeCaret, placeKeyboard } from '/client/place.mjs';
import { Idiomorph } from '/idiomorph.js';

const screen = document.getElementById('screen');
const ui = document.getElementById('ui');
const pointer = document.getElementById('pointer');
let live;
const width = screen.offsetWidth;
const height = screen.offsetHeight;
const EDITING = ['Backspace', 'Delete', 'ArrowLeft', 'ArrowRight', 'Home', 'End'];
let scale = 1;
let on = -1;
let shown = { focus: undefined, caret: 0 };
let socket;

const send = (event) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ on, ...event }));
};

/** The picture fills the window exactly where it has the recorder's resolution; else it is scaled, as a monitor does. */
function fit() {
  scale = Math.min(window.innerWidth / width, window.innerHeight / height);
  const left = Math.max(0, Math.floor((window.innerWidth - width * scale) / 2));
  const top = Math.max(0, Math.floor((window.innerHeight - height * scale) / 2));
  screen.style.transform =
    scale === 1 && left === 0 && top === 0 ? '' : `translate(${left}px, ${top}px) scale(${scale})`;
}

function onScreen(event) {
  const box = screen.getBoundingClientRect();
  return {
    x: Math.round((event.clientX - box.left) / scale),
    y: Math.round((event.clientY - box.top) / scale),
  };
}

const topLayer = () => ui.querySelector('.layer:not([inert])');

function paint(next) {
  Idiomorph.morph(ui, next.markup, { morphStyle: 'innerHTML' });
  for (const input of ui.querySelectorAll('input')) {
    const value = input.getAttribute('value') ?? '';
    if (input.value !== value) input.value = value;
    input.checked = input.hasAttribute('checked');
  }
  const moved = next.on !== on;
  on = next.on;
  const refocused = moved || next.focus !== shown.focus;
  shown = next;
  const field = next.focus === undefined ? null : topLayer()?.querySelector(`[data-field="${next.focus}"]`);
  if (refocused || !ui.contains(document.activeElement)) {
    if (field) field.focus({ preventScroll: true });
    else document.activeElement?.blur?.();
  }
  placeKeyboard(ui, topLayer(), field, { width, height, scale, screen });
  placeCaret(document.getElementById('caret'), field, next.caret, { scale, screen });
  live.setClock(next.clock);
  live.show(next.live);
}

function connect() {
  socket = new WebSocket(`ws://${location.host}/`);
  socket.onmessage = ({ data }) => paint(JSON.parse(data));
  socket.onclose = () => setTimeout(connect, 500);
}

const inside = (target, selector) => (target.closest('[inert]') ? null : target.closest(selector));

function moveFocus(backwards) {
  const all = [
    ...(topLayer()?.querySelectorAll(
      'button[data-action]:not([tabindex="-1"]):not(:disabled), a[data-action], .check[data-action], [data-field]',
    ) ?? []),
  ].filter((element) => element.tabIndex >= 0);
  if (all.length === 0) return;
  const at = all.indexOf(document.activeElement);
  const next = all[(at + (backwards ? -1 : 1) + all.length) % all.length];
  next.focus({ preventScroll: true });
  if (next.dataset.field) send({ type: 'focus', field: next.dataset.field, mouse: false });
  else document.getElementById('caret').style.display = 'none';
}

document.addEventListener('keydown', (event) => {
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || /^F\d+$/.test(key)) return;
  const action = document.activeElement?.dataset?.action;
  const press = document.activeElement?.matches('button, a') ? action : undefined;
  if (key === 'Tab') moveFocus(event.shiftKey);
  else if (key === 'Enter') send(press ? { type: 'key', key, action: press } : { type: 'key', key });
  else if (key === ' ' && action) send({ type: 'act', action });
  else if (key === 'Escape' || EDITING.includes(key) || [...key].length === 1) send({ type: 'key', key });
  event.preventDefault();
});
// Text that comes without keys (another input method, a paste).
document.addEventListener('beforeinput', (event) => {
  event.preventDefault();
  const { target } = event;
  const text = event.data ?? event.dataTransfer?.getData('text/plain') ?? '';
  const all =
    target.value.length > 0 && target.selectionStart === 0 && target.selectionEnd === target.value.length;
  send({ type: 'text', text, replace: all });
});
document.addEventListener('pointermove', (event) => {
  const { x, y } = onScreen(event);
  pointer.style.transform = `translate(${x}px, ${y}px)`;
});
document.addEventListener('mousedown', (event) => {
  // Only fields take the focus by mouse; the arrow of a real machine takes none away.
  if (!event.target.closest('[data-field]')) event.preventDefault();
});
document.addEventListener('click', (event) => {
  event.preventDefault();
  const key = inside(event.target, '[data-key]');
  const field = inside(event.target, '[data-field]');
  const action = inside(event.target, '[data-action]');
  if (key) send({ type: 'key', key: `osk:${key.dataset.key}` });
  else if (field) send({ type: 'focus', field: field.dataset.field, mouse: true });
  else if (action && !action.disabled) send({ type: 'act', action: action.dataset.action });
});
document.addEventListener('contextmenu', (event) => {
  event.preventDefault();
  send({ type: 'back', ...onScreen(event) });
});
document.addEventListener('dragstart', (event) => event.preventDefault());
window.addEventListener('resize', fit);
document.addEventListener('visibilitychange', () => live?.show(shown.live));
drawPattern(ui, document.getElementById('lines'), { onScreen, done: (dots) => send({ type: 'draw', dots }) });

fit();
blink(document.getElementById('caret'));
pointer.style.transform = `translate(${width - 48}px, ${height - 48}px)`;
// The first picture comes with its letters.
await Promise.all(['400', '600'].map((weight) => document.fonts.load(`${weight} 16px "Noto Sans"`, 'aąż')));
live = new Live(document.getElementById('live'), Number(screen.dataset.channels), screen.dataset.camera);
connect();
