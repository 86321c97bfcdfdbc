import t from 'tap';
import { systemClock } from './clock.ts';
import { ERROR_CODES, HarnessError } from './error.ts';
import { FAULT_DOMAINS, VERDICTS, worse, worst } from './verdict.ts';
import { compareFirmware, type FirmwareVersion, parseFirmware } from './version.ts';

t.test('a worse verdict is never replaced by a better, in whatever order they come', async (t) => {
  t.strictSame(VERDICTS, ['none', 'pass', 'inconc', 'fail', 'error']);
  for (const [i, a] of VERDICTS.entries())
    for (const [j, b] of VERDICTS.entries()) {
      t.equal(worse(a, b), VERDICTS[Math.max(i, j)], `${a} and ${b}`);
      t.equal(worse(a, b), worse(b, a));
    }
  for (const a of VERDICTS)
    for (const b of VERDICTS)
      for (const c of VERDICTS)
        t.equal(worse(worse(a, b), c), worse(a, worse(b, c)), 'grouping changes nothing');
});

t.test('the verdict of many is the worst, and of none is none', async (t) => {
  t.equal(worst([]), 'none');
  t.equal(worst(['none', 'pass', 'none']), 'pass');
  t.equal(worst(['pass', 'fail', 'inconc', 'pass']), 'fail');
  t.equal(worst(new Set(['error', 'fail'] as const)), 'error');
});

t.test('a firmware is read in the forms in which recorders write it', async (t) => {
  const read: readonly (readonly [string, FirmwareVersion])[] = [
    ['V4.21.000', [4, 21, 0]],
    ['V5.5.82build 190910', [5, 5, 82]],
    ['V4.30.085 build 200922', [4, 30, 85]],
    [' v3.4.89\n', [3, 4, 89]],
  ];
  for (const [text, version] of read) t.strictSame(parseFirmware(text), version, text);
});

t.test('what is no firmware is not taken for one', async (t) => {
  const others = [
    '',
    'V',
    '4.21.000',
    'V4.21',
    'V4.21.000.1',
    'V4.21.000 build 1',
    'V4.21.000 beta',
    'VV4.2.0',
    'V-4.2.0',
  ];
  for (const text of others) t.equal(parseFirmware(text), undefined, text);
});

t.test('firmwares are compared number by number, not letter by letter', async (t) => {
  const rising = [
    'V3.4.88',
    'V3.4.89',
    'V3.5.10',
    'V4.1.70',
    'V4.2.00',
    'V4.9.150',
    'V4.20.150',
    'V4.21.000',
    'V5.03.020',
    'V10.0.0',
  ];
  const versions = rising.map((text) => parseFirmware(text) ?? ([-1, -1, -1] as const));
  for (const [i, a] of versions.entries())
    for (const [j, b] of versions.entries())
      t.equal(Math.sign(compareFirmware(a, b)), Math.sign(i - j), `${rising[i]} and ${rising[j]}`);
  t.equal(compareFirmware([4, 2, 0], [4, 2, 0]), 0);
});

t.test('an error carries its code, what to do, and its cause', async (t) => {
  const cause = new Error('ENOENT');
  const error = new HarnessError('PORT_CLOSED', 'the port is closed', {
    hint: 'plug it in',
    cause,
    port: 'serial',
  });
  t.ok(error instanceof Error);
  t.match(error, {
    name: 'HarnessError',
    message: 'the port is closed',
    code: 'PORT_CLOSED',
    hint: 'plug it in',
    port: 'serial',
  });
  t.equal(error.cause, cause);
  t.match(String(error), /^HarnessError: the port is closed$/);
});

t.test('an error without details has none', async (t) => {
  const error = new HarnessError('USAGE', 'no such command');
  t.equal(error.hint, undefined);
  t.equal(error.port, undefined);
  t.notOk('cause' in error);
});

t.test('every code has a fault domain that is one, and none blames the product', async (t) => {
  for (const [code, domain] of Object.entries(ERROR_CODES)) {
    t.ok(FAULT_DOMAINS.includes(domain), code);
    t.not(
      domain as string,
      'product',
      `${code}: only an expectation that was not met is the product's fault`,
    );
  }
  t.equal(new HarnessError('MAIL_TIMEOUT', 'no mail').domain, 'bench');
  t.equal(new HarnessError('INTERRUPTED', 'stopped').domain, 'operator');
});

t.test("the machine's clock counts wall time since the epoch, and monotonic time forwards", async (t) => {
  t.ok(systemClock.now() > Date.UTC(2024, 0, 1));
  const before = systemClock.monotonic();
  await systemClock.sleep(1);
  t.ok(systemClock.monotonic() > before);
});

t.test('sleep ends with the reason of the signal, and at once where it was given before', async (t) => {
  const long = 600_000;
  const reason = new Error('enough');
  const given = AbortSignal.abort(reason);
  await t.rejects(systemClock.sleep(long, given), reason);
  const controller = new AbortController();
  const sleeping = systemClock.sleep(long, controller.signal);
  controller.abort(reason);
  await t.rejects(sleeping, reason);
});

t.test('a sleep that is over leaves nothing at the signal', async (t) => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  t.intercept(signal, 'addEventListener', {
    value: (type: 'abort', listener: () => void) => {
      listeners.add(listener);
      addEventListener.call(signal, type, listener);
    },
  });
  t.intercept(signal, 'removeEventListener', {
    value: (type: 'abort', listener: () => void) => {
      listeners.delete(listener);
      removeEventListener.call(signal, type, listener);
    },
  });
  const sleeping = systemClock.sleep(1, signal);
  t.equal(listeners.size, 1);
  await sleeping;
  t.equal(listeners.size, 0);
});

t.test('a message that quotes a device stays one line, and no novel', async (t) => {
  const { message } = new HarnessError('PORT_PROTOCOL', `it said: a\n\0b\u001b[31m${'x'.repeat(5_000)}`);
  t.match(message, /^it said: a b \[31mx+…$/);
  t.equal(message.length, 1_000);
  t.equal(new HarnessError('CONFIG_INVALID', 'one\ntwo').message, 'one\ntwo', 'of problems each has a line');
});
