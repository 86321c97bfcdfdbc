import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { constants, zstdCompressSync } from 'node:zlib';
import { McapWriter } from '@mcap/core';
import { z } from 'zod';
import { HarnessError } from '../terms/error.ts';
import { type About, CHANNELS, type Message, TOPICS, type Topic } from './channels.ts';

/** Largest recording, bytes. */
const MAX_BYTES = 512 * 1024 * 1024;
/** A message on its own is not packed below this, bytes: it would become longer. */
const PACKED_FROM = 256;
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

/** How a recording ended. */
export interface Ended {
  readonly bytes: number;
  readonly messages: number;
  /** What is not in it, or not all: it was full, could not be written, or a message was none of its channel. */
  readonly problem?: string;
}

/** A recording while it goes on. */
export interface SessionWriter {
  /**
   * Adds a message, at ms since the epoch. It is with the operating system a moment later, as a chunk of its own: a
   * killed process leaves all messages but the last few. Never throws: a recording must not end a run.
   */
  write<T extends Topic>(topic: T, at: number, value: Message<T>): void;
  /** Writes the index and closes the file. */
  close(at: number): Promise<Ended>;
}

/**
 * Begins a recording: an MCAP file with a channel a topic, JSON in chunks of one message, packed by zstd.
 * @throws HarnessError RECORD_UNREADABLE where the file is there already or cannot be made
 */
export async function openSessionWriter(
  file: string,
  begin: { readonly about: About; readonly at: number; readonly maxBytes?: number },
): Promise<SessionWriter> {
  const out = openFile(file);
  const most = begin.maxBytes ?? MAX_BYTES;
  const writer = new McapWriter({
    writable: out,
    // Each message closes its chunk: there is no other way to bring it to the disk.
    chunkSize: 0,
    compressChunk,
  });
  let problem: string | undefined;
  /** Nothing more is taken: it is full, or something was written in part and what comes after it would not be found. */
  let over = false;
  let torn = false;
  let messages = 0;
  let sequence = 0;
  let tail: Promise<void> = Promise.resolve();
  const ids = new Map<Topic, number>();
  const add = async (topic: Topic, at: number, value: unknown) => {
    const channelId = ids.get(topic);
    if (channelId === undefined) return;
    const time = BigInt(Math.round(at)) * 1_000_000n;
    sequence += 1;
    const data = new TextEncoder().encode(JSON.stringify(value));
    await writer.addMessage({ channelId, sequence, logTime: time, publishTime: time, data });
    messages += 1;
  };
  const later = (job: () => Promise<void>) => {
    tail = tail.then(job).catch((error: unknown) => {
      torn = true;
      over = true;
      problem ??= `it could not be written: ${error instanceof Error ? error.message : String(error)}`;
    });
  };
  later(async () => {
    await writer.start({ profile: '', library: 'resetbench' });
    for (const topic of TOPICS) ids.set(topic, await register(writer, topic));
    await add('session', begin.at, begin.about);
  });
  await tail;
  return {
    write(topic, at, value) {
      later(async () => {
        if (over) return;
        const checked = CHANNELS[topic].safeParse(value);
        if (!checked.success) {
          problem ??= `a message of ${topic} was left out: ${z.prettifyError(checked.error)}`;
          return;
        }
        await add(topic, at, checked.data);
        if (out.bytes < most) return;
        over = true;
        problem ??= `it is full: ${most} bytes`;
        await add('session', at, { event: 'full', maxBytes: most });
      });
    },
    async close(at) {
      later(async () => {
        if (torn) return;
        await add('session', at, { event: 'end' });
        await writer.end();
      });
      await tail;
      out.close();
      return { bytes: out.bytes, messages, ...(problem === undefined ? {} : { problem }) };
    },
  };
}

async function register(writer: McapWriter, topic: Topic): Promise<number> {
  const name = topic === 'frame' ? 'foxglove.CompressedImage' : `resetbench.${topic}`;
  const schema = z.toJSONSchema(CHANNELS[topic], { unrepresentable: 'any' });
  const data = new TextEncoder().encode(JSON.stringify(schema));
  const schemaId = await writer.registerSchema({ name, encoding: 'jsonschema', data });
  return writer.registerChannel({ topic, schemaId, messageEncoding: 'json', metadata: new Map() });
}

function compressChunk(data: Uint8Array): { compression: string; compressedData: Uint8Array } {
  if (data.length < PACKED_FROM) return { compression: '', compressedData: data };
  return { compression: 'zstd', compressedData: zstdCompressSync(data, LEVEL) };
}

interface OutFile {
  readonly bytes: number;
  write(data: Uint8Array): Promise<void>;
  position(): bigint;
  close(): void;
}

/** What is written is with the operating system when the call returns. */
function openFile(file: string): OutFile {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx', 0o644);
  } catch (cause) {
    throw new HarnessError('RECORD_UNREADABLE', `${file} could not be begun.`, { cause });
  }
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    async write(data) {
      for (let done = 0; done < data.length; ) done += writeSync(descriptor, data, done);
      bytes += data.length;
    },
    position: () => BigInt(bytes),
    close() {
      try {
        fsyncSync(descriptor);
      } catch {
        // A full disk said so before; the file is closed all the same.
      }
      closeSync(descriptor);
    },
  };
}
