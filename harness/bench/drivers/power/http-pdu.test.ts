import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { failure } from '../../ports/contract-help.ts';
import { powerContract } from '../../ports/power.contract.ts';
import { lookAtHttpPdu, openHttpPdu } from './http-pdu.ts';
import { PASSWORD, PDU_KINDS, servePdu } from './pdu.fixture.ts';
import { readPduState } from './pdu-state.ts';

for (const kind of PDU_KINDS)
  powerContract(t, `http-pdu, as ${kind}`, async () => {
    const pdu = await servePdu(kind);
    const power = await openHttpPdu({ ...pdu.template, clock, settleMs: 300 });
    return {
      power,
      mains: () => pdu.world.outlet,
      vanish: pdu.vanish,
      async [Symbol.asyncDispose]() {
        await power[Symbol.asyncDispose]();
        await pdu[Symbol.asyncDispose]();
      },
    };
  });

t.test('an order that meets a 500 or a hang is given again', async (t) => {
  await using pdu = await servePdu('shelly');
  await using power = await openHttpPdu({ ...pdu.template, clock, timeoutMs: 100 });
  pdu.world.failing = { status: 500, times: 2 };
  await power.off();
  t.equal(pdu.world.outlet, 'off');
  pdu.world.hanging = true;
  const on = power.on();
  await clock.sleep(150);
  pdu.world.hanging = false;
  await on;
  t.equal(pdu.world.outlet, 'on');
});

t.test('an old state is waited out, one that stays is told as a stuck relay', async (t) => {
  await using pdu = await servePdu('netio');
  await using power = await openHttpPdu({ ...pdu.template, clock, settleMs: 2_000 });
  pdu.world.staleFor = 2;
  await power.off();
  t.equal(await power.state(), 'off');
  await power.on();
  pdu.world.stuck = true;
  await using hasty = await openHttpPdu({ ...pdu.template, clock, settleMs: 100 });
  await t.rejects(hasty.off(), {
    code: 'PORT_TIMEOUT',
    port: 'power',
    domain: 'bench',
    message: /took the order.*not say that it is off/,
    hint: /stuck/,
  });
});

t.test('what will not pass is told at once, and shows no password', async (t) => {
  await using pdu = await servePdu('tasmota');
  const { auth: _, ...template } = pdu.template;
  const wrong = await failure(
    openHttpPdu({ ...template, auth: { kind: 'template', password: 'wrong one' }, clock }),
  );
  t.match(wrong, { code: 'CREDENTIALS_REFUSED', port: 'power', message: /401/, hint: /auth/ });
  t.notMatch(JSON.stringify([wrong?.message, wrong?.hint]), /wrong one|wrong%20one/);
  await using power = await openHttpPdu({ ...pdu.template, clock });
  pdu.world.failing = { status: 404, times: 1 };
  const error = await failure(power.off());
  t.match(error, { code: 'PORT_PROTOCOL', message: /answers 404/, hint: /method and url/ });
  t.match(error?.message, /password=\{password\}/);
  t.ok(pdu.asked.some((one) => one.includes(encodeURIComponent(PASSWORD))));
  pdu.world.failing = { status: 302, times: 1 };
  t.match(await failure(power.state()), { code: 'PORT_PROTOCOL', hint: /redirects/ });
});

t.test('a device that hangs is a time-out of the bench', async (t) => {
  await using pdu = await servePdu('dli');
  await using power = await openHttpPdu({ ...pdu.template, clock, timeoutMs: 50, settleMs: 0 });
  pdu.world.hanging = true;
  t.match(await failure(power.state()), { code: 'PORT_TIMEOUT', domain: 'bench', message: /within 50 ms/ });
  pdu.world.hanging = false;
});

t.test('the state is found by pointer or pattern, or what is there is told', async (t) => {
  const by = (body: string, pointer: string) => readPduState(body, { pointer, on: 1, off: '0' });
  t.equal(by('{"a/b":[{"~":1}]}', '/a~1b/0/~0'), 'on');
  t.equal(by('{"a":" 0 "}', '/a'), 'off');
  t.throws(() => by('{"a":2}', '/a'), { code: 'PORT_PROTOCOL', message: /"2" at \/a/ });
  t.throws(() => by('{"a":{}}', '/a'), { message: /nothing at \/a/ });
  t.throws(() => by('<html>', '/a'), { message: /nothing at \/a/, hint: /<html>/ });
  t.throws(() => by('{}', '/constructor'), { message: /nothing/ }, 'nothing that every object has');
  const page = readPduState('outlet 3 <b>ON</b>', { pattern: 'outlet 3 <b>(\\w+)', on: 'on', off: 'off' });
  t.equal(page, 'on');
  t.throws(() => readPduState('x', { pattern: 'y', on: 1, off: 0 }), { message: /nothing by \/y\// });
});

t.test('it is asked how it stands, and nothing is switched', async (t) => {
  await using pdu = await servePdu('shelly');
  await using power = await openHttpPdu({ ...pdu.template, clock });
  await power.off();
  const before = pdu.asked.length;
  t.equal(await lookAtHttpPdu({ ...pdu.template, clock }), 'off');
  t.equal(pdu.world.outlet, 'off');
  t.equal(pdu.asked.length, before + 1);
});
