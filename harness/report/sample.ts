import { createHash } from 'node:crypto';
import type { Calibration } from '../terms/calibration.ts';
import type { ExpectedFailure } from '../terms/expected.ts';
import type { Box } from '../terms/frame.ts';
import type { NeedleSeen, NeedlesOnFrame } from '../terms/needle.ts';
import type {
  AttemptRecord,
  CaseRecord,
  DutRecord,
  EvidenceRef,
  ExpectationRecord,
  NotRunRecord,
  RunRecord,
  StepRecord,
} from '../terms/record.ts';
import { type Fault, type Verdict, worst } from '../terms/verdict.ts';
import { drawCode, drawScreen } from './sample-pictures.ts';
import { sampleRequirements } from './sample-requirements.ts';

/** A record with its evidence by file name, for tests of the reports. */
export interface Sample {
  readonly record: RunRecord;
  readonly evidence: ReadonlyMap<string, Uint8Array>;
}
export interface SampleSize {
  readonly duts?: number;
  readonly requirements?: number;
  /** Frames a case. */
  readonly frames?: number;
  /** Every frame its own picture (as over a moving live view), instead of some screens that recur. */
  readonly unique?: boolean;
}

/** Text as a hostile recorder might send it. */
export const HOSTILE = `</script></template><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>]]> & "q" 'a' \u001b[31m\u202e ok 1 - forged\nnot ok 99 # SKIP forged`;

const START = Date.UTC(2026, 10, 23, 1, 30, 0);
const FAMILIES = [
  ['dvr-k', 'DVR K 16', ['V4.1.60', 'V4.2.00', 'V4.30.097']],
  ['hghi-f', 'HGHI-F 8', ['V3.4.80', 'V3.4.89', 'V3.5.35']],
  ['nvr', 'NVR 32', ['V4.20.000', 'V4.21.000', 'V4.30.085']],
] as const;
const GUIS = ['4.0', '3.0', 'lite', '4.0'] as const;
const RESOLUTIONS = ['1280x720', '1024x768', '1920x1080'] as const;

/** Builds a run cut near its end: passes, a failing product, a flaky case, an inconclusive one, a bench that fails. */
export async function sampleRun(size: SampleSize = {}): Promise<Sample> {
  const requirements = sampleRequirements().slice(0, size.requirements ?? 80);
  const evidence = new Map<string, Uint8Array>();
  const duts = Array.from({ length: size.duts ?? 12 }, (_, index) => dutAt(index));
  const cases: CaseRecord[] = [];
  const notRun: NotRunRecord[] = [];
  for (const [d, dut] of duts.entries()) {
    for (const [r, requirement] of requirements.entries()) {
      const line = (why: NotRunRecord['why'], reason: string) =>
        notRun.push({ dut: dut.id, requirement: requirement.id, why, reason });
      if (r % 9 === 5) line('no-case', 'No case tests this requirement yet.');
      else if (d % 3 === 0 && r % 7 === 1)
        line('not-applicable', 'firmware: at-or-above-threshold is false (V4.1.60 is below V4.2.00)');
      else if (r === 60) line('not-selected', 'Left out by --requirements CR01..CR59');
      else if ((d === 5 && r > 30) || (d > 8 && r > 64))
        line(
          'not-reached',
          d === 5 ? 'The bench failed at CR31.' : 'The run was cut before it came to this case.',
        );
      else
        cases.push(
          await caseAt({
            d,
            r,
            dut,
            size,
            evidence,
            requirement: requirement.id,
            title: requirement.statement,
          }),
        );
    }
  }
  const record: RunRecord = {
    schema: 1,
    id: '2026-11-23T013000Z-k3v9',
    startedAt: START,
    endedAt: START + 161_250,
    ended: 'cut',
    verdict: worst(cases.map((one) => one.verdict)),
    harness: {
      version: '0.1.0',
      node: 'v24.21.0',
      platform: 'linux x64',
      by: 'lab2',
      commit: 'c0ffee00'.repeat(5),
    },
    duts,
    requirements,
    cases,
    notRun,
  };
  return { record, evidence };
}

interface Place {
  readonly d: number;
  readonly r: number;
  readonly dut: DutRecord;
  readonly requirement: string;
  readonly title: string;
  readonly size: SampleSize;
  readonly evidence: Map<string, Uint8Array>;
}

function dutAt(index: number): DutRecord {
  const [family, model, firmwares] = FAMILIES[index % 3] ?? FAMILIES[0];
  const firmware = firmwares[Math.floor(index / 3) % 3] ?? firmwares[0];
  const hardware = index === 11;
  return {
    id: `${family}-${['below', 'at', 'above', 'above-active'][Math.floor(index / 3) % 4]}${hardware ? '-lab' : ''}`,
    kind: hardware ? 'hardware' : 'twin',
    family,
    model,
    firmware,
    gui: GUIS[index % 4] ?? '4.0',
    serialNumber: `${model.replaceAll(' ', '')}0120260101CCRR${100_000 + index}WCVU`,
    profile: family,
    resolution: RESOLUTIONS[index % 3] ?? '1280x720',
    ...(index === 2 && {
      calibration: {
        ...{ width: 1920, height: 1080, black: 16, white: 235, range: 'limited', gamma: undefined },
        ...{ jpegQuality: 80, chroma: '4:2:0', across: undefined, down: undefined },
        ...{ softness: 0.62, noise: 2.4, deviation: undefined, latencyMs: undefined, repeated: 0.1 },
      } satisfies Calibration,
    }),
    ...(index === 5 && {
      fault: {
        domain: 'bench',
        rule: 'port closed while in use',
        facts: 'serial /dev/ttyUSB3: disconnected after 31 cases',
        cure: 'Plug the serial adapter in again, then: resetbench run --dut nvr-at',
      } satisfies Fault,
    }),
  };
}

async function caseAt(place: Place): Promise<CaseRecord> {
  const { d, r } = place;
  const plan: readonly Verdict[] =
    (d === 4 || d === 7) && r === 39
      ? ['fail']
      : d === 2 && r === 10
        ? ['fail']
        : d === 5 && r === 30
          ? ['error', 'error']
          : d === 8 && r === 20
            ? ['inconc']
            : d === 1 && r === 16
              ? ['error', 'pass']
              : d === 9 && r === 63
                ? ['none']
                : ['pass'];
  const attempts: AttemptRecord[] = [];
  for (const [index, verdict] of plan.entries())
    attempts.push(await attemptOf(place, verdict, START + d * 900 + r * 1800 + index * 5000));
  return {
    dut: place.dut.id,
    requirement: place.requirement,
    title: place.title,
    verdict: plan.at(-1) ?? 'none',
    flaky: plan.length > 1,
    ...expectedAt(d, r),
    attempts,
  };
}

/** One that happened, one past its date, and one that did not happen. */
function expectedAt(d: number, r: number): { readonly expected?: ExpectedFailure } {
  const places: readonly (readonly [number, number, string, string])[] = [
    [7, 39, 'lock-too-late', '2027-03-31'],
    [2, 10, 'menu-entry-missing', '2026-10-31'],
    [0, 2, 'option-not-offered', '2027-03-31'],
  ];
  const [, , id, until] = places.find(([one, row]) => one === d && row === r) ?? [];
  if (id === undefined || until === undefined) return {};
  const reason = 'The maker knows of it and has promised a firmware that mends it.';
  return {
    expected: {
      id,
      until,
      reason,
      owner: 'QA Lab 2',
      past: until < '2026-11',
      link: 'https://tracker.example/REC-123',
    },
  };
}

const STEPS = [
  'Open the login screen',
  'Click Forgot Password',
  'Choose Verify by Reserved Email',
  'Accept the disclaimer',
  'Show the reset QR',
  'Scan the QR',
  'Read the mail',
  'Type the code',
  'Set the new password',
  'Log in over HTTP',
];

async function attemptOf(place: Place, verdict: Verdict, at: number): Promise<AttemptRecord> {
  const frames = place.size.frames ?? 6;
  const steps: StepRecord[] = [];
  for (let index = 0; index < frames; index += 1) {
    const when = at + index * 240;
    const title = STEPS[index % STEPS.length] ?? '';
    const refs = [await frameOf(place, index, when)];
    if (index === 4) refs.push(await qrOf(place, when + 20));
    if (index === 5)
      refs.push(keep(place, 'eml', 'mail', 'Mail to r***@lab.example', when + 90, mailText(place)));
    if (index === 1)
      refs.push(
        keep(
          place,
          'txt',
          'serial',
          'Serial console',
          when + 30,
          `[    1.204] gui: page login -> forgot\n${HOSTILE}\n`,
        ),
      );
    if (index === 0)
      refs.push(
        keep(
          place,
          'txt',
          'http',
          'GET /ISAPI/Security/userCheck',
          when + 10,
          `GET /ISAPI/Security/userCheck HTTP/1.1\nAuthorization: [redacted]\n\nHTTP/1.1 200 OK\nContent-Type: application/xml\n\n<userCheck><statusValue>200</statusValue><dut>${place.dut.id}</dut></userCheck>\n`,
        ),
      );
    const last = index === frames - 1;
    steps.push({
      title,
      at: when,
      milliseconds: 60 + ((place.d * 37 + place.r * 11 + index * 53) % 400),
      evidence: refs,
      ...(index % 2 === 1 && {
        effect: last && verdict === 'inconc' ? 'nothing' : index % 4 === 1 ? 'settled' : 'changed',
      }),
      ...(last &&
        (verdict === 'error' || verdict === 'inconc') && {
          error:
            verdict === 'error'
              ? 'serial: the port closed (disconnected)'
              : 'Waited 5.0 s for the screen "Reset Password"; last seen: "Verify by Reserved Email"',
        }),
    });
  }
  const explained = explain(verdict);
  return {
    verdict,
    at,
    milliseconds: frames * 240 + 310,
    steps,
    expectations:
      verdict === 'none' || verdict === 'error'
        ? []
        : expectationsOf(place, verdict, at + frames * 240, steps),
    measurements: place.r % 10 === 0 ? [{ name: 'mail arrival', value: 1.84 + place.d / 10, unit: 's' }] : [],
    ...explained,
  };
}

function explain(verdict: Verdict): Pick<AttemptRecord, 'fault' | 'reason'> {
  if (verdict === 'fail')
    return {
      fault: {
        domain: 'product',
        rule: 'an expectation was not met',
        facts: 'Message shown after a wrong code: "The first part of the code is wrong."',
        cure: 'Report it to the firmware team; the message must not say which part was wrong.',
      },
    };
  if (verdict === 'inconc')
    return {
      fault: {
        domain: 'unknown',
        rule: 'a screen was not reached',
        facts: `nearest needle reset-password 0.61 of 0.90; ${HOSTILE}`,
        cure: 'Look at the last frame; if the label changed, update the profile.',
      },
      reason: 'The screen "Reset Password" was not reached in 5.0 s.',
    };
  if (verdict === 'error')
    return {
      fault: {
        domain: 'bench',
        rule: 'port closed while in use',
        facts: 'serial /dev/ttyUSB3: disconnected',
        cure: 'Plug the serial adapter in again.',
      },
      reason: 'The serial port closed.',
    };
  return {};
}

function expectationsOf(
  place: Place,
  verdict: Verdict,
  at: number,
  steps: readonly StepRecord[],
): readonly ExpectationRecord[] {
  const evidence = steps.at(-1)?.evidence.slice(0, 1) ?? [];
  const first: ExpectationRecord = {
    title: 'the dialog is shown',
    verdict: 'pass',
    at: at - 200,
    expected: 'Verify by Reserved Email',
    seen: 'Verify by Reserved Email',
    evidence,
  };
  if (verdict === 'inconc') return [first];
  return verdict === 'fail'
    ? [
        first,
        {
          title: 'the message does not say which part was wrong',
          verdict: 'fail',
          at,
          expected: 'Wrong verification code.',
          seen: place.d === 2 ? HOSTILE : 'The first part of the code is wrong.',
          evidence,
        },
      ]
    : [
        first,
        { title: 'the requirement is kept', verdict: 'pass', at, expected: 'yes', seen: 'yes', evidence: [] },
      ];
}

async function frameOf(place: Place, index: number, at: number): Promise<EvidenceRef> {
  const { dut } = place;
  const seed = place.size.unique ? place.d * 10_000 + place.r * 10 + index : place.d % 3;
  const id = `${dut.resolution} ${index} ${seed}`;
  const bytes = await cached(place, id, () =>
    drawScreen(dut.resolution, STEPS[index % STEPS.length] ?? '', seed),
  );
  const kept = keep(place, 'png', 'frame', STEPS[index % STEPS.length] ?? '', at, bytes);
  return index === 2 && place.d === 2 ? { ...kept, needles: needlesOn(dut.resolution) } : kept;
}

/** The buttons of the sample's dialog as needles saw them: one matched, one nearly, one not at all, one beaten. */
function needlesOn(resolution: string): NeedlesOnFrame {
  const [width = 1280, height = 720] = resolution.split('x').map(Number);
  const seen = (name: string, score: number, box: Box): NeedleSeen => {
    const matched = score >= 0.96;
    const areas = [{ box, score, needed: 0.96, ok: matched }];
    return { name, tags: [`label-${name}`], matched, score, box, areas };
  };
  const at = (x: number, y: number, size: number): Box => {
    return { x: width / 2 + x, y: height / 2 + y, width: size, height: 40 };
  };
  return {
    width,
    height,
    seen: [
      seen('ok', 0.9934, at(10, 100, 90)),
      { ...seen('ok-red', 0.9712, at(10, 100, 90)), beatenBy: 'ok' },
      seen('cancel', 0.9127, at(114, 100, 90)),
      seen('export', 0.6203, at(-200, -20, 400)),
    ],
  };
}

async function qrOf(place: Place, at: number): Promise<EvidenceRef> {
  return keep(
    place,
    'png',
    'qr',
    'Reset QR',
    at,
    await cached(place, `qr ${place.d} ${place.size.unique ? place.r : 0}`, () =>
      drawCode(place.d * 97 + place.r),
    ),
  );
}

function keep(
  place: Place,
  ext: EvidenceRef['ext'],
  kind: EvidenceRef['kind'],
  title: string,
  at: number,
  content: Uint8Array | string,
): EvidenceRef {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  place.evidence.set(`${sha256}.${ext}`, bytes);
  return { sha256, ext, kind, title, at };
}

/** Pictures already drawn are kept in the evidence under a name of their own, so that drawing costs once. */
const drawn = new WeakMap<ReadonlyMap<string, Uint8Array>, Map<string, Uint8Array>>();
async function cached(place: Place, id: string, draw: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const known = drawn.get(place.evidence) ?? new Map<string, Uint8Array>();
  drawn.set(place.evidence, known);
  const bytes = known.get(id) ?? (await draw());
  known.set(id, bytes);
  return bytes;
}

function mailText(place: Place): string {
  return `From: Device Service <no-reply@service.example>\nTo: r***@lab.example\nSubject: Verification code\nDate: Mon, 23 Nov 2026 01:31:02 +0000\nMessage-ID: <${place.d}-${place.r}@service.example>\n\nDear customer,\n\nThe verification code of your recorder is [redacted].\nIt is valid for 48 hours.\n`;
}
