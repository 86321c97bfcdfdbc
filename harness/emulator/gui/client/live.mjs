const STEP_MS = 1000;

/** A scene that never changes, in few colours: sky or wall, ground, something standing about. */
function scene(pen, width, height, seed) {
  let state = seed * 2654435761;
  const random = () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const tone = (base, spread) => Math.round(base + (random() - 0.5) * spread);
  const sky = pen.createLinearGradient(0, 0, 0, height);
  const hue = tone(205, 40);
  sky.addColorStop(0, `hsl(${hue} 14% ${tone(46, 14)}%)`);
  sky.addColorStop(0.5, `hsl(${hue} 10% 62%)`);
  pen.fillStyle = sky;
  pen.fillRect(0, 0, width, height);
  const horizon = height * (0.42 + random() * 0.14);
  for (let count = 0; count < 5; count += 1) {
    const w = width * (0.1 + random() * 0.2);
    const h = height * (0.14 + random() * 0.28);
    const x = random() * (width - w);
    pen.fillStyle = `hsl(${tone(30, 40)} ${tone(9, 8)}% ${tone(36, 22)}%)`;
    pen.fillRect(x, horizon - h, w, h);
    pen.fillStyle = 'rgba(20, 26, 34, .45)';
    for (let wx = x + 3; wx < x + w - 5; wx += 9)
      for (let wy = horizon - h + 4; wy < horizon - 8; wy += 11) pen.fillRect(wx, wy, 5, 6);
  }
  const ground = pen.createLinearGradient(0, horizon, 0, height);
  ground.addColorStop(0, `hsl(${tone(95, 60)} 7% 38%)`);
  ground.addColorStop(1, `hsl(${tone(95, 60)} 7% 24%)`);
  pen.fillStyle = ground;
  pen.fillRect(0, horizon, width, height - horizon);
  pen.fillStyle = 'rgba(225, 225, 215, .35)';
  pen.beginPath();
  pen.moveTo(width * 0.47, horizon);
  pen.lineTo(width * 0.5, horizon);
  pen.lineTo(width * 0.44, height);
  pen.lineTo(width * 0.3, height);
  pen.fill();
  return horizon;
}

/** A name in a corner of a channel's picture. */
function write(pen, font, text, right, bottom) {
  pen.font = `${font}px "Noto Sans"`;
  pen.textAlign = 'right';
  pen.lineWidth = 3;
  pen.strokeStyle = 'rgba(0, 0, 0, .7)';
  pen.fillStyle = '#fff';
  pen.strokeText(text, right, bottom);
  pen.fillText(text, right, bottom);
}

/** Live pictures behind the dialogs: a still scene a channel, one thing that walks through it, and the clock. */
export class Live {
  #root;
  #tiles = [];
  #timer;
  #ahead = 0;
  #step = 0;

  constructor(root, channels, camera) {
    this.#root = root;
    const across = channels > 8 ? 3 : 2;
    const width = root.offsetWidth;
    const height = root.offsetHeight;
    const font = Math.round(height / (across === 3 ? 56 : 46));
    // What never changes is one picture in the ground: a layer of its own would be drawn anew with every change.
    const back = new OffscreenCanvas(width, height);
    const pen = back.getContext('2d');
    const zoom = width / 640;
    for (let index = 0; index < across * across; index += 1) {
      const w = 640 / across;
      const h = (640 * height) / width / across;
      const left = (index % across) * w;
      const top = Math.floor(index / across) * h;
      pen.save();
      pen.scale(zoom, zoom);
      pen.beginPath();
      pen.rect(left, top, w - 1, h - 1);
      pen.clip();
      pen.translate(left, top);
      const horizon = scene(pen, w, h, index + 3);
      pen.restore();
      const tile = { left: left * zoom, top: top * zoom, width: w * zoom, height: h * zoom };
      const thing = root.appendChild(document.createElement('i'));
      const size = {
        width: Math.round(font * (index % 3 === 0 ? 3.4 : 0.9)),
        height: Math.round(font * (index % 3 === 0 ? 1.4 : 2.6)),
      };
      const colours = ['#4b5f78', '#7a4a40', '#3f3f47', '#6b6a55'];
      thing.style.cssText = `width:${size.width}px;height:${size.height}px;background:${colours[index % 4]};border-radius:${font / 3}px ${font / 3}px 2px 2px;top:${Math.round(tile.top + horizon * zoom + tile.height * 0.12)}px`;
      const osd = root.appendChild(document.createElement('b'));
      osd.style.cssText = `font-size:${font}px;left:${Math.round(tile.left + font)}px;top:${Math.round(tile.top + font * 0.6)}px`;
      this.#tiles.push({
        thing,
        left: tile.left,
        room: tile.width - size.width - 4,
        speed: 0.015 + 0.005 * (index % 4),
      });
      const right = tile.left + tile.width - font;
      write(
        pen,
        font,
        `${camera} ${String(index + 1).padStart(2, '0')}`,
        right,
        tile.top + tile.height - font,
      );
    }
    back.convertToBlob().then((blob) => {
      root.style.background = `url(${URL.createObjectURL(blob)})`;
    });
    root.style.visibility = 'hidden';
  }

  /** The recorder's local time now, ms as if UTC. */
  setClock(ms) {
    this.#ahead = ms - performance.now();
  }

  show(wanted) {
    const run = wanted && !document.hidden;
    this.#root.style.visibility = wanted ? 'visible' : 'hidden';
    if (run && this.#timer === undefined) {
      this.#timer = setInterval(() => this.#move(), STEP_MS);
      this.#move();
    } else if (!run && this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  /** One step a second, as often as the clocks move: a browser without a GPU draws whatever changes by hand. */
  #move() {
    this.#step += 1;
    const now = new Date(performance.now() + this.#ahead);
    const iso = now.toISOString();
    const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][now.getUTCDay()];
    const text = `${iso.slice(8, 10)}-${iso.slice(5, 7)}-${iso.slice(0, 4)} ${day} ${iso.slice(11, 19)}`;
    this.#root.style.setProperty('--clock', JSON.stringify(text));
    for (const tile of this.#tiles) {
      const phase = (this.#step * tile.speed) % 2;
      tile.thing.style.left = `${Math.round(tile.left + 2 + tile.room * (phase < 1 ? phase : 2 - phase))}px`;
    }
  }
}
