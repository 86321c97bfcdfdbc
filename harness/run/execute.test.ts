import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { fakeDisplay } from '../bench/fakes/display.ts';
import { fakeHttp } from '../bench/fakes/http.ts';
import { fakeMailbox } from '../bench/fakes/mailbox.ts';
import { fakeOperator } from '../bench/fakes/operator.ts';
import { fakeScanner } from '../bench/fakes/scanner.ts';
import type { Bench } from '../bench/open.ts';
import type { Display } from '../bench/ports/display.ts';
import type { Operator, Prompt } from '../bench/ports/operator.ts';
import type { RecorderHttp } from '../bench/ports/recorder-http.ts';
import type { DutConfig } from '../config/devices.ts';
import type { Profile } from '../config/profile.ts';
import type { Requirement } from '../config/requirements.ts';
import { openStore } from '../evidence/store.ts';
import type { CaseContext, CaseDefinition } from '../kit/case.ts';
import type { Lease } from '../safety/lease.ts';
import { twinSafety } from '../safety/safety.fixture.ts';
import type { Calibration } from '../terms/calibration.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { foldEvents } from '../terms/fold.ts';
import type { Frame } from '../terms/frame.ts';
import type { RunEvent, RunRecord } from '../terms/record.ts';
import { checkVerdicts } from '../verify/adjudicate.ts';
import { execute } from './execute.ts';
import type { ExpectedCase } from './expected.ts';
import type { Hold } from './hold.ts';
import { makePlan } from './plan.ts';

const clock = systemClock;
const profile = {
  threshold: 'V4.21.000',
  gui: '4.0',
  family: 'nvr',
  hasDisclaimer: true,
  labels: {},
  paths: { users: [], info: [], reserveEmail: 'direct' },
  codeLength: 8,
  mailWithinSeconds: 1,
  loginLock: { tries: 7, userTries: 5, seconds: 60 },
  codeLock: { maxFreeTries: 10, tries: 7, seconds: 1800 },
  guidLock: { tries: 7, seconds: 1800 },
} as unknown as Profile;

type Test = CaseDefinition['test'];

/** What a case must do to pass: keep evidence, and expect something that holds. */
const passes: Test = async ({ gui, expect }) => {
  await gui.photograph('The screen');
  expect(1, 'one').toBe(1);
};

interface Lab {
  readonly duts?: readonly string[];
  readonly tests: Readonly<Record<string, Test>>;
  /** Recorders whose bench does not open, or not close. */
  readonly unopenable?: readonly string[];
  readonly unclosable?: readonly string[];
  readonly jobs?: number;
  /** Copies of each recorder. */
  readonly copies?: number;
  /** Requirements about security. */
  readonly security?: readonly string[];
  /** Cases that are marked as long. */
  readonly long?: readonly string[];
  readonly expected?: readonly ExpectedCase[];
  /** Displays show pixels alone: this is the picture. */
  readonly seen?: Pick<Frame, 'bytes' | 'format'>;
  /** Who stands at the benches. */
  readonly operator?: Operator;
  readonly signal?: AbortSignal;
  readonly onStep?: (dut: string, title: string) => void;
  /** The lease of the recorders: asked before each case. */
  readonly lease?: Lease;
  /** Waited for before each case. */
  readonly hold?: Hold;
}

/** Runs cases on benches of fakes. */
async function run(t: { testdir(): string }, lab: Lab) {
  const ids = Object.keys(lab.tests);
  const requirements = ids.map(
    (id): Requirement => ({
      id,
      section: 'S',
      statement: `${id} holds`,
      source: 'X',
      kind: 'documented',
      test: 'both',
      channels: ['gui'],
      ...(lab.security?.includes(id) ? { security: ['CWE-640'] } : {}),
      applies: {},
    }),
  );
  const plan = makePlan({
    duts: (lab.duts ?? ['one']).map((id) => ({
      config: { id, kind: 'twin', firmware: 'V4.21.000', model: 'M', resolution: '1280x720' } as DutConfig,
      profile,
    })),
    requirements,
    cases: ids.map((id) => ({
      id,
      title: id,
      needs: 'inactive',
      ...(lab.long?.includes(id) ? { long: true as const } : {}),
      test: lab.tests[id] ?? passes,
    })),
    selected: () => true,
  });
  const events: (RunEvent & { readonly at: number })[] = [];
  const opened: string[] = [];
  const closed: string[] = [];
  const folder = t.testdir();
  const ended = await execute({
    id: 'run',
    plan,
    store: await openStore(folder),
    baselines: () => async () => undefined,
    clock,
    jobs: lab.jobs ?? 1,
    harness: { version: '0', node: 'v0', platform: 'none' },
    signal: lab.signal ?? new AbortController().signal,
    write: (event) => void events.push({ at: clock.now(), ...event }),
    ...(lab.onStep === undefined ? {} : { onStep: lab.onStep }),
    ...(lab.hold === undefined ? {} : { hold: lab.hold }),
    ...(lab.expected === undefined ? {} : { expected: lab.expected }),
    benches: {
      async open(id, copy = 1) {
        const name = copy === 1 ? id : `${id} ${copy}`;
        if (lab.unopenable?.includes(name))
          throw new HarnessError('PORT_BUSY', `the port of ${name} is held`, { hint: 'let it go' });
        opened.push(name);
        const made = bench(id, async () => {
          closed.push(name);
          if (lab.unclosable?.includes(id)) throw new Error('it would not close');
        });
        return {
          ...made,
          operator: lab.operator,
          ...(lab.lease === undefined ? {} : { safety: { ...made.safety, lease: lab.lease } }),
          ...(lab.seen === undefined ? {} : { display: byPixels(lab.seen) }),
        };
      },
      copies: () => lab.copies ?? 1,
      emulatorPid: () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    },
  });
  return { ended, events, opened, closed, folder, record: foldEvents(events) };
}

/** A display that wants to know of its capture. */
function byPixels(picture: Pick<Frame, 'bytes' | 'format'>): Display {
  const display = fakeDisplay({ clock, width: 640, height: 480 });
  display.show({ items: [], picture });
  let calibration: Calibration | undefined;
  return {
    ...display,
    get calibration() {
      return calibration;
    },
    calibrated(measured) {
      calibration = measured;
    },
  };
}

/** A white box on black, of soft edges or not. */
async function whiteBox(blur?: number) {
  const create = { width: 640, height: 480, channels: 3 as const, background: '#000' };
  const box = await sharp({ create: { ...create, width: 300, height: 300, background: '#fff' } })
    .png()
    .toBuffer();
  const picture = await sharp({ create })
    .composite([{ input: box, left: 100, top: 80 }])
    .png()
    .toBuffer();
  const soft = blur === undefined ? sharp(picture) : sharp(picture).blur(blur);
  return { bytes: await soft.jpeg({ quality: 80 }).toBuffer(), format: 'jpeg' as const };
}

function bench(id: string, close: () => Promise<void>): Bench {
  return {
    serialNumber: 'X',
    display: fakeDisplay({ clock, width: 640, height: 480 }),
    http: fakeHttp({ clock, timeoutMs: 100 }),
    recorder: () => ({ activated: async () => false }) as unknown as RecorderHttp,
    mailbox: fakeMailbox({ clock }),
    scanner: fakeScanner(),
    operator: undefined,
    serial: undefined,
    power: undefined,
    usb: undefined,
    network: undefined,
    sadp: undefined,
    hands: undefined,
    partner: undefined,
    initial: { password: undefined, address: undefined },
    homeAddress: `${id}@lab.example`,
    addressTag: '',
    labDomains: ['lab.example'],
    safety: twinSafety(),
    [Symbol.asyncDispose]: close,
  };
}

const verdicts = ({ cases }: RunRecord) =>
  Object.fromEntries(cases.map((one) => [`${one.dut} ${one.requirement}`, one.verdict]));
const gone = () => new HarnessError('PORT_UNREACHABLE', 'the line is dead', { hint: 'plug it in' });

t.test('the record says which requirements are about security', async (t) => {
  const { record } = await run(t, { tests: { CR01: passes, CR02: passes }, security: ['CR02'] });
  t.match(record.requirements, [
    { id: 'CR01', security: undefined },
    { id: 'CR02', security: ['CWE-640'] },
  ]);
});

t.test('every case is run on every recorder, and each bench is closed', async (t) => {
  const { ended, record, opened, closed } = await run(t, {
    duts: ['one', 'two', 'three'],
    tests: { CR01: passes, CR02: passes },
    jobs: 2,
  });
  t.equal(ended, 'complete');
  t.equal(record.verdict, 'pass');
  t.equal(Object.keys(verdicts(record)).length, 6);
  t.same(closed.toSorted(), opened.toSorted());
});

t.test('no case begins while a person holds the run', async (t) => {
  const order: string[] = [];
  const test =
    (id: string): Test =>
    async (context) => {
      order.push(id);
      await passes(context);
    };
  const { ended, record } = await run(t, {
    tests: { CR01: test('CR01'), CR02: test('CR02') },
    hold: { asked: () => undefined, free: async () => void order.push('held') },
  });
  t.same(order, ['held', 'CR01', 'held', 'CR02']);
  t.equal(ended, 'complete');
  t.equal(record.verdict, 'pass');
});

t.test('a run that is stopped while it is held begins no case', async (t) => {
  const stop = new AbortController();
  const { ended, record } = await run(t, {
    tests: { CR01: passes },
    signal: stop.signal,
    hold: {
      asked: () => undefined,
      free: async () => stop.abort(new HarnessError('INTERRUPTED', 'enough')),
    },
  });
  t.equal(ended, 'interrupted');
  t.same(record.cases, []);
});

t.test(
  'an attempt is held before its next step, which costs it the verdict of what came after',
  async (t) => {
    const order: string[] = [];
    let isHeld = false;
    const hold: Hold = {
      asked: (dut, point) => (isHeld && point === 'step' ? { by: 'anna', at: 'step', dut } : undefined),
      free: async (_dut, point) => {
        if (point === 'step') order.push('held');
        isHeld = false;
      },
    };
    const looks =
      (id: string, after: number): Test =>
      async ({ gui, expect }) => {
        await gui.photograph('First');
        isHeld = true;
        order.push(`${id} asked`);
        await gui.photograph('Second');
        order.push(`${id} went on`);
        expect(1, 'one after').toBe(after);
      };
    const { record } = await run(t, {
      tests: {
        CR01: looks('CR01', 1),
        CR02: looks('CR02', 2),
        CR03: passes,
      },
      hold,
    });
    t.same(order, ['CR01 asked', 'held', 'CR01 went on', 'CR02 asked', 'held', 'CR02 went on']);
    t.same(verdicts(record), { 'one CR01': 'inconc', 'one CR02': 'inconc', 'one CR03': 'pass' });
    for (const { attempts } of record.cases.slice(0, 2)) {
      t.equal(attempts.length, 1, 'it is not tried again by itself');
      t.match(attempts[0]?.fault, { domain: 'operator', rule: 'held', cure: 'run the case again' });
      t.same(
        attempts[0]?.steps.slice(1, 4).map(({ title, held }) => [title, held]),
        [
          ['First', undefined],
          ['Held by anna, before "Second"', true],
          ['Second', undefined],
        ],
      );
      t.match(attempts[0]?.measurements, [{ name: 'time held', unit: 'ms' }]);
    }
    t.same(checkVerdicts(record).problems, [], 'whoever judges it again comes to the same');
  },
);

t.test('no more recorders are worked on at a time than asked for', async (t) => {
  let now = 0;
  let most = 0;
  const met = Promise.withResolvers<void>();
  // The first waits for a second one, so that with fewer than two at a time nothing would end.
  const meets: Test = async (context) => {
    now += 1;
    most = Math.max(most, now);
    if (now === 2) met.resolve();
    await met.promise;
    await passes(context);
    now -= 1;
  };
  const { record } = await run(t, { duts: ['a', 'b', 'c', 'd'], tests: { CR01: meets }, jobs: 2 });
  t.equal(verdicts(record)['d CR01'], 'pass');
  t.equal(most, 2);
});

/** So many cases, each of which takes a moment. */
const many = (count: number, test: Test = passes): Record<string, Test> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`CR${String(at + 1).padStart(2, '0')}`, test]),
  );
const slowly: Test = async (context) => {
  await clock.sleep(5);
  await passes(context);
};
const numbersOf = ({ cases }: RunRecord) => new Set(cases.map(({ attempts }) => attempts[0]?.copy));

t.test('what pixels come through is measured before the first case, once for all copies', async (t) => {
  const known: (Calibration | undefined)[] = [];
  const looks: Test = async (context) => {
    known.push(context.gui.calibration);
    await slowly(context);
  };
  const { record, events } = await run(t, {
    tests: many(20, looks),
    jobs: 2,
    copies: 2,
    seen: await whiteBox(),
  });
  t.equal(record.verdict, 'pass');
  t.match(record.duts[0]?.calibration, { width: 640, height: 480, jpegQuality: 80, noise: 0 });
  t.equal(known.length, 20);
  t.ok(known.every((one) => one?.jpegQuality === 80));
  const types = events.map(({ type }) => type);
  t.equal(types.filter((type) => type === 'dut-calibration').length, 1);
  t.ok(types.indexOf('dut-calibration') < types.indexOf('case-start'));
});

t.test('a capture that is unfit ends the part of its recorder, with the figure', async (t) => {
  const { record } = await run(t, { tests: { CR01: passes }, seen: await whiteBox(4) });
  t.equal(record.verdict, 'error');
  t.match(record.duts[0]?.fault, {
    domain: 'bench',
    rule: 'frame-unusable',
    facts: /Edges are blurred by \d\.\d px; at most/,
    cure: /doctor --display/,
  });
  t.match(record.duts[0]?.calibration, { jpegQuality: 80 }, 'kept all the same');
  t.same(record.cases, []);
  t.match(record.notRun, [{ requirement: 'CR01', why: 'not-reached', reason: /blurred/ }]);
});

t.test('a display that is read needs no calibration', async (t) => {
  const { record, events } = await run(t, { tests: { CR01: passes } });
  t.equal(record.duts[0]?.calibration, undefined);
  t.notOk(events.some(({ type }) => type === 'dut-calibration'));
});

t.test(
  'copies of a twin share its cases: each is run once, on one of them, and all are closed',
  async (t) => {
    const { record, events, opened, closed } = await run(t, { tests: many(20, slowly), jobs: 3, copies: 3 });
    t.equal(record.verdict, 'pass');
    t.equal(record.cases.length, 20);
    t.same(opened.toSorted(), ['one', 'one 2', 'one 3']);
    t.same(closed.toSorted(), opened.toSorted());
    t.same([...numbersOf(record)].toSorted(), [1, 2, 3]);
    const told = events.map(({ type }) => type).filter((type) => type === 'dut-start' || type === 'dut-end');
    t.same(told, ['dut-start', 'dut-end'], 'one recorder, however many copies');
    t.equal(events.at(-2)?.type, 'dut-end');
  },
);

t.test('no copy is opened for a few cases, nor while another recorder waits', async (t) => {
  const few = await run(t, { tests: many(6, slowly), jobs: 3, copies: 3 });
  t.same(few.opened, ['one']);
  const two = await run(t, { duts: ['one', 'two'], tests: many(20, slowly), jobs: 3, copies: 3 });
  t.same(two.opened.slice(0, 2), ['one', 'two']);
  t.ok(two.opened.length >= 3, 'then a copy of the one with the most to do');
  t.equal(two.record.cases.length, 40);
});

t.test('what there is one of has no copies, and its cases keep their order', async (t) => {
  const { record, opened } = await run(t, { tests: many(20), jobs: 3, long: ['CR07'] });
  t.same(opened, ['one']);
  t.same([...numbersOf(record)], [undefined]);
  const begun = record.cases.toSorted((a, b) => (a.attempts[0]?.at ?? 0) - (b.attempts[0]?.at ?? 0));
  t.same(
    begun.map(({ requirement }) => requirement),
    Object.keys(many(20)),
  );
});

t.test('long cases begin first where copies share them', async (t) => {
  const { events } = await run(t, { tests: many(12), jobs: 1, copies: 2, long: ['CR05', 'CR09'] });
  const begun = events.flatMap((event) => (event.type === 'case-start' ? [event.requirement] : []));
  t.same(begun.slice(0, 3), ['CR05', 'CR09', 'CR01']);
});

t.test('a copy that does not open, or that the bench fails twice, ends the work of all', async (t) => {
  const shut = await run(t, { tests: many(20, slowly), jobs: 2, copies: 2, unopenable: ['one 2'] });
  t.match(shut.record.duts[0]?.fault, { rule: 'port-busy', facts: 'the port of one 2 is held' });
  t.equal(shut.record.verdict, 'error');
  t.ok(shut.record.notRun.length > 0);
  t.same(shut.closed, ['one']);
  const dead = await run(t, {
    jobs: 2,
    copies: 2,
    tests: many(20, async (context) => {
      await slowly(context);
      throw gone();
    }),
  });
  t.match(dead.record.duts[0]?.fault, { rule: 'two bench faults in a row' });
  t.ok(dead.record.cases.length <= 5, `${dead.record.cases.length} cases were begun`);
  t.equal(dead.events.filter(({ type }) => type === 'dut-end').length, 1);
});

t.test('a bench that does not open is the fault of its recorder alone, with the cure', async (t) => {
  const { record } = await run(t, { duts: ['one', 'two'], tests: { CR01: passes }, unopenable: ['one'] });
  t.match(record.duts.find(({ id }) => id === 'one')?.fault, {
    domain: 'bench',
    rule: 'port-busy',
    facts: 'the port of one is held',
    cure: 'let it go',
  });
  t.match(record.notRun, [{ dut: 'one', why: 'not-reached' }]);
  t.same(verdicts(record), { 'two CR01': 'pass' });
  t.equal(record.verdict, 'error');
});

t.test('a bench that does not close is told, and the run comes to its end', async (t) => {
  const { record, ended } = await run(t, {
    duts: ['one', 'two'],
    tests: { CR01: passes },
    unclosable: ['one'],
  });
  t.equal(ended, 'complete');
  t.match(record.duts.find(({ id }) => id === 'one')?.fault, { facts: 'it would not close' });
  t.same(verdicts(record), { 'one CR01': 'pass', 'two CR01': 'pass' });
});

t.test('a fault of the bench is tried once more, and a case that needed it is flaky', async (t) => {
  let tries = 0;
  const { record } = await run(t, {
    tests: {
      CR01: async (context) => {
        tries += 1;
        if (tries === 1) throw gone();
        await passes(context);
      },
      CR02: passes,
    },
  });
  const [first, second] = record.cases;
  t.match(first, { verdict: 'pass', flaky: true });
  t.match(first?.attempts[0], { verdict: 'error', fault: { domain: 'bench', cure: 'plug it in' } });
  t.match(second, { verdict: 'pass', flaky: false });
});

t.test('two cases in a row that the bench fails end the work on this recorder', async (t) => {
  const dead: Test = async () => {
    throw gone();
  };
  const { record } = await run(t, {
    duts: ['one', 'two'],
    tests: {
      CR01: passes,
      CR02: async (c) => (c.dut.id === 'one' ? dead(c) : passes(c)),
      CR03: dead,
      CR04: passes,
    },
  });
  t.match(verdicts(record), { 'one CR01': 'pass', 'one CR02': 'error', 'one CR03': 'error' });
  t.match(record.notRun, [{ dut: 'one', requirement: 'CR04', why: 'not-reached' }]);
  t.match(record.duts.find(({ id }) => id === 'one')?.fault, { rule: 'two bench faults in a row' });
  t.equal(verdicts(record)['two CR04'], 'pass', 'a single fault in between does not');
});

t.test('what the recorder does wrong is not tried again', async (t) => {
  let tries = 0;
  const { record } = await run(t, {
    tests: {
      CR01: async ({ gui, expect }) => {
        tries += 1;
        await gui.photograph('The screen');
        expect('seven', 'the number of tries').toBe('eight');
      },
      CR02: async ({ expect }) => {
        tries += 1;
        try {
          expect(1, 'one').toBe(2);
        } catch {
          // A case that looks away does not turn a failure into a pass.
        }
        expect(1, 'one').toBe(1);
      },
    },
  });
  t.equal(tries, 2);
  t.match(record.cases, [
    {
      verdict: 'fail',
      attempts: [{ fault: { domain: 'product', facts: /tries: expected "eight", saw "seven"/ } }],
    },
    { verdict: 'fail', attempts: [{ fault: { domain: 'product' } }] },
  ]);
});

t.test('a failure that was expected stays a failure in the record, with who answers for it', async (t) => {
  const known = { id: 'known', reason: 'r', owner: 'o', until: '2027-01-31', past: false };
  const fails: Test = async ({ expect }) => expect(1, 'one').toBe(2);
  const { record } = await run(t, {
    duts: ['one', 'two'],
    tests: { CR01: fails, CR02: passes },
    expected: [
      { dut: 'one', requirement: 'CR01', ...known },
      { dut: 'two', requirement: 'CR02', ...known },
    ],
  });
  t.same(
    record.cases.map(({ dut, requirement, verdict, expected }) => [dut, requirement, verdict, expected]),
    [
      ['one', 'CR01', 'fail', known],
      ['one', 'CR02', 'pass', undefined],
      ['two', 'CR01', 'fail', undefined],
      ['two', 'CR02', 'pass', known],
    ],
  );
});

t.test('a defect of a suite is an error of the suite, and the next case runs', async (t) => {
  const { record } = await run(t, {
    tests: {
      CR01: async () => {
        (undefined as unknown as CaseContext).gui.key('Enter');
      },
      CR02: async () => undefined,
      CR03: async ({ cutPower }) => cutPower(),
      CR04: passes,
    },
  });
  t.match(verdicts(record), {
    'one CR01': 'error',
    'one CR02': 'error',
    'one CR03': 'error',
    'one CR04': 'pass',
  });
  const faults = record.cases.map(({ attempts }) => attempts[0]?.fault);
  t.match(faults.slice(0, 3), [
    { domain: 'suite', rule: 'exception', facts: /execute\.test\.ts:\d+/ },
    { domain: 'suite', rule: 'case-empty' },
    { domain: 'suite', rule: 'case-empty', facts: /port power/ },
  ]);
});

t.test('a run that is stopped closes what is open and leaves a record of how far it came', async (t) => {
  const stop = new AbortController();
  const { ended, record, closed } = await run(t, {
    duts: ['one', 'two'],
    signal: stop.signal,
    tests: {
      CR01: passes,
      CR02: async ({ gui }) => {
        stop.abort(new HarnessError('INTERRUPTED', 'the run was interrupted'));
        await gui.photograph('One more');
        await gui.look();
        await gui.until('what never comes', () => undefined);
      },
      CR03: passes,
    },
  });
  t.equal(ended, 'interrupted');
  t.equal(record.ended, 'interrupted');
  t.same(closed, ['one']);
  t.same(verdicts(record), { 'one CR01': 'pass', 'one CR02': 'none' });
  t.same(
    record.notRun.map(({ dut, requirement, why }) => `${dut} ${requirement} ${why}`),
    ['one CR03 not-reached', 'two CR01 not-reached', 'two CR02 not-reached', 'two CR03 not-reached'],
  );
});

t.test('secrets stand nowhere in the record, whenever they came up', async (t) => {
  const secrets: string[] = [];
  const { events, folder } = await run(t, {
    tests: {
      CR01: async ({ gui, expect, step, measure, freshPassword, freshAddress, owner }) => {
        const password = freshPassword();
        const address = freshAddress();
        secrets.push(password, address, 'one@lab.example');
        await step(`Log in with ${password}`, () => gui.photograph(`A picture of ${password}`));
        measure('password', password, '');
        expect(`sent to ${address} and one@lab.example`, `mail for ${address}`).toContain('sent');
        gui.trace.text('http', `for ${address}`, `password=${password}`);
        await owner.enterCode('12345678').catch(() => undefined);
        secrets.push('12345678');
        throw new HarnessError('STATE_NOT_REACHED', `refused ${password}`);
      },
    },
  });
  const texts = readdirSync(join(folder, 'evidence'))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => readFileSync(join(folder, 'evidence', name), 'utf8'));
  const all = [JSON.stringify(events), ...texts].join('\n');
  t.equal(secrets.length, 4);
  for (const secret of secrets) t.notOk(all.includes(secret), `${secret.slice(0, 2)}…`);
  t.match(all, /mail for /);
});

t.test('the record keeps the order of steps, their evidence, and who failed first', async (t) => {
  const titles: string[] = [];
  const { record } = await run(t, {
    onStep: (dut, title) => titles.push(`${dut}: ${title}`),
    tests: {
      CR01: async ({ gui, step, expect }) => {
        await step('Outer', async () => {
          await gui.photograph('First');
          gui.trace.text('serial', 'Console', 'hello');
          await step('Inner', async () => {
            throw new HarnessError('STATE_NOT_REACHED', 'no way');
          }).catch(() => undefined);
        });
        await step('A group', () => step('Its only part', () => gui.photograph('Second')));
        expect(1, 'one').toBe(1);
      },
    },
  });
  const steps = record.cases[0]?.attempts[0]?.steps ?? [];
  const named = steps.map(({ title }) => title).filter((title) => !/booted|Bring/.test(title));
  t.same(named, ['First', 'Inner', 'Outer', 'Second'], 'what only groups others says nothing of its own');
  t.match(
    steps.find(({ title }) => title === 'Inner'),
    { error: 'no way', evidence: [] },
  );
  t.match(steps.find(({ title }) => title === 'Outer')?.evidence, [
    { kind: 'serial', ext: 'txt', title: 'Console' },
  ]);
  t.ok(titles.includes('one: Its only part'));
  t.match(record.cases[0]?.attempts[0]?.expectations, [
    { evidence: [{ kind: 'serial' }, { kind: 'frame' }] },
  ]);
});

t.test(
  'what an operator is asked, and by whom it is answered, is in the record; secrets in it are covered',
  async (t) => {
    const prompt: Prompt = {
      id: 'lamp',
      title: 'Which colour has the lamp of one@lab.example?',
      kind: 'options',
      options: [
        { value: 'green', label: 'Green' },
        { value: 'none', label: 'There is none', unable: true },
      ],
      note: 'What else there is',
    };
    const asks: Test = async (context) => {
      const value = await context.ask(prompt, 1000);
      context.expect(value, 'the lamp').toBe('green');
      await passes(context);
    };
    const operator = fakeOperator();
    operator.answer('lamp', { value: 'green', note: 'mail to one@lab.example' });
    operator.answer('lamp', { value: 'none' });
    const { record, events } = await run(t, { tests: { CR01: asks, CR02: asks, CR03: asks }, operator });
    t.same(verdicts(record), { 'one CR01': 'pass', 'one CR02': 'error', 'one CR03': 'error' });
    const [first, second, third] = record.cases.map(({ attempts }) => attempts);
    t.match(first, [
      {
        prompts: [
          { id: 'lamp', outcome: 'answered', answer: { value: 'green', by: 'a fake', way: 'script' } },
        ],
      },
    ]);
    t.notMatch(JSON.stringify(events), 'one@lab.example');
    t.match(
      second,
      [{ fault: { domain: 'operator', rule: 'operator-unable' } }],
      'once: nobody tries again by itself',
    );
    t.match(third, [
      { fault: { domain: 'operator', rule: 'operator-absent' }, prompts: [{ outcome: 'unanswered' }] },
    ]);
    await operator[Symbol.asyncDispose]();
  },
);

t.test(
  "what an error saw is kept as evidence; a case that asks without an operator is the suite's fault",
  async (t) => {
    const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#777' } })
      .png()
      .toBuffer();
    const frame: Frame = { width: 8, height: 8, bytes, format: 'png', grabbedAt: 5 };
    const { record } = await run(t, {
      tests: {
        CR01: async () => {
          throw new HarnessError('LOCATOR_NOT_FOUND', 'the app shows another screen', {
            port: 'scanner',
            frame,
          });
        },
        CR02: async ({ ask }) => {
          await ask({ id: 'a', title: 'A?', kind: 'text', pattern: 'x', example: 'x' }, 1);
        },
      },
    });
    const [seen, alone] = record.cases.map(({ attempts }) => attempts[0]);
    t.match(seen?.fault, { domain: 'bench', rule: 'locator-not-found' });
    const step = seen?.steps.find(({ title }) => title === 'What the scanner showed');
    t.match(step?.evidence, [{ kind: 'frame', ext: 'png' }]);
    t.match(alone?.fault, { domain: 'suite' });
  },
);

t.test(
  'an address outside the lab, whoever made it up, is an error of the suite, and nothing is keyed in',
  async (t) => {
    const { record } = await run(t, {
      tests: {
        CR01: async ({ owner }) => void (await owner.enterEmail('owner@elsewhere.example')),
        CR02: async ({ owner }) => void (await owner.activate('Harbour-77', 'owner@lab.example.org')),
      },
    });
    for (const one of record.cases)
      t.match(one, {
        verdict: 'error',
        attempts: [
          {
            fault: {
              domain: 'suite',
              rule: 'address-foreign',
              facts: /it was not keyed in/,
              cure: /lab\.domains/,
            },
          },
        ],
      });
  },
);

t.test('a recorder that somebody else has meanwhile is not touched any more', async (t) => {
  let checks = 0;
  const lease: Lease = {
    token: 1,
    tookOver: undefined,
    check() {
      checks += 1;
      if (checks > 1) throw new HarnessError('LEASE_LOST', "one is another run's now");
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const { record, closed } = await run(t, { tests: { CR01: passes, CR02: passes, CR03: passes }, lease });
  t.same(verdicts(record), { 'one CR01': 'pass' });
  t.match(record.duts[0], {
    fault: {
      domain: 'bench',
      rule: 'password-not-restored',
      facts: /another run's now/,
      cure: 'resetbench recover one',
    },
    password: { restored: false },
  });
  t.equal(record.verdict, 'error');
  t.same(closed, ['one']);
});
