// What doctor says of the bench of a recorder on a shelf: a twin that is taken for one, whole and with a port broken.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { openShelf, SHELF } from '../../scripts/bench/safety/shelf.ts';
import { withoutChromium } from '../bench/drivers/display/chromium.fixture.ts';
import { makeCertificate } from '../bench/drivers/pikvm/certificate.fixture.ts';
import { PASSWORD as PDU_PASSWORD, servePdu } from '../bench/drivers/power/pdu.fixture.ts';
import type { Rated } from '../run/rating.ts';
import { dutFolder, triesOf } from '../safety/dut.ts';
import { takeLease } from '../safety/lease.ts';
import { systemClock as clock } from '../terms/clock.ts';
import type { PortFinding } from './doctor-bench.ts';
import { ratingLines } from './doctor-rating.ts';
import { broken } from './finding.ts';
import { ROOT } from './root.ts';

t.setTimeout(600_000);
const MAIN = join(ROOT, 'harness', 'cli', 'main.ts');
const skip = withoutChromium();

interface Told {
  readonly findings: readonly PortFinding[];
  readonly ratings: readonly {
    readonly dut: string;
    readonly requirements: readonly {
      readonly requirement: string;
      readonly is: string;
      readonly absent?: readonly string[];
      readonly broken?: readonly string[];
    }[];
  }[];
}

t.test('ports are looked at one by one, and each requirement is rated by them', { skip }, async (t) => {
  await using shelf = await openShelf(t.testdir({}));
  const whole = readFileSync(shelf.devices, 'utf8');
  const doctor = (...more: readonly string[]) =>
    new Promise<{ readonly code: number; readonly out: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        [MAIN, 'doctor', SHELF, '--devices', shelf.devices, ...more],
        { env: { ...shelf.env, WRONG_PASSWORD: 'Wrong-Key-1', PDU_PASSWORD } },
        (_, out, err) => resolve({ code: child.exitCode ?? -1, out: out + err }),
      );
    });
  /** Doctor on an inventory with one thing changed. */
  const after = async (from: string | RegExp, to: string) => {
    const changed = whole.replace(from, to);
    t.not(changed, whole, 'the inventory is changed');
    writeFileSync(shelf.devices, changed);
    const { code, out } = await doctor('--json');
    writeFileSync(shelf.devices, whole);
    const told = JSON.parse(out) as Told;
    const lineOf = (name: string) =>
      told.findings.find(({ what }) => what === `${SHELF}, ${name}` || what === name);
    const [rating] = told.ratings;
    return { code, lineOf, rated: rating?.requirements ?? [] };
  };

  const { code, out } = await doctor();
  t.equal(code, 0, out);
  for (const line of [
    /^ok {7}shelf, key: the first run draws it$/m,
    /^ok {7}shelf, lease: free$/m,
    /^ok {7}shelf, HTTP: answers at http:.* active, the enrolled serial number; its clock /m,
    /^ok {7}shelf, serial: the console answers, with the enrolled serial number$/m,
    /^ok {7}shelf, display: a picture of 1280x720 px$/m,
    /^ok {7}shelf, scanner: the app service at http:.* signs a visitor in$/m,
    /^fit {6}shelf: \d+ of 80 requirements can be judged: CR/m,
    /^ {9}this bench has no USB drive .*: CR/m,
    /^ok {7}state: \/.*state, which the first run makes: \d+ [GM]iB left, a file is on its disk in \d+ ms$/m,
  ])
    t.match(out, line);
  t.notOk(out.includes(shelf.first), 'no password is told');

  const unplugged = await after(/path: \S+,/, 'path: /dev/resetbench-unplugged,');
  t.equal(unplugged.code, 3);
  t.match(unplugged.lineOf('serial'), {
    port: 'serial',
    ok: false,
    cure: /^Plug the adapter in.*\/dev\/serial\/by-id/,
  });
  t.match(unplugged.lineOf('display'), { ok: true });
  const bySerial = unplugged.rated.filter((one) => one.broken?.includes('serial'));
  t.ok(
    bySerial.length > 0 && unplugged.rated.some(({ is }) => is === 'fit'),
    'what needs no serial stays fit',
  );

  const noMail = await after(/mailhog, url: "[^"]+"/, 'mailhog, url: "http://127.0.0.1:1"');
  t.equal(noMail.code, 3);
  t.match(noMail.lineOf('mailbox'), { ok: false });
  t.notOk(
    noMail.rated.some(({ is }) => is === 'fit'),
    'nothing is judged without a mailbox',
  );

  const other = await after(/serialNumber: \S+/, 'serialNumber: DS-7616NI-K21620190416CCRR000000000WCVU');
  t.equal(other.code, 3);
  t.match(other.lineOf('HTTP'), { port: 'safety', ok: false, told: /has serial number/ });
  t.equal(other.lineOf('display'), undefined, 'another unit is not touched');
  t.notOk(other.rated.some(({ is }) => is === 'fit'));

  await using pdu = await servePdu('shelly');
  pdu.world.outlet = 'off';
  const { on, off, state: asks } = pdu.template;
  const told = JSON.stringify({
    driver: 'http-pdu',
    on,
    off,
    state: { ...asks, read: { pointer: '/ison', on: true, off: false } },
    auth: { kind: 'basic', user: 'bench', password: { env: 'PDU_PASSWORD' } },
  });
  const dark = await after(/( +)display:/, `$1power: ${told}\n$1display:`);
  t.match(dark.lineOf('power'), { port: 'power', ok: true, told: 'http-pdu, off' });
  t.equal(pdu.world.outlet, 'off', 'doctor switches nothing');

  const wrong = await after(/SHELF_PASSWORD/, 'WRONG_PASSWORD');
  t.match(wrong.lineOf('HTTP'), { port: 'http', ok: false, told: /refuses the password of admin/ });
  t.equal(wrong.lineOf('display'), undefined, 'a unit that lets nobody in is not looked at any further');
  const own = dutFolder(shelf.env.RESETBENCH_STATE ?? '', shelf.serialNumber);
  t.match(triesOf(own).load(), [{ kind: 'network', user: 'admin', spent: 1 }], 'its wrong try counts');

  const noService = await after(/relay, url: "[^"]+"/, 'relay, url: "http://127.0.0.1:1"');
  t.match(noService.lineOf('scanner'), { port: 'scanner', ok: false });

  const { key, cert } = makeCertificate('recorder');
  const server = createServer({ key, cert }, (_, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pin = await after(
    /http: \{ url: "[^"]+" \}/,
    `http: { url: "https://127.0.0.1:${port}", tls: { fingerprint: "${'0'.repeat(64)}" } }`,
  );
  server.close();
  t.equal(pin.code, 3);
  t.match(pin.lineOf('HTTP'), { port: 'safety', ok: false, told: /certificate/, cure: String });
  t.equal(pin.lineOf('serial'), undefined, 'what has another certificate is another unit');

  const { code: kept, out: lost } = await doctor('--state', '/proc/resetbench', '--json');
  t.equal(kept, 3);
  const stateless = JSON.parse(lost) as Told;
  t.match(
    stateless.findings.find(({ what }) => what === 'state'),
    { ok: false, told: /cannot keep leases and passwords/, cure: /--state/ },
  );
  t.notOk(
    stateless.findings.some(({ what }) => what.startsWith(SHELF)),
    'nothing is touched of a recorder whose password could not be kept',
  );
  t.match(stateless.ratings[0]?.requirements[0], { is: 'unfit', broken: ['safety'] });

  const folder = dutFolder(shelf.env.RESETBENCH_STATE ?? '', shelf.serialNumber);
  await using _ = takeLease({ folder, dut: SHELF, what: 'run', clock });
  const held = await doctor();
  t.equal(held.code, 3);
  t.match(held.out, /^WRONG {4}shelf, lease: shelf is held by "run" \(process \d+/m);
  t.notMatch(held.out, /shelf, HTTP/, 'no port of a recorder that others have is touched');
});

t.test('lines are broken between words, and a word stays whole', async (t) => {
  const text = broken(`ok       shelf: ${'word '.repeat(40)}${'x'.repeat(90)}`, 80);
  for (const line of text.split('\n')) t.ok(line.length <= 80 || line.trim().startsWith('xxx'), line);
  t.equal(text.replace(/\s+/g, ' '), `ok shelf: ${'word '.repeat(40)}${'x'.repeat(90)}`);
  t.equal(broken('as it is'), 'as it is');
});

t.test('a rating fits a terminal, and says by port what is in the way', async (t) => {
  const rated = Array.from({ length: 80 }, (_, at): Rated => {
    const requirement = `CR${String(at + 1).padStart(2, '0')}`;
    if (at % 5 === 0) return { requirement, is: 'not-applicable', why: 'the profile says so' };
    if (at % 5 === 1) return { requirement, is: 'unfit', absent: ['usb', 'time'], broken: ['scanner'] };
    if (at % 5 === 2) return { requirement, is: 'unfit', absent: [], broken: ['scanner'] };
    return { requirement, is: 'fit' };
  });
  for (const columns of [80, 120]) {
    const lines = ratingLines('nvr-shelf-1', rated, columns).flatMap((line) => line.split('\n'));
    for (const line of lines) t.ok(line.length <= columns, line);
  }
  const [first, ...rest] = ratingLines('nvr-shelf-1', rated);
  t.match(first, /^fit {6}nvr-shelf-1: 32 of 80 requirements can be judged: CR04, CR05, CR09, /);
  t.match(rest, [
    /^ {9}not asked of this recorder: CR01, CR06, /,
    /^ {9}this bench has no USB drive .*, no clock .*: CR02, CR07, /,
    /^ {9}scanner must be mended: CR03, CR08, /,
  ]);
});
