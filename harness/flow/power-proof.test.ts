import t from 'tap';
import { fakePower } from '../bench/fakes/power.ts';
import { fakeSerial } from '../bench/fakes/serial.ts';
import { systemClock as clock } from '../terms/clock.ts';
import { type ErrorCode, HarnessError } from '../terms/error.ts';
import type { Frame } from '../terms/frame.ts';
import { proveCut } from './power-proof.ts';

const FRAME: Frame = { width: 1, height: 1, format: 'png', bytes: new Uint8Array(), grabbedAt: 0 };

/** A recorder behind a relay that may be stuck; what of it answers is in `has`. */
function recorder() {
  const power = fakePower();
  const serial = fakeSerial({ clock });
  const world = { power: true, stuck: false, dead: false, http: true, picture: true, chatter: false };
  power.onChange((state) => {
    if (world.stuck) return;
    world.power = state === 'on';
    if (world.power && !world.dead) serial.print('\r\nU-Boot 1.3.4-30623\r\nStarting kernel ...\r\n');
  });
  const over = new AbortController();
  const talk = (async () => {
    while (!over.signal.aborted) {
      if (world.chatter && world.power) serial.print('log\r\n');
      await clock.sleep(5);
    }
  })();
  const on = () => world.power && !world.dead;
  const answer = async <T>(there: boolean, code: ErrorCode, value: T): Promise<T> => {
    if (there) return value;
    throw new HarnessError(code, `${code} says the test`);
  };
  return {
    world,
    power,
    serial,
    http: { activated: () => answer(on() && world.http, 'PORT_UNREACHABLE', true) },
    display: { frame: () => answer(on() && world.picture, 'FRAME_UNUSABLE', FRAME) },
    async [Symbol.asyncDispose]() {
      over.abort();
      await talk;
      await serial[Symbol.asyncDispose]();
    },
  };
}
const TIMES = { bootSigns: ['U-Boot'], darkMs: 60, lingerMs: 30, bootMs: 300, clock };

t.test('a cut is proved by console, HTTP and picture, each with its times', async (t) => {
  await using one = recorder();
  one.world.chatter = true;
  const { power, serial, http, display } = one;
  const proof = await proveCut({ power, serial, http, display, ...TIMES });
  t.match(
    proof.witnesses.map(({ by, told }) => [by, told]),
    [
      ['serial', /^silent while dark, boot text \d+ ms after the power$/],
      ['http', /^gone \d+ ms after the cut, back \d+ ms after the power$/],
      ['picture', /^gone \d+ ms after the cut, back \d+ ms after the power$/],
    ],
  );
  t.ok(proof.offAt <= proof.onAt);
  for (const { by, goneAt, backAt } of proof.witnesses) {
    if (by !== 'serial') t.ok(goneAt !== undefined && goneAt >= proof.offAt && goneAt <= proof.onAt);
    t.ok(backAt !== undefined && backAt >= proof.offAt);
  }
  t.equal(power.mains(), 'on');
});

t.test('nothing stands between the instant that is asked for and the cut', async (t) => {
  await using one = recorder();
  const { power, http } = one;
  const order: string[] = [];
  power.onChange((state) => void order.push(state));
  const asked = {
    activated() {
      order.push('asked');
      return http.activated();
    },
  };
  await proveCut({ power, http: asked, ...TIMES, upTo: async () => void order.push('instant') });
  t.same(order.slice(0, 3), ['asked', 'instant', 'off'], 'who witnesses is known before');
});

t.test('where the instant cannot be reached, nothing is cut', async (t) => {
  await using one = recorder();
  const { power, http } = one;
  const changes: string[] = [];
  power.onChange((state) => void changes.push(state));
  const upTo = () => Promise.reject(new HarnessError('STATE_NOT_REACHED', 'says the test'));
  await t.rejects(proveCut({ power, http, ...TIMES, upTo }), { code: 'STATE_NOT_REACHED' });
  t.same(changes, []);
});

t.test('the power stays off until the last witness has seen that it is', async (t) => {
  await using one = recorder();
  const { power, http, world } = one;
  let looks = 0;
  // A picture that comes twice more once the recorder is dark.
  const late = {
    frame: async () => {
      if (!world.power) looks += 1;
      if (world.power || looks < 3) return FRAME;
      throw new HarnessError('FRAME_UNUSABLE', 'no signal');
    },
  };
  const proof = await proveCut({ power, http, display: late, ...TIMES, darkMs: 0, goneMs: 60_000 });
  t.match(proof.witnesses, [{ by: 'http' }, { by: 'picture', told: /^gone \d+ ms/ }]);
  t.equal(looks, 3);
});

t.test('a relay that is stuck is the fault of the power port, whoever notices it', async (t) => {
  for (const [has, told] of [
    [{ http: true, picture: true, chatter: false }, /http: answered; picture: answered/],
    [{ http: false, picture: false, chatter: true }, /serial: printed \d+ ms after the cut/],
  ] as const) {
    await using one = recorder();
    Object.assign(one.world, has, { stuck: true });
    const { power, serial, http, display } = one;
    await t.rejects(proveCut({ power, serial, http, display, ...TIMES }), {
      code: 'PORT_PROTOCOL',
      port: 'power',
      domain: 'bench',
      message: told,
      hint: /relay is stuck/,
    });
    t.equal(power.mains(), 'on', 'the order is taken back');
  }
});

t.test('witnesses that disagree are told as such', async (t) => {
  await using one = recorder();
  const { power, http } = one;
  const old = { frame: async () => FRAME };
  await t.rejects(proveCut({ power, http, display: old, ...TIMES }), {
    code: 'PORT_PROTOCOL',
    message: /picture: answered \(but gone: http\)/,
    hint: /old picture/,
  });
});

t.test('a recorder of which nothing comes back is not blamed', async (t) => {
  await using one = recorder();
  const { power, serial, http, world } = one;
  power.onChange((state) => {
    world.dead = state === 'off' || world.dead;
  });
  await t.rejects(proveCut({ power, serial, http, ...TIMES, bootMs: 50 }), {
    code: 'PORT_TIMEOUT',
    port: 'power',
    domain: 'bench',
    hint: /relay may be stuck/,
  });
});

t.test('of what comes back in part the proof says which', async (t) => {
  await using one = recorder();
  const { power, serial, http, display, world } = one;
  power.onChange((state) => {
    if (state === 'off') world.picture = false;
  });
  const proof = await proveCut({ power, serial, http, display, ...TIMES, bootMs: 80 });
  t.match(proof.witnesses[2], { by: 'picture', told: /not back within 80 ms/ });
  t.notHas(proof.witnesses[2], { backAt: Number });
});

t.test('a console alone is enough, and nothing at all is not', async (t) => {
  await using one = recorder();
  const { power, serial } = one;
  t.match((await proveCut({ power, serial, ...TIMES })).witnesses, [{ by: 'serial', told: /boot text/ }]);
  await t.rejects(proveCut({ power, ...TIMES }), {
    code: 'PORT_UNREACHABLE',
    message: /nothing can witness/,
  });
  t.equal(power.mains(), 'on');
});

t.test('the power is given back after an error, and where a run is stopped', async (t) => {
  await using one = recorder();
  const { power } = one;
  let looks = 0;
  const broken = {
    activated: async () => {
      looks += 1;
      if (looks > 1) throw new HarnessError('PORT_CLOSED', 'the port was closed');
      return true;
    },
  };
  await t.rejects(proveCut({ power, http: broken, ...TIMES }), { code: 'PORT_CLOSED' });
  t.equal(power.mains(), 'on');
  const stop = new AbortController();
  const { http } = one;
  const cutting = proveCut({ power, http, ...TIMES, darkMs: 60_000, signal: stop.signal });
  while (power.mains() === 'on') await clock.sleep(1);
  stop.abort(new HarnessError('INTERRUPTED', 'stopped'));
  await t.rejects(cutting, { code: 'INTERRUPTED' });
  t.equal(power.mains(), 'on');
});
