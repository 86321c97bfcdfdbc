/** What a receiver tells of a character beside its bits, where a line says so (RFC 2217 does, a tty does not). */
export type Flaw = 'framing' | 'parity' | 'overrun' | 'break';

/** What is looked at: the newest bytes, and none that are older, ms. */
const WINDOW_BYTES = 2048;
const WINDOW_MS = 60_000;
/** Fewer characters are no proof: adapters deliver a few wrong bytes whenever a recorder is switched on. */
const LEAST = 64;
/** Share of characters that are no text from which on the line is garbled. Console text has under 1 %. */
const SHARE = 0.2;

/** Bytes that a receiver reads whose clock is faster than the sender's: long runs of equal bits. */
const RUNS: readonly number[] = [0x00, 0x80, 0xc0, 0xe0, 0xf0, 0xf8, 0xfc, 0xfe, 0xff];

/** What is wrong with what a console sends. */
export interface Garbage {
  /** Of the newest characters, 0 to 1: those that are no text. */
  readonly share: number;
  readonly characters: number;
  /** What causes it most likely, and what to do, one sentence. */
  readonly hint: string;
}

/** Tells text from what a wrong baud rate or a bad cable makes of it. */
export interface TextWatch {
  add(bytes: Uint8Array, at: number): void;
  /** What a receiver complained of. */
  flaw(flaw: Flaw): void;
  /** undefined where the newest bytes are text, or too few. @param at now, ms */
  garbage(at: number): Garbage | undefined;
  /** Forgets what was heard so far: another line begins. */
  restart(): void;
}

/** @param baudRate bits per second, for the hint */
export function watchText(baudRate: number): TextWatch {
  let chunks: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  let size = 0;
  let flaws = new Map<Flaw, number>();
  return {
    add(bytes, at) {
      chunks.push({ at, bytes });
      size += bytes.length;
      while (chunks.length > 1 && size - (chunks[0]?.bytes.length ?? 0) >= WINDOW_BYTES)
        size -= chunks.shift()?.bytes.length ?? 0;
    },
    flaw: (flaw) => void flaws.set(flaw, (flaws.get(flaw) ?? 0) + 1),
    garbage(at) {
      const young = chunks.filter((chunk) => at - chunk.at <= WINDOW_MS).map(({ bytes }) => bytes);
      const bytes = Buffer.concat(young).subarray(-WINDOW_BYTES);
      const { characters, strange } = countText(bytes);
      if (characters < LEAST || strange < characters * SHARE) return undefined;
      const told = [...flaws].map(([flaw, count]) => `${count} ${flaw} errors`).join(', ');
      const share = strange / characters;
      return { share, characters, hint: `${causeOf(bytes, baudRate)}${told === '' ? '' : ` (${told})`}.` };
    },
    restart() {
      chunks = [];
      size = 0;
      flaws = new Map();
    },
  };
}

/** How many characters of UTF-8 there are, and how many of them no console prints. */
function countText(bytes: Uint8Array): { readonly characters: number; readonly strange: number } {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let characters = 0;
  let strange = 0;
  for (const character of text) {
    characters += 1;
    if (isStrange(character.codePointAt(0) ?? 0)) strange += 1;
  }
  return { characters, strange };
}

/** Control characters but bell, backspace, tab, line feed, form feed, carriage return and escape; what is no UTF-8. */
function isStrange(point: number): boolean {
  if (point === 0xfffd) return true;
  if (point < 0x20) return !(point === 7 || (point >= 8 && point <= 13) || point === 0x1b);
  return point >= 0x7f && point < 0xa0;
}

function causeOf(bytes: Uint8Array, baudRate: number): string {
  const share = (fits: (byte: number) => boolean) => bytes.filter(fits).length / bytes.length;
  const stripped = countText(bytes.map((byte) => byte & 0x7f));
  const even = share((byte) => [...byte.toString(2)].filter((bit) => bit === '1').length % 2 === 0);
  if (stripped.strange < stripped.characters * 0.02 && (even > 0.98 || even < 0.02))
    return 'Every character is text but for its highest bit: the console sends 7 bits with parity; set it to 8N1';
  const others = [115_200, 57_600, 38_400, 19_200, 9_600].filter((rate) => rate !== baudRate);
  const lower = others.filter((rate) => rate < baudRate);
  const low =
    share((byte) => byte === 0) > 0.9
      ? 'the line is held low: check the ground wire, and that no RS-232 adapter is at a TTL header'
      : undefined;
  if (share((byte) => RUNS.includes(byte)) > 0.6 && lower.length > 0)
    return `The console is slower than ${baudRate} baud: try ${lower.join(', ')}; else ${low ?? 'check the ground wire'}`;
  if (low !== undefined) return low.replace(/^t/, 'T');
  return `The baud rate ${baudRate} is wrong, most likely: try ${others.join(', ')}; else try another adapter and check the ground wire`;
}
