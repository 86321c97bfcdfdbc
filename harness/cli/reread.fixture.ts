import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fakeDisplay } from '../bench/fakes/display.ts';
import { codesIn } from '../flow/mail-code.ts';
import type { Entry, Message } from '../session/channels.ts';
import type { SessionReader } from '../session/reader.ts';
import { withStandIns } from '../session/stand-in.ts';
import { systemClock as clock } from '../terms/clock.ts';
import type { Box } from '../terms/frame.ts';
import { decodePicture } from '../vision/png.ts';
import { readQrs } from '../vision/qr.ts';
import { load } from './load.ts';
import { ROOT } from './root.ts';
import { openSight } from './sight.ts';

type Item = Message<'reading'>['items'][number];

/** What our readers make of a recording, beside what they made of the session. */
export interface Reread {
  /** Pictures that were read again, and how many of them had something covered. */
  readonly pictures: number;
  readonly covered: number;
  /** What is other than it was, one line a thing. */
  readonly differences: readonly string[];
  /** SHA-256 of each QR that both decoders read alike, in order. */
  readonly qrs: readonly string[];
  /** Codes in the mails, as stand-ins. */
  readonly codes: readonly string[];
}

/** How far boxes may lie apart, px: the session's own reading keeps them steady through noise. */
const NEAR = 3;
/** How far around what it covers the edges of a cover change what is read, px: it is 2 larger, and 4 off is near to letters. */
const COVER = 6;

/** Reads everything in a recording again, with a reader that knows nothing of the session. */
export async function reread(session: SessionReader): Promise<Reread> {
  const { about } = session;
  const { duts } = await load(join(ROOT, 'devices.yaml'));
  const dut = duts.find(({ config }) => config.id === about.dut);
  if (dut === undefined) throw new Error(`no ${about.dut} in devices.yaml`);
  const [width = 0, height = 0] = about.resolution.split('x').map(Number);
  await using eyes = await openSight('pixels', [dut], clock);
  const screen = fakeDisplay({ clock, width, height });
  const blind = Object.assign(Object.create(screen), { read: undefined });
  const display = eyes.benches.see?.(blind, dut);
  const differences: string[] = [];
  const qrs: string[] = [];
  const codes: string[] = [];
  let pictures = 0;
  let covered = 0;
  let before: Extract<Entry, { topic: 'reading' }> | undefined;
  for await (const entry of session.entries({ topics: ['reading', 'frame', 'mail'] })) {
    if (entry.topic === 'mail')
      codes.push(...codesIn(withStandIns(entry.value.text, about.codeLength), about.codeLength));
    if (entry.topic === 'reading') before = entry;
    if (entry.topic !== 'frame' || entry.value.frame_id !== 'display') continue;
    const bytes = Buffer.from(entry.value.data, 'base64');
    for (const { agreed, text } of await readQrs(await decodePicture(bytes)))
      if (agreed && text !== undefined) qrs.push(createHash('sha256').update(text).digest('hex'));
    if (!entry.value.read || before?.at !== entry.at) continue;
    pictures += 1;
    covered += Math.min(1, entry.value.covered);
    screen.show({ items: [], picture: { bytes, format: entry.value.format } });
    const again = await display?.read?.();
    const told = compared(before.value.items, again?.items ?? []);
    differences.push(...told.map((one) => `${((entry.at - session.from) / 1000).toFixed(3)} s: ${one}`));
  }
  return { pictures, covered, differences, qrs, codes };
}

/** Things that are not in both readings; what was covered, and what stands beside a cover in its row or close to it, does not count. */
function compared(was: readonly Item[], is: readonly Item[]): readonly string[] {
  const covers = was.filter(({ text }) => /^\[.*\]$/.test(text)).map(({ box }) => box);
  const open = (items: readonly Item[]) =>
    items.filter(({ box }) => !covers.some((cover) => inRow(cover, box)));
  const lacks = (items: readonly Item[], one: Item) =>
    !items.some(({ kind, text, box }) => kind === one.kind && text === one.text && near(box, one.box));
  const words = ({ kind, text }: Item) => `${kind} "${text}"`;
  return [
    ...open(was)
      .filter((one) => lacks(is, one))
      .map((one) => `${words(one)} is not there any more`),
    ...open(is)
      .filter((one) => lacks(was, one))
      .map((one) => `${words(one)} was not there`),
  ];
}

function near(a: Box, b: Box): boolean {
  return (['x', 'y', 'width', 'height'] as const).every((side) => Math.abs(a[side] - b[side]) <= NEAR);
}

function inRow(cover: Box, box: Box): boolean {
  return cover.y - COVER < box.y + box.height && box.y < cover.y + cover.height + COVER;
}
