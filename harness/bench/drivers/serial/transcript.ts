import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { SerialChunk } from '../../ports/serial.ts';

/** Text kept, bytes of UTF-8; then the oldest goes. */
export const TRANSCRIPT_BYTES = 4 * 1024 * 1024;
/** Stands first once text was dropped. */
const DROPPED = '[older text was dropped]\n';
/** Longest piece of the last line that an error shows, characters. */
const LAST_LINE = 200;

/** What a console has printed, and those who wait for more of it. */
export interface Transcript {
  /** An index into it stays right for as long as the transcript lives: dropped chunks leave their place, empty. */
  chunks(): readonly SerialChunk[];
  add(bytes: Uint8Array): void;
  /**
   * Resolves with what `find` makes of the text since a chunk, as soon as it makes something. The place is taken at
   * the call, so that nothing printed afterwards is missed.
   * @throws HarnessError PORT_TIMEOUT with the last line seen; what `end` was given
   */
  until(
    find: (text: string) => string | undefined,
    options: {
      readonly since?: number;
      readonly timeoutMs: number;
      readonly what: string;
      readonly hint: string;
    },
  ): Promise<string>;
  /** No more text will come, unless `resume` is called: whoever waits, now or later, gets this error. */
  end(error: HarnessError): void;
  /** Text will come again. */
  resume(): void;
  /** Marks a time in which nothing could be heard; what waits does not match across it. */
  gap(gap: { readonly why: string; readonly missedMs: number }): void;
}

/** An empty transcript. Bytes are UTF-8, decoded across chunk borders; what is none becomes U+FFFD. */
export function newTranscript(options: { readonly clock: Clock; readonly limitBytes?: number }): Transcript {
  const { clock } = options;
  const limit = options.limitBytes ?? TRANSCRIPT_BYTES;
  let decoder = newDecoder();
  const waiting = new Set<{ heard: (text: string) => void; ended: (error: HarnessError) => void }>();
  const chunks: SerialChunk[] = [];
  let bytesKept = 0;
  let firstKept = 0;
  let over: HarnessError | undefined;

  function drop(): void {
    while (bytesKept > limit && firstKept < chunks.length - 1) {
      const oldest = chunks[firstKept];
      if (oldest === undefined) break;
      bytesKept -= Buffer.byteLength(oldest.text);
      chunks[firstKept] = { ...oldest, text: firstKept === 0 ? DROPPED : '' };
      firstKept++;
    }
  }
  const textSince = (index: number) => chunks.slice(Math.max(index, firstKept)).map(printed).join('');
  function lastLine(): string {
    const lines = textSince(Math.max(firstKept, chunks.length - 50)).split(/[\r\n]+/);
    return (lines.findLast((line) => line.trim() !== '') ?? '').slice(-LAST_LINE);
  }

  return {
    chunks: () => chunks.slice(),
    add(bytes) {
      const text = decoder.decode(bytes, { stream: true });
      if (text === '') return;
      chunks.push({ at: clock.now(), text });
      bytesKept += Buffer.byteLength(text);
      drop();
      for (const waiter of [...waiting]) waiter.heard(text);
    },
    async until(find, { since, timeoutMs, what, hint }) {
      let text = textSince(since ?? chunks.length);
      const found = find(text);
      if (found !== undefined) return found;
      if (over !== undefined) throw over;
      const done = new AbortController();
      const heard = Promise.withResolvers<string>();
      const waiter = {
        heard(more: string) {
          text += more;
          const match = find(text);
          if (match !== undefined) heard.resolve(match);
        },
        ended: heard.reject,
      };
      waiting.add(waiter);
      clock.sleep(timeoutMs, done.signal).then(
        () =>
          heard.reject(
            new HarnessError(
              'PORT_TIMEOUT',
              `The console did not print ${what} within ${Math.round(timeoutMs)} ms; last line seen: ${JSON.stringify(lastLine())}.`,
              { port: 'serial', hint },
            ),
          ),
        () => undefined,
      );
      try {
        return await heard.promise;
      } finally {
        waiting.delete(waiter);
        done.abort();
      }
    },
    end(error) {
      over = error;
      for (const waiter of [...waiting]) waiter.ended(over);
    },
    resume() {
      over = undefined;
    },
    gap({ why, missedMs }) {
      const text = `\n[${Math.round(missedMs)} ms were not heard: ${why}]\n`;
      // A character of which half was heard before the gap is no character.
      decoder = newDecoder();
      const chunk = { at: clock.now(), text, missedMs };
      chunks.push(chunk);
      bytesKept += Buffer.byteLength(text);
      drop();
      for (const waiter of [...waiting]) waiter.heard(printed(chunk));
    },
  };
}

function newDecoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true });
}

/** What a console printed: a gap is no text of its own, and nothing matches across it. */
function printed({ text, missedMs }: SerialChunk): string {
  return missedMs === undefined ? text : '\n\0\n';
}
