import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { McapIndexedReader, McapStreamReader, McapWriter } from '@mcap/core';
import { z } from 'zod';
import { HarnessError } from '../terms/error.ts';
import { type About, CHANNELS, type Entry, isTopic, type Topic } from './channels.ts';

/** Largest chunk, bytes: one message, of which a frame of 4K without loss is the longest. */
const MAX_CHUNK = 128 * 1024 * 1024;
/** Read at a time from a file that has no index, bytes. */
const PIECE = 1024 * 1024;

/** A recording, open for reading. */
export interface SessionReader extends AsyncDisposable {
  readonly about: About;
  /** When the first and the last message were, ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Messages of each channel. */
  readonly counts: ReadonlyMap<Topic, number>;
  /** The process that wrote it died: there is no index, and the end may be lost. */
  readonly cut: boolean;
  /**
   * Messages in the order of their times, both ends included; only what lies in between is read from the file.
   * Rejects with HarnessError RECORD_UNREADABLE where a message is not as its channel has it.
   */
  entries(part?: {
    readonly topics?: readonly Topic[];
    readonly from?: number;
    readonly to?: number;
    /** The newest first. */
    readonly backwards?: boolean;
  }): AsyncGenerator<Entry, void, void>;
  /** The last message of a channel at a time or before it. */
  lastBefore<T extends Topic>(topic: T, at: number): Promise<Extract<Entry, { topic: T }> | undefined>;
}

/**
 * Opens a recording; of one that was cut, what is whole is put in order first, in a folder of its own.
 * @throws HarnessError RECORD_UNREADABLE for what is no recording, or a damaged one
 */
export async function openSessionReader(file: string): Promise<SessionReader> {
  await using stack = new AsyncDisposableStack();
  try {
    const first = stack.adopt(await open(file, 'r'), (handle) => handle.close());
    const indexed = await indexOf(first);
    if (indexed !== undefined) return await readerOf(indexed, { file, cut: false, stack });
    const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'resetbench-session-')), (made) =>
      rm(made, { recursive: true, force: true }),
    );
    const mended = join(folder, 'session.mcap');
    await mend(first, mended);
    const second = stack.adopt(await open(mended, 'r'), (handle) => handle.close());
    const found = await indexOf(second);
    if (found === undefined) throw new Error('it holds no message that is whole');
    return await readerOf(found, { file, cut: true, stack });
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('RECORD_UNREADABLE', `${file} is no recording that can be read: ${why}`, {
      cause,
      hint: 'name the session.mcap of a run that was made with --record',
    });
  }
}

const handlers = {
  zstd: (data: Uint8Array, size: bigint): Uint8Array => {
    if (size > BigInt(MAX_CHUNK)) throw new Error(`a chunk of ${size} bytes`);
    return zstdDecompressSync(data, { maxOutputLength: MAX_CHUNK });
  },
};

/** undefined where the file has no index: it was cut, or is no recording. */
async function indexOf(handle: FileHandle): Promise<McapIndexedReader | undefined> {
  const { size: length } = await handle.stat();
  const readable = {
    size: async () => BigInt(length),
    read: async (offset: bigint, size: bigint) => {
      if (offset + size > BigInt(length)) throw new Error(`it ends before byte ${offset + size}`);
      const bytes = new Uint8Array(Number(size));
      await handle.read(bytes, 0, bytes.length, Number(offset));
      return bytes;
    },
  };
  try {
    return await McapIndexedReader.Initialize({ readable, decompressHandlers: handlers });
  } catch {
    return undefined;
  }
}

/** Copies what is whole in a file without an index into one that has it. */
async function mend(from: FileHandle, to: string): Promise<void> {
  await using handle = await open(to, 'wx');
  let position = 0n;
  const writer = new McapWriter({
    writable: {
      async write(data: Uint8Array) {
        await handle.write(data);
        position += BigInt(data.length);
      },
      position: () => position,
    },
  });
  await writer.start({ profile: '', library: 'resetbench' });
  const reader = new McapStreamReader({ decompressHandlers: handlers });
  const schemas = new Map<number, number>();
  const channels = new Map<number, number>();
  try {
    for (let offset = 0; !reader.done(); ) {
      const piece = Buffer.alloc(PIECE);
      const { bytesRead } = await from.read(piece, 0, PIECE, offset);
      if (bytesRead === 0) break;
      offset += bytesRead;
      reader.append(piece.subarray(0, bytesRead));
      for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
        if (record.type === 'Schema' && !schemas.has(record.id))
          schemas.set(record.id, await writer.registerSchema(record));
        if (record.type === 'Channel' && !channels.has(record.id)) {
          const schemaId = schemas.get(record.schemaId) ?? 0;
          channels.set(record.id, await writer.registerChannel({ ...record, schemaId }));
        }
        const channelId = record.type === 'Message' ? channels.get(record.channelId) : undefined;
        if (record.type === 'Message' && channelId !== undefined)
          await writer.addMessage({ ...record, channelId });
      }
    }
  } catch (error) {
    // What came before the damage counts; without anything there is nothing to mend.
    if (channels.size === 0) throw error;
  }
  await writer.end();
}

async function readerOf(
  indexed: McapIndexedReader,
  {
    file,
    cut,
    stack,
  }: { readonly file: string; readonly cut: boolean; readonly stack: AsyncDisposableStack },
): Promise<SessionReader> {
  const topicOf = new Map<number, Topic>();
  for (const [id, { topic }] of indexed.channelsById) if (isTopic(topic)) topicOf.set(id, topic);
  const entries: SessionReader['entries'] = async function* ({ topics, from, to, backwards = false } = {}) {
    const part = {
      ...(topics === undefined ? {} : { topics }),
      ...(from === undefined ? {} : { startTime: nanoseconds(from) }),
      ...(to === undefined ? {} : { endTime: nanoseconds(to) }),
      reverse: backwards,
    };
    try {
      for await (const { channelId, logTime, data } of indexed.readMessages(part)) {
        const topic = topicOf.get(channelId);
        if (topic !== undefined) yield entryOf(topic, Number(logTime / 1_000_000n), data);
      }
    } catch (cause) {
      const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
      throw new HarnessError('RECORD_UNREADABLE', `${file} is damaged: ${why}`, {
        cause,
        hint: 'copy it anew from where the run was kept; else record the session once more',
      });
    }
  };
  const [begin] = await taken(entries({ topics: ['session'] }), 1);
  if (begin?.topic !== 'session' || begin.value.event !== 'begin')
    throw new Error('it does not begin with what was recorded');
  const [last] = await taken(entries({ backwards: true }), 1);
  const counts = new Map<Topic, number>();
  for (const [id, count] of indexed.statistics?.channelMessageCounts ?? []) {
    const topic = topicOf.get(id);
    if (topic !== undefined) counts.set(topic, Number(count));
  }
  const held = stack.move();
  return {
    about: begin.value,
    from: begin.at,
    to: last?.at ?? begin.at,
    counts,
    cut,
    entries,
    async lastBefore<T extends Topic>(topic: T, at: number) {
      const [found] = await taken(entries({ topics: [topic], to: at, backwards: true }), 1);
      // Only messages of this topic were asked for.
      return found as Extract<Entry, { topic: T }> | undefined;
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

function entryOf(topic: Topic, at: number, data: Uint8Array): Entry {
  const value = CHANNELS[topic].parse(JSON.parse(new TextDecoder().decode(data)));
  // The value was just checked by the schema of this very topic.
  return { topic, at, value } as Entry;
}

async function taken(entries: AsyncGenerator<Entry, void, void>, count: number): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  for await (const entry of entries) {
    found.push(entry);
    if (found.length >= count) break;
  }
  return found;
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms)) * 1_000_000n;
}
