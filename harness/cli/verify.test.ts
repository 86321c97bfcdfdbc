import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { newKey } from '../attest/keys.ts';
import { writeRun } from '../attest/run.fixture.ts';
import { attestByItself, configuredKey } from './attest-key.ts';
import { main } from './commands.ts';

const NOW = Date.UTC(2026, 10, 26, 6, 0, 0);
const base = t.testdir({});
/** Where no key is configured, whoever runs the tests. */
const env = { XDG_CONFIG_HOME: join(base, 'config'), RESETBENCH_ATTEST_KEY: '', SIGSTORE_ID_TOKEN: '' };
const run = join(base, 'run');
const key = join(base, 'lab.key');
await writeRun(run, { kind: 'twin', clean: true });
Object.assign(process.env, env);

/** A command as a person gives it, in this process. */
async function command(t: Test, ...args: readonly string[]) {
  const [out, err] = [t.capture(console, 'log'), t.capture(console, 'error')];
  const text = (calls: readonly { readonly args: readonly unknown[] }[]) =>
    calls.map(({ args: [line] }) => String(line)).join('\n');
  const code = await main(args);
  return { code, out: text(out()), err: text(err()) };
}

t.test('a key is made, a run is signed and verified, as docs/attestation.md tells', async (t) => {
  const made = await command(t, 'attest', '--new-key', key);
  t.equal(made.code, 0, made.err);
  t.match(made.out, /its id: {6}[0-9a-f]{64}/);
  const signed = await command(t, 'attest', run, '--key', key);
  t.equal(signed.code, 0, signed.err);
  t.match(signed.out, /^2 statements signed: .*attestation\.intoto\.jsonl/);
  const verified = await command(t, 'verify', run, '--key', `${key}.pub`);
  t.equal(verified.code, 0, verified.out + verified.err);
  t.match(verified.out, /twin nvr-1: NVR 32, firmware V4\.30\.085/);
  t.match(verified.out, /Verified: All holds/);
});

t.test('a twin is refused as a certificate, with exit code 1, and a program is told why', async (t) => {
  const { code, out } = await command(t, 'verify', run, '--key', `${key}.pub`, '--certification', '--json');
  t.equal(code, 1);
  const { outcome, recorders, checks } = JSON.parse(out) as {
    readonly outcome: string;
    readonly recorders: unknown;
    readonly checks: readonly { readonly id: string; readonly state: string }[];
  };
  t.equal(outcome, 'refused');
  t.match(recorders, [{ id: 'nvr-1', kind: 'twin', firmware: 'V4.30.085' }]);
  t.strictSame(
    checks.filter(({ state }) => state === 'broken').map(({ id }) => id),
    ['certification'],
  );
});

t.test('a run that was altered is refused, one that nobody vouches for is unproven', async (t) => {
  const altered = join(base, 'altered');
  await cp(run, altered, { recursive: true });
  const text = await readFile(join(altered, 'events.jsonl'), 'utf8');
  await writeFile(join(altered, 'events.jsonl'), text.replace('V4.30.085', 'V4.30.086'));
  const refused = await command(t, 'verify', altered, '--key', `${key}.pub`);
  t.equal(refused.code, 1);
  t.match(refused.out, /BROKEN {2}Chain of events/);
  await rm(join(altered, 'events.jsonl'));
  const empty = await command(t, 'verify', altered, '--key', `${key}.pub`);
  t.equal(empty.code, 1, 'also where there are no events at all');
  const unproven = await command(t, 'verify', run);
  t.equal(unproven.code, 3);
  t.match(unproven.out, /open {4}Signature/);
});

t.test('an attestation is verified alone; what is neither is told', async (t) => {
  const alone = await command(t, 'verify', join(run, 'attestation.intoto.jsonl'), '--key', `${key}.pub`);
  t.equal(alone.code, 0, alone.out);
  t.match(alone.out, /The folder of the run was not looked at/);
  t.match(await command(t, 'verify', join(base, 'none')), { code: 2, err: /no run/ });
  t.match(await command(t, 'verify', run, '--key', key), {
    code: 2,
    err: /is a private key\n=> .*lab\.key\.pub/,
  });
  t.match(await command(t, 'verify', run, '--identity', 'x'), { code: 2, err: /--trusted-root/ });
  t.match(await command(t, 'attest', run), { code: 2, err: /no key to sign with\n=> .*--new-key/ });
  t.match(await command(t, 'attest', '--new-key', join(base, 'x'), '--kind', 'rsa'), {
    code: 2,
    err: /p256/,
  });
});

t.test('a run is signed by itself where a key is configured, and only there', async (t) => {
  const folder = join(base, 'own');
  await writeRun(folder);
  t.equal(await attestByItself(folder, NOW, env), undefined);
  t.equal(configuredKey({ ...env, RESETBENCH_ATTEST_KEY: key }), key);
  const usual = join(env.XDG_CONFIG_HOME, 'resetbench', 'attest.key');
  await mkdir(join(env.XDG_CONFIG_HOME, 'resetbench'), { recursive: true });
  await newKey(usual, 'p256');
  t.equal(configuredKey(env), usual);
  t.match(await attestByItself(folder, NOW, env), { failed: false, told: /^signed: 2 statements/ });
  const own = await command(t, 'verify', folder);
  t.equal(own.code, 0, `the lab trusts its own key: ${own.out}`);
  const gone = { ...env, RESETBENCH_ATTEST_KEY: join(base, 'gone.key') };
  t.match(await attestByItself(folder, NOW, gone), {
    failed: true,
    told: /could not be signed: .*gone\.key/,
  });
});
