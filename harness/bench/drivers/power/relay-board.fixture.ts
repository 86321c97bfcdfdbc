import { openPair, type Pair } from '../serial/pair.fixture.ts';

/** A model of an LCUS board, with the supply of a recorder behind one of its contacts. */
export interface BoardModel extends AsyncDisposable {
  readonly path: string;
  /** Which relays are energised, the first at 0. */
  readonly coils: boolean[];
  /** All that it was sent. */
  sent(): string;
  /** The contact of a relay no longer moves with its coil. */
  weld(channel: number): void;
  /** The coils no longer follow orders. */
  starve(): void;
  unplug(): Promise<void>;
  replug(): Promise<void>;
  mains(channel: number, contact: 'normally-closed' | 'normally-open'): 'on' | 'off';
}

/**
 * @param options.answers how it answers a query: with lines of text, a byte a channel, or not at all
 */
export async function openBoard(options: {
  readonly channels: number;
  readonly answers: 'text' | 'bytes' | 'none';
}): Promise<BoardModel> {
  const pair: Pair = await openPair();
  const coils: boolean[] = Array.from({ length: options.channels }, () => false);
  const welded = new Map<number, boolean>();
  let starved = false;
  let sent = '';
  let pending: number[] = [];
  const query = () => {
    const text = coils.map((on, at) => `CH${at + 1}: ${on ? 'ON' : 'OFF'}\r\n`).join('');
    if (options.answers === 'text') return pair.print(Buffer.from(text));
    if (options.answers === 'bytes') return pair.print(Uint8Array.from(coils.map(Number)));
    return Promise.resolve();
  };
  pair.onTyped((bytes) => {
    sent += Buffer.from(bytes).toString('hex');
    pending.push(...bytes);
    for (;;) {
      const [head, channel = 0, order = 0, sum] = pending;
      if (head === undefined) return;
      if (head === 0xff) {
        pending = pending.slice(1);
        query().catch(() => undefined);
      } else if (head !== 0xa0) pending = pending.slice(1);
      else if (pending.length < 4) return;
      else {
        pending = pending.slice(4);
        const right = sum === ((head + channel + order) & 0xff) && order < 2;
        if (right && channel >= 1 && channel <= coils.length && !starved) coils[channel - 1] = order === 1;
      }
    }
  });
  const contact = (channel: number) => welded.get(channel) ?? coils[channel - 1] === true;
  return {
    path: pair.path,
    coils,
    sent: () => sent,
    weld: (channel) => void welded.set(channel, contact(channel)),
    starve() {
      starved = true;
    },
    async unplug() {
      await pair.unplug();
      coils.fill(false);
      pending = [];
    },
    replug: pair.replug,
    mains: (channel, wiring) => (contact(channel) === (wiring === 'normally-open') ? 'on' : 'off'),
    [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
  };
}
