import { z } from 'zod';

/** What an act at a port was, and how it failed where it did. */
const act = z.strictObject({
  act: z.string().max(200),
  detail: z.string().max(4096).optional(),
  failure: z.string().max(4096).optional(),
});
const headers = z.record(z.string(), z.string());
const px = z.number().min(-100_000).max(100_000);
const box = z.strictObject({ x: px, y: px, width: px, height: px });

/**
 * The channels of a recording, one schema each: what is written is checked by it, and what is read too. All texts are
 * redacted (`[code 1]`, `[password 2]`, `[hidden]`), and what frames show of secrets is covered.
 */
export const CHANNELS = {
  /** What was recorded, and how it ended. A recording without an `end` was cut. */
  session: z.discriminatedUnion('event', [
    z.strictObject({
      event: z.literal('begin'),
      version: z.literal(1),
      harness: z.string(),
      dut: z.string().min(1),
      /** Which copy of a twin, from 1. */
      copy: z.int().min(1),
      kind: z.enum(['twin', 'hardware']),
      model: z.string(),
      firmware: z.string(),
      profile: z.string(),
      language: z.string(),
      resolution: z.string().regex(/^\d{2,5}x\d{2,5}$/),
      /** Characters of a mailed code. */
      codeLength: z.int().min(1).max(64),
    }),
    /** From here on nothing was kept: the recording had reached its largest size, bytes. */
    z.strictObject({ event: z.literal('full'), maxBytes: z.number() }),
    z.strictObject({ event: z.literal('end') }),
  ]),
  /** What the suite did: a case that begins, its steps, what it expected, its verdict. */
  step: z.strictObject({
    kind: z.enum(['case', 'step', 'expectation', 'verdict']),
    text: z.string(),
    requirement: z.string().optional(),
    milliseconds: z.number().min(0).optional(),
    /** Of an expectation or a case. */
    verdict: z.string().optional(),
    error: z.string().optional(),
  }),
  /** A picture, in the form of foxglove.CompressedImage, so that other viewers of MCAP show it. */
  frame: z.strictObject({
    timestamp: z.strictObject({ sec: z.int().min(0), nsec: z.int().min(0).max(999_999_999) }),
    /** `display`, or `qr` for a part of a picture. */
    frame_id: z.enum(['display', 'qr']),
    format: z.enum(['png', 'jpeg']),
    /** Base64. */
    data: z.base64(),
    title: z.string(),
    /** The reading beside it was read from this very picture. */
    read: z.boolean(),
    /** Areas that were painted over. */
    covered: z.int().min(0),
  }),
  /** What stood on the screen, where that became other than before. */
  reading: z.strictObject({
    width: z.number().positive().max(100_000),
    height: z.number().positive().max(100_000),
    items: z.array(
      z.strictObject({
        kind: z.enum(['text', 'button', 'link', 'field', 'checkbox', 'radio', 'option', 'image']),
        text: z.string(),
        box,
        checked: z.boolean().optional(),
        enabled: z.boolean().optional(),
        focused: z.boolean().optional(),
        concealed: z.boolean().optional(),
      }),
    ),
  }),
  /** Mouse and keyboard. Where a place or a text would tell a secret it is left out: then `hidden`. */
  input: z.strictObject({
    kind: z.enum(['move', 'click', 'drag', 'press', 'type']),
    x: z.number().optional(),
    y: z.number().optional(),
    button: z.enum(['left', 'right']).optional(),
    key: z.string().optional(),
    /** Presses, characters or points. */
    count: z.int().min(0).optional(),
    text: z.string().optional(),
    hidden: z.literal(true).optional(),
    failure: z.string().optional(),
  }),
  /** `in`: what the console printed, line ends as they came; `out`: what was typed. */
  serial: z.strictObject({
    direction: z.enum(['in', 'out']),
    text: z.string(),
    /** A gap: for so long, ms, nothing was heard. `text` then says so, and was not printed. */
    missedMs: z.number().min(0).optional(),
  }),
  /** An exchange as it went over the wire; answers to challenges are exchanges of their own. */
  http: z.strictObject({
    milliseconds: z.number().min(0),
    request: z.strictObject({ method: z.string(), path: z.string(), headers, body: z.string() }),
    response: z.strictObject({ status: z.int().min(0).max(999), headers, body: z.string() }).optional(),
    failure: z.string().optional(),
    notes: z.array(z.string()),
  }),
  /** A mail to an address of this recorder, when the bench saw it first. */
  mail: z.strictObject({
    from: z.string(),
    to: z.array(z.string()),
    subject: z.string(),
    text: z.string(),
    headers,
    receivedAt: z.number(),
  }),
  /** What was shown to the app; the payload itself is not kept. */
  scan: z.strictObject({
    as: z.enum(['visitor', 'account']),
    characters: z.int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    picture: z.boolean(),
    accepted: z.boolean().optional(),
    message: z.string().optional(),
    failure: z.string().optional(),
  }),
  /** What an operator was asked; the picture or QR shown with it is not kept here. */
  prompt: z.strictObject({
    id: z.string(),
    title: z.string(),
    kind: z.enum(['options', 'text', 'picture']),
    milliseconds: z.number().min(0),
    outcome: z.enum(['answered', 'unanswered', 'withdrawn']),
    value: z.string().optional(),
    note: z.string().optional(),
    /** Who answered, and how. */
    by: z.string().optional(),
    way: z.string().optional(),
  }),
  power: act,
  network: act,
  usb: act,
  /** What only a twin's bench can do: its time, its states. */
  hands: act,
  sadp: z.strictObject({ answer: z.string().nullable() }),
} as const;

export type Topic = keyof typeof CHANNELS;
/** A message of one channel. */
export type Message<T extends Topic> = z.infer<(typeof CHANNELS)[T]>;
/** What was recorded. */
export type About = Extract<Message<'session'>, { event: 'begin' }>;

export const TOPICS = Object.keys(CHANNELS) as readonly Topic[];

/** A message with its time; narrowed by its topic. */
export type Entry = {
  readonly [T in Topic]: { readonly topic: T; readonly at: number; readonly value: Message<T> };
}[Topic];

/** Whether a name is one of a channel. */
export function isTopic(name: string): name is Topic {
  return Object.hasOwn(CHANNELS, name);
}
