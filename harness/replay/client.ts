/*
 * Runs in the page: the one function is put there as text, so it uses no value of this module. The data is what
 * `server.ts` gives.
 */

/** Draws the time line, and follows the replay. */
export function startReplay(): void {
  type Line = readonly [at: number, topic: string, text: string, tone: string];
  interface Data {
    readonly from: number;
    readonly to: number;
    readonly topics: readonly string[];
    readonly lines: readonly Line[];
    readonly frames: readonly number[];
  }
  const by = (id: string) => document.getElementById(id);
  const lanes = by('lanes');
  const list = by('list');
  const detail = by('detail');
  const picture = by('picture') as HTMLImageElement | null;
  const clock = by('clock');
  const play = by('play');
  const filter = by('filter');
  if (!lanes || !list || !detail || !picture || !clock || !play || !filter) return;
  const off = new Set(['reading']);
  let data: Data | undefined;
  let now = 0;
  let playing = false;
  let shown = -1;
  let chosen = -1;
  const rows: HTMLElement[] = [];
  const needle = document.createElement('div');
  needle.className = 'needle';

  const told = (ms: number) => {
    const all = Math.max(0, Math.round(ms));
    const part = (value: number, digits: number) => String(Math.floor(value)).padStart(digits, '0');
    return `${part(all / 60000, 2)}:${part((all / 1000) % 60, 2)}.${part(all % 1000, 3)}`;
  };
  const share = (at: number) => (data && data.to > data.from ? (at - data.from) / (data.to - data.from) : 0);
  /** The last of times in order that is not after one; -1 where none is. */
  const lastUntil = (times: readonly number[], at: number) => {
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((times[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  const move = (body: object) =>
    fetch('/position', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then(follow);

  function show(): void {
    if (!data || !clock || !play || !picture) return;
    // The lanes have their names on the left, and a margin on the right.
    needle.style.left = `calc(84px + (100% - 98px) * ${share(now)})`;
    clock.textContent = `${told(now - data.from)} of ${told(data.to - data.from)}`;
    play.textContent = playing ? 'Pause' : 'Play';
    const frame = lastUntil(data.frames, now);
    if (frame !== shown) {
      shown = frame;
      if (frame < 0) picture.removeAttribute('src');
      else picture.src = `/frame?at=${data.frames[frame]}`;
    }
    const at = lastUntil(
      data.lines.map((line) => line[0]),
      now,
    );
    for (const [index, row] of rows.entries()) {
      row.classList.toggle('past', index <= at);
      if (row.classList.toggle('here', index === at) && playing) row.scrollIntoView({ block: 'nearest' });
    }
  }

  async function follow(): Promise<void> {
    const answer = (await (await fetch('/position')).json()) as { at: number; playing: boolean };
    now = answer.at;
    playing = answer.playing;
    show();
  }

  async function choose(index: number): Promise<void> {
    const line = data?.lines[index];
    if (!line || !detail) return;
    rows[chosen]?.removeAttribute('aria-current');
    chosen = index;
    rows[index]?.setAttribute('aria-current', 'true');
    rows[index]?.scrollIntoView({ block: 'nearest' });
    detail.textContent = await (await fetch(`/entry?n=${index}`)).text();
    await move({ at: line[0], playing: false });
  }

  function visible(): void {
    for (const [index, row] of rows.entries()) row.hidden = off.has(data?.lines[index]?.[1] ?? '');
  }

  function draw(all: Data): void {
    for (const topic of all.topics) {
      const lane = document.createElement('div');
      lane.className = 'lane';
      const name = document.createElement('span');
      name.textContent = topic;
      const marks = document.createElement('div');
      marks.className = 'marks';
      marks.dataset.topic = topic;
      for (const [index, [at, of, text, tone]] of all.lines.entries()) {
        if (of !== topic) continue;
        const mark = document.createElement('i');
        mark.style.left = `${share(at) * 100}%`;
        mark.dataset.tone = tone;
        mark.dataset.index = String(index);
        mark.title = `${told(at - all.from)} ${text}`;
        marks.append(mark);
      }
      lane.append(name, marks);
      lanes?.append(lane);
      const label = document.createElement('label');
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.checked = !off.has(topic);
      box.addEventListener('change', () => {
        if (box.checked) off.delete(topic);
        else off.add(topic);
        visible();
      });
      label.append(box, topic);
      filter?.append(label);
    }
    lanes?.append(needle);
    for (const [index, [at, topic, text, tone]] of all.lines.entries()) {
      const row = document.createElement('li');
      row.tabIndex = 0;
      row.dataset.tone = tone;
      const parts: readonly (readonly [string, string])[] = [
        ['time', told(at - all.from)],
        ['topic', topic],
        ['text', text],
      ];
      for (const [name, value] of parts) {
        const part = document.createElement('span');
        part.className = name;
        part.textContent = value;
        row.append(part);
      }
      row.addEventListener('click', () => void choose(index));
      row.addEventListener('keydown', (event) => {
        if (event.key === 'Enter') void choose(index);
      });
      rows.push(row);
    }
    list?.append(...rows);
    visible();
  }

  lanes.addEventListener('click', (event) => {
    const target = event.target;
    if (!data || !(target instanceof HTMLElement)) return;
    if (target.dataset.index !== undefined) return void choose(Number(target.dataset.index));
    const marks = lanes.querySelector('.marks');
    if (!marks) return;
    const box = marks.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    void move({ at: data.from + part * (data.to - data.from) });
  });
  play.addEventListener('click', () => void move({ playing: !playing }));
  document.addEventListener('keydown', (event) => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === ' ') void move({ playing: !playing });
    else if (step !== undefined && data) {
      let next =
        chosen < 0
          ? lastUntil(
              data.lines.map((line) => line[0]),
              now,
            )
          : chosen + step;
      while (rows[next]?.hidden) next += step;
      void choose(next);
    } else return;
    event.preventDefault();
  });
  void fetch('/timeline.json')
    .then((answer) => answer.json())
    .then(async (all: Data) => {
      data = all;
      draw(all);
      await follow();
      setInterval(() => void (playing ? follow() : undefined), 250);
    });
}
