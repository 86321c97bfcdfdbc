import t from 'tap';
import { handsContract } from '../ports/hands.contract.ts';
import { mailboxContract } from '../ports/mailbox.contract.ts';
import { networkContract } from '../ports/network.contract.ts';
import { operatorContract } from '../ports/operator.contract.ts';
import { powerContract } from '../ports/power.contract.ts';
import { sadpContract } from '../ports/sadp.contract.ts';
import { scannerContract } from '../ports/scanner.contract.ts';
import { serialContract } from '../ports/serial.contract.ts';
import { usbContract } from '../ports/usb.contract.ts';
import { handClock } from './clock.ts';
import { fakeHands } from './hands.ts';
import { fakeMailbox } from './mailbox.ts';
import { fakeNetwork } from './network.ts';
import { fakeOperator } from './operator.ts';
import { fakePower } from './power.ts';
import { fakeSadp } from './sadp.ts';
import { fakeScanner } from './scanner.ts';
import { fakeSerial } from './serial.ts';
import { fakeUsb } from './usb.ts';

mailboxContract(t, 'fake', async () => {
  const clock = handClock();
  const mailbox = fakeMailbox({ clock });
  return {
    mailbox,
    deliver: async (mail) => void mailbox.deliver(mail),
    elapse: clock.advance,
    vanish: async () => mailbox.vanish(),
    [Symbol.asyncDispose]: () => Promise.resolve(mailbox[Symbol.asyncDispose]()),
  };
});

serialContract(t, 'fake', async (options) => {
  const clock = handClock();
  const serial = fakeSerial({ clock, ...options });
  return {
    serial,
    print: async (bytes) => serial.print(bytes),
    onCommand: serial.onCommand,
    unplug: async () => serial.unplug(),
    replug: async () => serial.replug(),
    elapse: clock.advance,
    [Symbol.asyncDispose]: () => Promise.resolve(serial[Symbol.asyncDispose]()),
  };
});

powerContract(t, 'fake', async () => {
  const power = fakePower();
  return {
    power,
    mains: power.mains,
    vanish: async () => power.vanish(),
    [Symbol.asyncDispose]: () => power[Symbol.asyncDispose](),
  };
});

usbContract(t, 'fake', async () => {
  const usb = fakeUsb();
  return {
    usb,
    write: async (name, bytes) => usb.write(name, bytes),
    seen: usb.seen,
    vanish: async () => usb.vanish(),
    [Symbol.asyncDispose]: () => usb[Symbol.asyncDispose](),
  };
});

networkContract(t, 'fake', async () => {
  const network = fakeNetwork();
  return {
    network,
    linked: network.linked,
    vanish: async () => network.vanish(),
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
});

sadpContract(t, 'fake', async () => {
  const sadp = fakeSadp();
  return { sadp, answers: sadp.answers, [Symbol.asyncDispose]: () => sadp[Symbol.asyncDispose]() };
});

handsContract(t, 'fake', async () => {
  let value = '';
  const memory = {
    get: () => value,
    set: (next: string) => {
      value = next;
    },
  };
  const hands = fakeHands(memory, ['a-defect']);
  return {
    hands,
    memory,
    age: hands.age,
    route: hands.route,
    defect: { id: 'a-defect', meet: async () => hands.meet('a-defect') },
    vanish: async () => hands.vanish(),
    [Symbol.asyncDispose]: () => hands[Symbol.asyncDispose](),
  };
});

scannerContract(t, 'fake', async () => {
  const scanner = fakeScanner();
  return {
    scanner,
    expectScan: scanner.expectScan,
    scans: scanner.scans,
    vanish: async () => scanner.vanish(),
    [Symbol.asyncDispose]: () => scanner[Symbol.asyncDispose](),
  };
});

operatorContract(t, 'fake', async () => {
  const operator = fakeOperator();
  return {
    operator,
    answer: operator.answer,
    tooLong: async () => undefined,
    [Symbol.asyncDispose]: () => operator[Symbol.asyncDispose](),
  };
});

t.test(
  'the fake operator complains of answers that nobody asked for, and tells what was asked',
  async (t) => {
    const operator = fakeOperator();
    const prompt = { id: 'a', title: 'A?', kind: 'text', pattern: 'x', example: 'x' } as const;
    operator.answer('a', { value: 'y' });
    operator.answer('never', { value: 'x' });
    await t.rejects(operator.ask(prompt, { timeoutMs: 1 }), { code: 'CONFIG_INVALID' });
    t.same(operator.prompts(), [prompt]);
    await t.rejects(async () => operator[Symbol.asyncDispose](), { code: 'USAGE', message: /never/ });
  },
);

t.test('the fake scanner complains of scans that were scripted and never came, and of others', async (t) => {
  const scanner = fakeScanner();
  scanner.expectScan('a', { accepted: true, message: 'never' });
  await t.rejects(scanner.scan({ payload: 'b' }), { code: 'USAGE', message: /"b"/ });
  await t.rejects(Promise.resolve(scanner[Symbol.asyncDispose]()), { code: 'USAGE', message: /never/ });
});

t.test('the fake recorder cannot write to a drive that is out', async (t) => {
  const usb = fakeUsb();
  t.throws(() => usb.write('x', new Uint8Array()), { code: 'USAGE' });
});

t.test('the fake power tells of changes only', async (t) => {
  const power = fakePower();
  const seen: string[] = [];
  power.onChange((state) => seen.push(state));
  await power.on();
  await power.off();
  await power[Symbol.asyncDispose]();
  t.same(seen, ['off', 'on']);
});

t.test(
  'the hand clock wakes sleepers in order, each at its instant, also those who sleep again',
  async (t) => {
    const clock = handClock(1000);
    const seen: string[] = [];
    const sleeper = async (name: string, ...naps: number[]) => {
      for (const nap of naps) {
        await clock.sleep(nap);
        seen.push(`${name} ${clock.now()} ${clock.monotonic()}`);
      }
    };
    const all = [sleeper('b', 20), sleeper('a', 10, 5, 50), sleeper('c', 40)];
    await clock.advance(39);
    t.same(seen, ['a 1010 10', 'a 1015 15', 'b 1020 20']);
    t.equal(clock.now(), 1039);
    t.equal(clock.sleepers(), 2);
    await clock.advance(100);
    await Promise.all(all);
    t.same(seen.slice(3), ['c 1040 40', 'a 1065 65']);
    t.equal(clock.monotonic(), 139);
  },
);

t.test('the hand clock lets go of a sleeper whose signal says so', async (t) => {
  const clock = handClock();
  const stop = new AbortController();
  const sleep = clock.sleep(10, stop.signal);
  stop.abort(new Error('enough'));
  await t.rejects(sleep, { message: 'enough' });
  t.equal(clock.sleepers(), 0);
  await t.rejects(clock.sleep(1, stop.signal), { message: 'enough' });
});
