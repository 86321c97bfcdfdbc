// Files that the harness wrote before, and somebody may have changed since: recordings, journals, leases, baselines.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { decisionsOn, standingBaseline } from '../../../../harness/cli/baselines.ts';
import { readLook } from '../../../../harness/cli/looks.ts';
import { openJournal, readJournal } from '../../../../harness/evidence/journal.ts';
import { beginSealed, readSealed } from '../../../../harness/safety/journal-file.ts';
import { holderOf, takeLease } from '../../../../harness/safety/lease.ts';
import { openPasswords } from '../../../../harness/safety/passwords.ts';
import { triesFile } from '../../../../harness/safety/tries-file.ts';
import { openSessionReader } from '../../../../harness/session/reader.ts';
import { ABOUT, exchange, frameAt, T0 } from '../../../../harness/session/session.fixture.ts';
import { lineOf } from '../../../../harness/session/timeline.ts';
import { openSessionWriter } from '../../../../harness/session/writer.ts';
import { systemClock } from '../../../../harness/terms/clock.ts';
import { bytesOf, must, type Target } from '../target.ts';

/** In the memory, where there is such a place. */
const newFolder = () => mkdtempSync(join(tmpdir(), 'resetbench-fuzz-'));
/** What `make` writes. */
async function made(name: string, make: (file: string, folder: string) => unknown): Promise<Uint8Array> {
  const folder = newFolder();
  try {
    const file = join(folder, name);
    await make(file, folder);
    return new Uint8Array(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
/** A target that reads a file of that name in a folder of its own. */
function fileTarget(
  name: string,
  file: string,
  {
    samples,
    read,
    ...more
  }: Pick<Target, 'samples' | 'oneIn'> & {
    readonly read: (file: string, folder: string) => unknown;
  },
): Target {
  return {
    name,
    samples,
    // A recorder, where a lease is held; a picture, where the file beside it is wrong.
    place: new RegExp(`\\b(?:shelf|${file.replace(/\.\w+$/, '')})\\b`),
    ...more,
    open() {
      const folder = newFolder();
      return {
        async read(bytes) {
          writeFileSync(join(folder, file), bytes);
          await read(join(folder, file), folder);
        },
        close: async () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  };
}

const RECORDING = await made('session.mcap', async (file) => {
  const writer = await openSessionWriter(file, { about: ABOUT, at: T0 });
  writer.write('step', T0 + 10, { kind: 'case', text: 'A reset', requirement: 'CR46' });
  writer.write('frame', T0 + 20, frameAt(T0 + 20));
  writer.write('input', T0 + 30, { kind: 'click', x: 10, y: 12, button: 'left' });
  writer.write('serial', T0 + 31, { direction: 'in', text: 'U-Boot '.repeat(60) });
  writer.write('http', T0 + 32, exchange('/ISAPI/System/deviceInfo', '<DeviceInfo/>'));
  await writer.close(T0 + 100);
});
const recording = fileTarget('recording', 'session.mcap', {
  samples: [RECORDING, RECORDING.slice(0, Math.floor(RECORDING.length * 0.7))],
  async read(file) {
    await using reader = await openSessionReader(file);
    for await (const entry of reader.entries()) must(lineOf(entry).length <= 160, 'a line is too long');
    await reader.lastBefore('frame', reader.to);
  },
});

const EVENTS = await made('events.jsonl', async (file) => {
  await using journal = await openJournal(file, systemClock);
  journal.write({ type: 'dut-start', dut: 'nvr' });
  journal.write({ type: 'dut-password', dut: 'nvr', restored: true, told: 'It is back.' });
  journal.write({ type: 'run-end', ended: 'complete' });
});
const events = fileTarget('events', 'events.jsonl', {
  samples: [EVENTS],
  read: async (file) => must(Array.isArray((await readJournal(file)).events), 'events are a list'),
});

const SOURCE = { from: 'bytes', bytes: new Uint8Array(32).fill(7) } as const;
const UNIT = { dut: 'shelf', serialNumber: 'DS-1' } as const;
const SEALED = await made('passwords.jsonl', (file) => {
  const journal = beginSealed(file, UNIT, { source: SOURCE, sync: false });
  journal.add(JSON.stringify({ kind: 'first', user: 'admin', password: 'Harbour-77' }), 1);
  journal.add(JSON.stringify({ kind: 'intended', user: 'admin', password: 'Lantern-42' }), 2);
  journal.add(JSON.stringify({ kind: 'keyed', of: 2 }), 3);
  journal.close();
});
const passwords = fileTarget('passwords', 'passwords.jsonl', {
  samples: [SEALED],
  read(file, folder) {
    readSealed(file, SOURCE);
    using journal = openPasswords({ folder, ...UNIT, source: SOURCE, clock: systemClock, sync: false });
    for (const { password } of journal.mayHold())
      must(typeof password === 'string' || password === undefined, 'a password is a text');
  },
});
const LEASE = await made('lease-1.json', (_, folder) =>
  takeLease({ folder, dut: 'shelf', what: 'run', clock: systemClock }),
);
const lease: Target = {
  ...fileTarget('lease', 'lease-1.json', {
    samples: [LEASE],
    read(_, folder) {
      holderOf(folder);
    },
  }),
};
const takeover = fileTarget('lease-takeover', 'lease-1.json', {
  // A holder that has ended: whoever comes next takes over.
  samples: [
    bytesOf(
      Buffer.from(LEASE)
        .toString('utf8')
        .replace(/"pid":\d+/, '"pid":4000000'),
    ),
  ],
  oneIn: 4,
  async read(_, folder) {
    try {
      await using held = takeLease({ folder, dut: 'shelf', what: 'run', clock: systemClock });
      held.check();
    } finally {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    }
  },
});

const TRIES = await made('tries.json', (file) =>
  triesFile(file).save([{ kind: 'login', user: 'admin', spent: 2, agoMs: 5, open: true }], false),
);
const tries = fileTarget('tries', 'tries.json', {
  samples: [TRIES],
  read(file) {
    for (const { agoMs, spent } of triesFile(file).load())
      must(Number.isFinite(agoMs) && Number.isFinite(spent), `${agoMs} ms and ${spent} tries are no figures`);
  },
});

const PICTURE = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#246' } })
  .png()
  .toBuffer();
const SHA = createHash('sha256').update(PICTURE).digest('hex');
const DECISION = {
  decision: 'approved',
  sha256: SHA,
  source: 'browser',
  model: 'M',
  firmware: 'V4.30.085',
  run: 'r',
  at: '2026-01-02T03:04:05Z',
};
const baseline = fileTarget('baseline', 'login.json', {
  samples: [
    bytesOf(
      JSON.stringify({
        ...DECISION,
        decision: undefined,
        at: undefined,
        approvedAt: DECISION.at,
        decisions: [DECISION],
      }),
    ),
    bytesOf('{"source":"browser"}'),
  ],
  async read(file, folder) {
    writeFileSync(file.replace(/json$/, 'png'), PICTURE);
    const place = { folder, screen: 'login' };
    await standingBaseline(place, 'browser Chromium 1');
    for (const { decision } of await decisionsOn(place, 'browser'))
      must(/^(approved|rejected)$/.test(decision), `decided was ${decision}`);
  },
});

const LOOK = {
  schema: 1,
  width: 1280,
  height: 720,
  em: 15,
  boxes: [
    {
      width: 2,
      height: 1,
      fill: [
        [1, 2, 3],
        [1, 2, 3],
        [1, 2, 3],
      ],
      edge: [1, 2, 3],
      around: [1, 2, 3],
      inked: 0.1,
      round: false,
      mark: false,
      is: { kind: 'button' },
    },
  ],
  lines: [{ ground: [1, 2, 3], ink: [200, 200, 200], listed: false, is: { kind: 'text' } }],
  letters: {
    version: 1,
    styles: [
      {
        glyphs: [{ text: 'i', width: 1, height: 2, top: 1, ink: [255, 9] }],
        bearings: {},
        usual: { before: 1, after: 1 },
        space: 4,
      },
    ],
  },
};
const look = fileTarget('look', 'look.json', {
  samples: [bytesOf(JSON.stringify(LOOK))],
  read: (file) => must(readLook(file).em > 0, 'the usual text has a size'),
});

export const FILES: readonly Target[] = [
  recording,
  events,
  passwords,
  lease,
  takeover,
  tries,
  baseline,
  look,
];
