import { crc32, deflateSync } from 'node:zlib';
import type { Clock } from '../../terms/clock.ts';
import { HarnessError } from '../../terms/error.ts';
import type { Frame, Item } from '../../terms/frame.ts';
import type { Display, KeyName } from '../ports/display.ts';
import { otherEnd } from './other-end.ts';

/** What came in by mouse and keyboard. */
export type FakeInput =
  | { readonly kind: 'move'; readonly x: number; readonly y: number }
  | { readonly kind: 'click'; readonly button: 'left' | 'right'; readonly x: number; readonly y: number }
  | { readonly kind: 'drag'; readonly points: readonly { readonly x: number; readonly y: number }[] }
  | { readonly kind: 'key'; readonly key: KeyName }
  | { readonly kind: 'text'; readonly text: string };

/** A screen: its items, and its picture; without one it is black. `none`: what is grabbed is no picture. */
export interface FakeScreen {
  readonly items: readonly Item[];
  readonly picture?: Pick<Frame, 'bytes' | 'format'> | 'none';
}

/** A display with a script. Dispose complains (USAGE) of screens that no input brought up. */
export interface FakeDisplay extends Display {
  readonly read: NonNullable<Display['read']>;
  /** Shows this from now on. */
  show(screen: FakeScreen): void;
  /** What the next input of this kind shows, after those that were scripted before; of any kind where undefined. */
  expectInput(kind: FakeInput['kind'] | undefined, screen: FakeScreen): void;
  /** All that came in so far, in order. */
  inputs(): readonly FakeInput[];
  vanish(): void;
}

/** Black and without any writing at first. Input that nothing is scripted for is recorded, and changes nothing. */
export function fakeDisplay(options: {
  readonly clock: Clock;
  readonly width: number;
  readonly height: number;
}): FakeDisplay {
  const { clock, ...size } = options;
  const end = otherEnd('display');
  const script: { readonly kind: FakeInput['kind'] | undefined; readonly screen: FakeScreen }[] = [];
  const inputs: FakeInput[] = [];
  const waiting = new Set<() => void>();
  let shown: FakeScreen = { items: [] };
  let changedAt = clock.monotonic();
  let changed = true;

  function wake(): void {
    for (const one of [...waiting]) one();
  }
  function show(screen: FakeScreen): void {
    shown = screen;
    changed = true;
    changedAt = clock.monotonic();
    wake();
  }
  /** Until the next change, or so long. */
  async function change(ms: number): Promise<void> {
    const over = new AbortController();
    const next = Promise.withResolvers<void>();
    waiting.add(next.resolve);
    const deadline = clock.sleep(ms, over.signal).catch(() => undefined);
    await Promise.race([next.promise, deadline]);
    waiting.delete(next.resolve);
    over.abort();
    end.check();
  }
  async function take(input: FakeInput): Promise<void> {
    end.check();
    inputs.push(input);
    const [step] = script;
    if (step === undefined || (step.kind !== undefined && step.kind !== input.kind)) return;
    script.shift();
    show(step.screen);
  }

  return {
    source: 'fake display',
    async frame(signal) {
      end.check();
      if (signal?.aborted) {
        if (signal.reason instanceof HarnessError) throw signal.reason;
        throw new HarnessError('PORT_TIMEOUT', 'frame: too late', { port: 'display', cause: signal.reason });
      }
      if (shown.picture === 'none') {
        throw new HarnessError('FRAME_UNUSABLE', 'What was grabbed is no picture.', { port: 'display' });
      }
      const picture = shown.picture ?? { bytes: blackPng(size), format: 'png' };
      return { ...size, ...picture, grabbedAt: clock.now() };
    },
    async read({ withinMs, stillMs } = { withinMs: 0, stillMs: 0 }) {
      end.check();
      const until = clock.monotonic() + withinMs;
      if (!changed && withinMs > 0) await change(withinMs);
      while (changed) {
        const now = clock.monotonic();
        const left = Math.min(until, changedAt + stillMs) - now;
        if (left <= 0) break;
        await change(left);
      }
      changed = false;
      return { ...size, items: shown.items, stillMs: clock.monotonic() - changedAt };
    },
    moveTo: (x, y) => take({ kind: 'move', x, y }),
    click: (x, y, button = 'left') => take({ kind: 'click', button, x, y }),
    drag: (points) => take({ kind: 'drag', points }),
    async press(key, times = 1) {
      end.check();
      for (let count = 0; count < times; count += 1) await take({ kind: 'key', key });
    },
    async type(text) {
      end.check();
      if (text !== '') await take({ kind: 'text', text });
    },
    show,
    expectInput: (kind, screen) => void script.push({ kind, screen }),
    inputs: () => inputs.slice(),
    vanish() {
      end.vanish();
      wake();
    },
    async [Symbol.asyncDispose]() {
      if (!end.close()) return;
      wake();
      if (script.length === 0) return;
      const left = script.map(({ kind, screen }) => {
        const texts = screen.items.map(({ text }) => JSON.stringify(text)).join(' ');
        return `${kind ?? 'any input'}: ${texts}`;
      });
      throw new HarnessError('USAGE', `Scripted screens that never came: ${left.join(', ')}.`, {
        port: 'display',
      });
    },
  };
}

/** A black picture of 8-bit grey (PNG specification, 5 and 11). */
function blackPng({ width, height }: { readonly width: number; readonly height: number }): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = deflateSync(Buffer.alloc((width + 1) * height));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', new Uint8Array()),
  ]);
}
