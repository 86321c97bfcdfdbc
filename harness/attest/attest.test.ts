import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { writeReports } from '../report/write.ts';
import type { RunEvent } from '../terms/record.ts';
import { sha256Hex, utf8 } from '../verify/bytes.ts';
import { checkCertification } from '../verify/certify.ts';
import { verificationLines } from '../verify/text.ts';
import { type Verification, verifyAttestation, verifyRun } from '../verify/verify.ts';
import { attestRun } from './attest.ts';
import { diskFolder, readBytes } from './disk.ts';
import { newKey, readSigningKey } from './keys.ts';
import { type RunOptions, writeRun } from './run.fixture.ts';
import { keyNotary } from './sign.ts';
import { TAMPERINGS, tamperings } from './tamper.ts';

const NOW = Date.UTC(2026, 10, 26, 6, 0, 0);
const base = t.testdir({});
const file = join(base, 'lab.key');
const key = await newKey(file, 'ed25519');
const notary = keyNotary(await readSigningKey(file));
let runs = 0;
/** A folder that no other test has. */
function freshFolder(): string {
  runs += 1;
  return join(base, `run-${runs}`);
}

const LATE = { name: 'too late', value: 1, unit: '' };
const made = new Map<string, string>();

/** A run that was signed: made once of each kind, then copied. */
async function signedRun(options: RunOptions = {}): Promise<string> {
  const name = JSON.stringify(options);
  const first = made.get(name) ?? freshFolder();
  if (!made.has(name)) {
    await writeRun(first, options);
    await attestRun(first, notary, NOW);
    made.set(name, first);
  }
  const folder = freshFolder();
  await cp(first, folder, { recursive: true });
  return folder;
}
const verify = (folder: string, certification = false) =>
  verifyRun(diskFolder(folder), { keys: [key], certification });
/** Everything that a verification complains of, in one text. */
function complaints({ checks }: Verification): string {
  return checks
    .flatMap(({ problems }) => problems.map(({ place, what, cure }) => `${place}: ${what} => ${cure}`))
    .join('\n');
}
const states = ({ checks }: Verification) => Object.fromEntries(checks.map(({ id, state }) => [id, state]));

t.test('a run that was signed is verified by the public key, and says what it is about', async (t) => {
  const result = await verify(await signedRun());
  t.equal(complaints(result), '');
  t.equal(result.outcome, 'verified');
  t.match(result.attestation.conformance?.predicate, {
    signer: { by: 'key', id: key.id },
    run: { id: '2026-11-26T010000Z-a7b1', ended: 'complete', verdict: 'fail' },
    suite: { digest: 'b'.repeat(64) },
    recorders: [{ kind: 'hardware', firmware: 'V4.30.085' }],
    evidence: { count: 4 },
  });
  const matrix = result.attestation.conformance?.predicate.matrix;
  t.match(matrix, [
    { requirement: 'CR01', state: 'pass', attempts: 1 },
    { requirement: 'CR02', state: 'pass', attempts: 2 },
    { requirement: 'CR03', state: 'fail', fault: { domain: 'product', rule: 'expectation' } },
    { requirement: 'CR04', state: 'no-case' },
  ]);
  t.match(result.attestation.envelopes[1]?.statement, {
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
    subject: [{ name: 'nvr-1', annotations: { kind: 'hardware' } }],
    predicate: { result: 'FAILED', passedTests: ['CR01'], warnedTests: ['CR02'], failedTests: ['CR03'] },
  });
});

t.test('a subject is its description: the digest is made of what goes with it', async (t) => {
  const { attestation } = await verify(await signedRun());
  const [subject] = attestation.envelopes[1]?.statement.subject ?? [];
  const content = Buffer.from(subject?.content ?? '', 'base64');
  t.equal(await sha256Hex(new Uint8Array(content)), subject?.digest?.sha256);
  t.match(JSON.parse(content.toString()), { kind: 'hardware', model: 'NVR 32', firmware: 'V4.30.085' });
});

t.test('a key of ECDSA P-256 does as well', async (t) => {
  const other = join(base, 'p256.key');
  const publicKey = await newKey(other, 'p256');
  const folder = join(base, 'p256');
  await writeRun(folder);
  await attestRun(folder, keyNotary(await readSigningKey(other)), NOW);
  const result = await verifyRun(diskFolder(folder), { keys: [publicKey] });
  t.equal(result.outcome, 'verified', complaints(result));
  t.match(result.attestation.check.told, /ECDSA P-256/);
});

t.test('without a key that is named, and without a signature, a run is unproven', async (t) => {
  const folder = await signedRun();
  const self = await verifyRun(diskFolder(folder), { keys: [] });
  t.equal(self.outcome, 'unproven');
  t.match(self.attestation.check.notes.join(), /--key FILE/);
  await rm(join(folder, 'attestation.intoto.jsonl'));
  const none = await verify(folder);
  t.equal(none.outcome, 'unproven');
  t.match(states(none), { signature: 'open', digests: 'open', chain: 'holds', adjudication: 'holds' });
});

t.test(
  'a signature of another key is refused, and so is one under the name of the trusted one',
  async (t) => {
    const other = join(base, 'other.key');
    await newKey(other, 'ed25519');
    const folder = join(base, 'other');
    await writeRun(folder);
    const stranger = await readSigningKey(other);
    await attestRun(folder, keyNotary(stranger), NOW);
    t.match(complaints(await verify(folder)), /is signed by the key .*; the key that was named is/);
    await attestRun(folder, { ...keyNotary(stranger), facts: notary.facts }, NOW);
    t.match(complaints(await verify(folder)), /is not signed by the key that it names/);
  },
);

t.test('what is wrong with a folder is told by file, with a cure', async (t) => {
  const named = async (t: Test, change: (folder: string) => Promise<unknown>, ...expected: RegExp[]) => {
    const folder = await signedRun();
    await change(folder);
    const result = await verify(folder);
    t.equal(result.outcome, 'refused');
    for (const one of expected) t.match(complaints(result), one);
  };
  await named(
    t,
    (folder) => writeFile(join(folder, 'evidence', 'note.txt'), 'hello'),
    /evidence\/note\.txt: is not named as evidence is/,
    /attestation\.intoto\.jsonl line 1: predicate\.evidence\.count: signed is 4, the folder comes to 5/,
  );
  await named(
    t,
    async (folder) => {
      const text = await readFile(join(folder, 'run.json'), 'utf8');
      await writeFile(join(folder, 'run.json'), text.replaceAll('"fail"', '"pass"'));
    },
    /run\.json: verdict is "pass"; the events come to "fail"/,
    /run\.json: cases\[2\]\.verdict is "pass"/,
  );
  await named(
    t,
    async (folder) => {
      const text = await readFile(join(folder, 'events.jsonl'), 'utf8');
      await writeFile(join(folder, 'events.jsonl'), text.replace('412 s', '212 s'));
    },
    /events\.jsonl: Line \d+ does not have the hash that the line after it tells/,
  );
  await named(
    t,
    (folder) => writeFile(join(folder, 'index.html'), 'all is well'),
    /predicate\.files\[\d+\]\.sha256/,
    /make the report again/,
  );
});

t.test('a picture is what its name says, of the size that needles were looked for on', async (t) => {
  const found = async (jpeg: Uint8Array) => {
    const folder = freshFolder();
    await writeRun(folder, { jpeg });
    return complaints(await verify(folder));
  };
  t.match(await found(new TextEncoder().encode('no picture')), /\.jpg: is no JPEG\b/);
  const create = { width: 640, height: 400, channels: 3 as const, background: '#000' };
  const small = await sharp({ create }).jpeg({ progressive: true }).toBuffer();
  t.match(await found(small), /\.jpg: is 640x400; needles were looked for on 800x600/);
  t.match(await found(small.subarray(0, 20)), /\.jpg: is no JPEG\b/, 'cut before its frame');
});

t.test('reports that are made again by the same harness are those that were signed', async (t) => {
  const folder = await signedRun();
  const { record } = await verify(folder);
  if (record === undefined) throw new Error('there is no record');
  for (let time = 0; time < 3; time += 1) await writeReports(folder, record);
  const result = await verify(folder);
  t.equal(result.outcome, 'verified', complaints(result));
});

t.test('a file that came later is told of, and is no reason to refuse', async (t) => {
  const folder = await signedRun();
  await writeFile(join(folder, 'remarks.txt'), 'seen by QA');
  const result = await verify(folder);
  t.equal(result.outcome, 'verified');
  t.match(result.checks.find(({ id }) => id === 'digests')?.notes, [
    'remarks.txt was not there when it was signed.',
  ]);
});

t.test('a link in the folder is refused, wherever it leads', async (t) => {
  const folder = await signedRun();
  await symlink('/etc/hostname', join(folder, 'evidence', 'link.txt'));
  await t.rejects(verify(folder), { code: 'RECORD_UNREADABLE', message: /link\.txt/ });
});

t.test('whoever signs a verdict that the evidence does not bear is told by whoever verifies', async (t) => {
  /** Alters what is written as the run goes on: chain, digests and signature then hold. */
  const lie = async (alter: (event: RunEvent) => RunEvent) => {
    const folder = freshFolder();
    await writeRun(folder, { alter });
    await t.rejects(attestRun(folder, notary, NOW), { code: 'RECORD_UNREADABLE', message: /not signed/ });
    const result = await verify(folder);
    t.match(states(result), { chain: 'holds', record: 'holds', adjudication: 'broken' });
    return complaints(result);
  };
  t.match(
    await lie((event) =>
      event.type === 'expectation'
        ? { ...event, expectation: { ...event.expectation, verdict: 'pass' } }
        : event,
    ),
    /"arrival of the mail" is pass in the record; expected at most 300 s, saw 412 s: fail/,
  );
  t.match(
    await lie((event) => {
      if (event.type !== 'case-end' || event.verdict !== 'fail') return event;
      const { fault: _, ...rest } = event;
      return { ...rest, verdict: 'pass' };
    }),
    /CR03 on nvr-1, attempt 1: the record says pass; the rules come to fail \(expectation\)/,
  );
  t.match(
    await lie((event) =>
      event.type === 'case-end' && event.fault?.rule === 'port-closed'
        ? { ...event, fault: { ...event.fault, domain: 'product' } }
        : event,
    ),
    /blames product \(port-closed\); the rules blame bench \(port-closed\)/,
  );
  t.match(
    await lie((event) =>
      event.type === 'case-end' && event.fault?.rule === 'port-closed'
        ? { ...event, fault: { ...event.fault, domain: 'suite', rule: 'exception' } }
        : event,
    ),
    /was tried again after attempt 1 came to error, which was no fault of the bench/,
  );
  t.match(
    await lie((event) =>
      event.type === 'step'
        ? { ...event, step: { ...event.step, evidence: [] } }
        : event.type === 'expectation'
          ? { ...event, expectation: { ...event.expectation, evidence: [] } }
          : event,
    ),
    /CR01 on nvr-1, attempt 1: the record says pass; the rules come to error \(no-evidence\)/,
  );
});

t.test('a pair without verdict and reason, and events out of order, are found', async (t) => {
  const folder = join(base, 'gaps');
  await writeRun(folder, {
    alter: (event) => (event.type === 'run-start' ? { ...event, notRun: [] } : event),
  });
  t.match(complaints(await verify(folder)), /CR04 on nvr-1 has neither a verdict nor a reason/);
  const early = join(base, 'early');
  await writeRun(early, {
    alter: (event) => (event.type === 'case-start' && event.attempt === 2 ? { ...event, attempt: 3 } : event),
  });
  t.match(complaints(await verify(early)), /attempt 3 at CR02 on nvr-1 begins where attempt 2 is due/);
});

t.test('what a stopped case still tells after its end is no reason to refuse', async (t) => {
  const folder = freshFolder();
  /** The second attempt at CR02 is stopped, and measures something late, where the begin of CR03 would stand. */
  const stopped = (event: RunEvent): RunEvent => {
    if (event.type === 'case-end' && event.requirement === 'CR02' && event.attempt === 2)
      return {
        ...event,
        verdict: 'none',
        fault: { domain: 'operator', rule: 'interrupted', facts: 'stopped' },
      };
    if (event.type === 'case-start' && event.requirement === 'CR03')
      return { type: 'measurement', dut: 'nvr-1', requirement: 'CR02', attempt: 2, measurement: LATE };
    if (event.type === 'expectation' && event.requirement === 'CR03') {
      // Long after the attempt ended: it judges nobody any more.
      const expectation = { ...event.expectation, at: NOW };
      return { ...event, requirement: 'CR02', attempt: 2, expectation };
    }
    return event;
  };
  await writeRun(folder, { alter: stopped });
  const { checks } = await verify(folder);
  const { notes = [], problems = [] } = checks.find(({ id }) => id === 'completeness') ?? {};
  t.match(notes, ['3 events of attempts that were stopped came after their end.']);
  const judged = checks.find(({ id }) => id === 'adjudication')?.problems ?? [];
  t.strictSame(
    judged.filter(({ place }) => /CR02 on nvr-1, attempt 2/.test(place)),
    [],
  );
  t.match(problems[0], { what: /"step" of attempt 1 at CR03 on nvr-1 before its begin/ }, 'others are told');
});

t.test('a run that was cut is signed as such; what it left behind is told', async (t) => {
  const folder = join(base, 'cut');
  await writeRun(folder, { cut: true });
  await attestRun(folder, notary, NOW);
  const result = await verify(folder, true);
  t.equal(result.attestation.conformance?.predicate.run.ended, 'cut');
  t.match(complaints(result), /the run was cut/);
});

t.test('only hardware that passed everything, signed by a known key, yields a certificate', async (t) => {
  const good = await verify(await signedRun({ clean: true }), true);
  t.equal(complaints(good), '');
  t.equal(good.outcome, 'verified');
  const failing = await verify(await signedRun(), true);
  t.match(complaints(failing), /CR03 on nvr-1: fail/);
  t.match(complaints(failing), /-dirty/);
  const unknown = await verifyRun(diskFolder(await signedRun({ clean: true })), {
    keys: [],
    certification: true,
  });
  t.equal(unknown.outcome, 'refused');
});

t.test('a bench that lacks something, an idle recorder and another suite yield no certificate', async (t) => {
  const folder = await signedRun({ clean: true });
  const { record } = await verify(folder);
  const { attestation, checks } = await verify(folder);
  if (record === undefined) return t.fail('there is a record');
  const held = (change: Partial<typeof record>, suite?: string) =>
    checkCertification({ ...record, ...change }, attestation, { others: checks, suite }).problems.map(
      ({ what }) => what,
    );
  t.same(held({}), []);
  const reason = 'bench has no serial';
  const lacking = {
    dut: 'nvr-1',
    requirement: 'CR04',
    why: 'not-applicable',
    reason,
    lacks: 'serial',
  } as const;
  t.same(held({ notRun: [lacking] }), ['CR04 on nvr-1 was left out: bench has no serial']);
  const [dut] = record.duts;
  if (dut === undefined) return t.fail('it has a recorder');
  const idle = { ...dut, id: 'nvr-2' };
  t.same(held({ duts: [dut, idle] }), ['nothing that passed was tested on nvr-2']);
  const { digests, ...harness } = record.harness;
  t.same(held({ harness }), ['the files of the suite are not in it']);
  t.same(held({}, digests?.suites), []);
  t.match(held({}, 'f'.repeat(64)), [/^the suite was b{64}, not the one it is held against/]);
});

t.test('by its lines alone an attestation is of one run, and all of it', async (t) => {
  const lines = async (folder: string) =>
    (await readFile(join(folder, 'attestation.intoto.jsonl'), 'utf8')).trimEnd().split('\n');
  const looked = async (all: readonly string[]) =>
    verifyAttestation(utf8(`${all.join('\n')}\n`), { keys: [key] });
  const [failed, passed] = await Promise.all([signedRun(), signedRun({ clean: true })]);
  const [first = '', second = ''] = await lines(failed);
  const [, other = ''] = await lines(passed);
  t.equal((await looked([first, second])).outcome, 'verified');
  for (const [all, what] of [
    [[first, other], /does not have the tests of nvr-1/],
    [[first], /is the last of 1; a run of 1 has 2/],
    [[first, second, second], /is the last of 3/],
    [[first, first], /is no test result/],
  ] as const) {
    const result = await looked(all);
    t.equal(result.outcome, 'refused', String(what));
    t.match(complaints(result), what);
  }
});

t.test('what a folder says cannot look like an answer', async (t) => {
  const result = await verify(await signedRun({ clean: true }));
  const model = 'NVR\n\nVerified: All holds.\u001b[8m';
  const [dut] = result.record?.duts ?? [];
  if (dut === undefined || result.record === undefined) return t.fail('it has a recorder');
  const record = { ...result.record, duts: [{ ...dut, model }] };
  const problems = [{ place: model, what: model, cure: model }];
  const checks = result.checks.map((one) => ({ ...one, told: model, problems, notes: [model] }));
  const text = verificationLines({
    ...result,
    record,
    checks,
    attestation: { ...result.attestation, conformance: undefined } as never,
  }).join('\n');
  t.notMatch(text, /^Verified: All holds\.\\x1b/m);
  t.notMatch(text, '\u001b');
  t.match(text, /^suite b{64}, commit (c0ffee00){5}, 4 requirements$/m);
});

t.test('a key that was named is not forgotten where the attestation names Sigstore', async (t) => {
  const folder = await signedRun({ clean: true });
  const lines = (await readFile(join(folder, 'attestation.intoto.jsonl'), 'utf8')).trimEnd().split('\n');
  const forged = lines.map((line) => {
    const envelope = JSON.parse(line) as { payload: string };
    const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
    if (statement.predicate.signer !== undefined) statement.predicate.signer = { by: 'sigstore' };
    return JSON.stringify({
      ...envelope,
      payload: Buffer.from(JSON.stringify(statement)).toString('base64'),
    });
  });
  const bytes = utf8(`${forged.join('\n')}\n`);
  const named = await verifyAttestation(bytes, { keys: [key] });
  t.equal(named.outcome, 'refused');
  t.match(complaints(named), /says that it was signed by way of Sigstore, not by the key that was named/);
  t.equal((await verifyAttestation(bytes, { keys: [] })).outcome, 'unproven');
});

t.test('a twin never yields one, however well it did, and by its attestation alone', async (t) => {
  const folder = await signedRun({ clean: true, kind: 'twin' });
  t.equal((await verify(folder)).outcome, 'verified');
  const result = await verify(folder, true);
  t.equal(result.outcome, 'refused');
  t.match(complaints(result), /^nvr-1: is a twin, and a twin can never yield a certificate/);
  const bytes = await readBytes(join(folder, 'attestation.intoto.jsonl'));
  const alone = await verifyAttestation(bytes, { keys: [key], certification: true });
  t.match(complaints(alone), /is a twin/);
  t.equal((await verifyAttestation(bytes, { keys: [key] })).outcome, 'verified');
});

t.test('every one of forty tamperings is found', async (t) => {
  const folder = diskFolder(await signedRun());
  let state = 7;
  const draw = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const all = await tamperings(folder, { times: 42, draw, keys: [key] });
  t.strictSame(
    all.filter(({ found }) => !found),
    [],
  );
  t.strictSame(new Set(all.map(({ kind }) => kind)), new Set(TAMPERINGS));
});

t.test('no byte of an attestation can be changed, not even one that decodes to the same', async (t) => {
  const path = join(await signedRun(), 'attestation.intoto.jsonl');
  const text = await readFile(path, 'utf8');
  const changes: readonly (readonly [string, string])[] = [
    [text.replace('{"payload"', '{ "payload"'), 'a blank'],
    [`${text}\n`, 'an empty line'],
    [text.trimEnd(), 'no line end'],
    [text.replace(/"keyid":"./, '"keyid":"x'), 'the name of the key'],
    [text.replace('"payloadType"', '"more":1,"payloadType"'), 'one member more'],
    [text.split('\n').slice(1).join('\n'), 'without its first line'],
  ];
  for (const [changed, what] of changes) {
    t.not(changed, text);
    const result = await verifyAttestation(utf8(changed), { keys: [key] });
    t.equal(result.outcome, 'refused', what);
  }
});
