import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { handClock } from '../bench/fakes/clock.ts';
import { openJournal } from '../evidence/journal.ts';
import { openStore } from '../evidence/store.ts';
import type { Pixels } from '../terms/frame.ts';
import type { DutRecord, HarnessFacts } from '../terms/record.ts';
import { decodePicture, encodePng } from '../vision/png.ts';
import { BASELINES } from './baselines.ts';

/** A picture that a run saw. */
interface Seen {
  readonly dut: string;
  readonly screen: string;
  readonly bytes: Uint8Array;
  readonly source: string;
}

/** A folder of baselines with the approved pictures of one profile, as older harnesses wrote them. */
export async function someBaselines(folder: string): Promise<string> {
  await cp(join(BASELINES, 'nvr'), join(folder, 'nvr'), { recursive: true });
  return folder;
}

/** The picture with its words at the upper left painted over. */
export async function spoilt(bytes: Uint8Array): Promise<Uint8Array> {
  const pixels: Pixels = await decodePicture(bytes);
  const data = pixels.data.slice();
  const at = (x: number, y: number) => (y * pixels.width + x) * 4;
  for (let y = 200; y < 300; y += 1)
    for (let x = 400; x < 700; x += 1) if (data[at(x, y) + 3] === 255) data.set([200, 40, 40], at(x, y));
  return encodePng({ ...pixels, data });
}

/** Writes a run in which recorders of the profile `nvr` showed pictures. @returns its id */
export async function writeRun(
  reports: string,
  seen: readonly Seen[],
  harness: Partial<HarnessFacts> = {},
): Promise<string> {
  const id = '2026-11-24T014245Z-5d28';
  const folder = join(reports, id);
  const store = await openStore(folder);
  const clock = handClock();
  await using journal = await openJournal(join(folder, 'events.jsonl'), clock);
  const requirement = 'CR04';
  const ids = [...new Set(seen.map(({ dut }) => dut))];
  journal.write({
    type: 'run-start',
    id,
    harness: { version: '0.1.0', node: 'v24', platform: 'linux', ...harness },
    requirements: [
      { id: requirement, statement: 'It says so.', source: 'manual', kind: 'documented', section: 'One' },
    ],
    duts: ids.map(dutOf),
    planned: ids.map((dut) => ({ dut, requirement, title: 'Screens' })),
    notRun: [],
  });
  for (const dut of ids) {
    const attempt = 1;
    journal.write({ type: 'case-start', dut, requirement, title: 'Screens', attempt });
    for (const one of seen.filter((other) => other.dut === dut)) {
      const screen = { name: one.screen, source: one.source };
      const ref = await store.put({
        kind: 'screen',
        ext: 'png',
        title: `The screen "${one.screen}", to be compared`,
        at: 1_795_484_565_000,
        bytes: one.bytes,
        screen,
      });
      const step = { title: 'Compare', at: 1_795_484_565_000, milliseconds: 10, evidence: [ref] };
      journal.write({ type: 'step', dut, requirement, attempt, step });
    }
    const end = { verdict: 'pass', at: 1_795_484_566_000, milliseconds: 10 } as const;
    journal.write({ type: 'case-end', dut, requirement, attempt, ...end });
  }
  journal.write({ type: 'run-end', ended: 'complete' });
  return id;
}

function dutOf(id: string): DutRecord {
  return {
    id,
    kind: 'twin',
    family: 'NVR',
    model: 'DS-7616NI-K2',
    firmware: 'V4.21.000',
    gui: '4.0',
    serialNumber: 'twin',
    profile: 'nvr',
    resolution: '1280x720',
  };
}
