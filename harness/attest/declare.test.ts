// A vendor's statement: what it is tied to, whom it is refused, and that none of it can be altered.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { resetbench } from '../cli/command.fixture.ts';
import { sha256Hex } from '../verify/bytes.ts';
import { checkStatement } from '../verify/declared.ts';
import { readEnvelopes } from '../verify/envelope.ts';
import { verifyRun } from '../verify/verify.ts';
import { attestRun } from './attest.ts';
import { declarationPage } from './declaration-page.ts';
import { type Declared, type DeclareOptions, declaredRun, declareRun } from './declare.ts';
import { diskFolder, readBytes } from './disk.ts';
import { newKey, readSigningKey } from './keys.ts';
import { type RunOptions, writeRun } from './run.fixture.ts';
import { keyNotary, signAll } from './sign.ts';

t.setTimeout(120_000);
const NOW = Date.UTC(2026, 10, 26, 6, 0, 0);
const RANGE = '>=V4.30.000 <V4.31.000';
const base = t.testdir({});
const [labFile, vendorFile] = [join(base, 'lab.key'), join(base, 'vendor.key')];
const lab = await newKey(labFile, 'ed25519');
const vendor = await newKey(vendorFile, 'p256');
const notary = keyNotary(await readSigningKey(vendorFile));

async function signedRun(name: string, options: RunOptions = {}): Promise<string> {
  const folder = join(base, name);
  await writeRun(folder, options);
  await attestRun(folder, keyNotary(await readSigningKey(labFile)), NOW);
  return folder;
}
const declare = (folder: string, more: Partial<DeclareOptions> = {}) =>
  declareRun(folder, {
    vendor: 'Example Ltd',
    range: RANGE,
    notary,
    trust: { keys: [lab] },
    now: NOW,
    ...more,
  });
function made(declared: Declared) {
  if ('refused' in declared) throw new Error(JSON.stringify(declared.refused));
  return declared;
}
const clean = await signedRun('clean', { clean: true });
const { envelopes, statements } = made(await declare(clean));
async function check(text: string, keys = [vendor], folder = clean) {
  const run = await declaredRun(folder, await verifyRun(diskFolder(folder), { keys: [lab] }));
  return checkStatement(text, run, keys);
}

t.test('a statement names model, firmwares, run and digests, and is verified against the run', async (t) => {
  t.match(statements, [
    {
      predicateType: 'urn:resetbench:declaration:v1',
      subject: [{ name: 'NVR 32', annotations: { model: 'NVR 32', firmware: RANGE } }],
      predicate: {
        vendor: 'Example Ltd',
        model: 'NVR 32',
        firmware: { range: RANGE, tested: ['V4.30.085'] },
        signer: { by: 'key', id: vendor.id },
        run: {
          id: '2026-11-26T010000Z-a7b1',
          attestation: await sha256Hex(await readBytes(join(clean, 'attestation.intoto.jsonl'))),
          signer: { id: lab.id },
          harness: { digest: 'a'.repeat(64) },
          suite: { digest: 'b'.repeat(64) },
        },
        passed: ['CR01', 'CR02', 'CR03'],
        untested: [{ requirement: 'CR04', why: 'no-case' }],
      },
    },
  ]);
  t.match(await check(envelopes), { state: 'holds', told: /1 declaration of Example Ltd/ });
  t.match(await check(envelopes, []), { state: 'open' }, 'a key that nobody named proves nothing');
  t.match(await check(envelopes, [lab]), { state: 'broken' }, 'nor does another');
});

t.test('twins, failures, runs that were cut or altered or of another key are refused', async (t) => {
  const refused = async (folder: string, more: Partial<DeclareOptions> = {}) => {
    const declared = await declare(folder, more);
    return 'refused' in declared
      ? declared.refused.map(({ place, what }) => `${place}: ${what}`).join('\n')
      : '';
  };
  t.match(await refused(await signedRun('twin', { clean: true, kind: 'twin' })), 'nvr-1: is a twin');
  t.match(await refused(await signedRun('failed')), 'CR03 on nvr-1: fail');
  t.match(await refused(await signedRun('cut', { clean: true, cut: true })), 'the run was cut');
  const unsigned = join(base, 'unsigned');
  await writeRun(unsigned, { clean: true });
  t.match(await refused(unsigned), 'nobody vouches for it');
  t.match(await refused(clean, { trust: { keys: [vendor] } }), 'is signed by the key');
  const altered = await signedRun('altered', { clean: true });
  const events = join(altered, 'events.jsonl');
  await writeFile(events, (await readFile(events, 'utf8')).replace('V4.30.085', 'V4.30.086'));
  t.match(await refused(altered), 'events.jsonl');
});

t.test('bounds must end, and hold what was tested; a vendor has a name', async (t) => {
  await t.rejects(declare(clean, { range: '>=V4.30.000' }), { code: 'USAGE', message: /no upper bound/ });
  const build = declare(clean, { range: '=V4.30.085 build 200922' });
  await t.rejects(build, { code: 'USAGE', message: /names a build: builds are not compared/ });
  await t.rejects(declare(clean, { range: '<V4.30.000' }), { message: /does not hold V4\.30\.085/ });
  await t.rejects(declare(clean, { range: 'all of them' }), { message: /are no bounds/ });
  await t.rejects(declare(clean, { vendor: ' \n' }), { code: 'USAGE' });
});

t.test('no byte of a statement can be altered, nor can it be of another run', async (t) => {
  let missed = 0;
  for (let at = 0; at < envelopes.length; at += 29) {
    const text = `${envelopes.slice(0, at)}${envelopes[at] === 'A' ? 'B' : 'A'}${envelopes.slice(at + 1)}`;
    if ((await check(text)).state !== 'broken') missed += 1;
  }
  t.equal(missed, 0);
  t.equal((await check(`${envelopes} `)).state, 'broken');
  t.equal((await check(envelopes + envelopes)).state, 'broken');
  const other = await signedRun('other', { clean: true });
  await attestRun(other, keyNotary(await readSigningKey(labFile)), NOW + 1000);
  t.match(await check(envelopes, [vendor], other), { problems: [{ what: /attestation: signed is/ }] });
});

t.test('what a vendor signs himself must still be what the run comes to', async (t) => {
  const read = readEnvelopes(envelopes);
  if ('problem' in read) throw new Error(read.problem);
  const forged = async (change: (text: string) => string) => {
    const all = read.envelopes.map(({ statement }) => JSON.parse(change(JSON.stringify(statement))));
    return check((await signAll(all, notary)).envelopes);
  };
  t.equal((await forged((text) => text)).state, 'holds', 'signed again it holds');
  t.match(await forged((text) => text.replace('"CR03"]', '"CR03","CR04"]')), {
    problems: [{ what: /passed\[3\]: signed is "CR04"/ }],
  });
  t.equal(
    (await forged((text) => text.replaceAll('<V4.31.000', '<V9.31.000'))).state,
    'broken',
    'the subject differs',
  );
  t.equal((await forged((text) => text.replace('declaration:v1', 'conformance:v1'))).state, 'broken');
});

t.test('the page says all of it, and takes no markup', async (t) => {
  const [one] = statements;
  if (one === undefined) return;
  const page = declarationPage([{ ...one.predicate, vendor: '<img src=x>' }], 's.intoto.jsonl');
  t.notMatch(page, '<img');
  t.match(page, '&lt;img src=x&gt;');
  for (const text of ['V4.30.085', 'CR04 (no-case)', 'This page is not signed', vendor.id])
    t.match(page, text);
});

t.test('the commands: made, refused, verified', async (t) => {
  const out = join(base, 'nvr.intoto.jsonl');
  const words = ['--vendor', 'Example Ltd', '--firmware-range', RANGE, '--key', vendorFile, '--out', out];
  const run = await resetbench(['statement', clean, ...words, '--run-key', `${labFile}.pub`]);
  t.match(run, { code: 0, out: /^Example Ltd declares that .* of NVR 32 with firmware/ });
  t.match(await readFile(join(base, 'nvr.html'), 'utf8'), 'Example Ltd');
  const verified = (...more: readonly string[]) =>
    resetbench([
      ...['verify', clean, '--key', `${labFile}.pub`, '--statement', out, '--suite', 'b'.repeat(64)],
      ...more,
    ]);
  t.match(await verified('--statement-key', `${vendorFile}.pub`), {
    code: 0,
    out: /ok +Statement +1 declaration/,
  });
  const other = await verified('--statement-key', `${vendorFile}.pub`, '--suite', 'c'.repeat(64));
  t.match(other, { code: 1, out: /the suite was b{64}/ }, 'a suite that the reader does not know');
  t.match(await verified(), { code: 1, out: /BROKEN +Statement/ }, "the lab's key is not the vendor's");
  t.match(await resetbench(['statement', join(base, 'twin'), ...words]), { code: 1, err: /is a twin/ });
  t.match(await resetbench(['statement', clean, '--vendor', 'x']), { code: 2, err: /needs --key/ });
});
