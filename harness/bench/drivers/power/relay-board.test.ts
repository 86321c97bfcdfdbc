import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { powerContract } from '../../ports/power.contract.ts';
import { socatMissing } from '../serial/pair.fixture.ts';
import { LCUS_QUERY, lcusFrame, readLcusState } from './lcus.ts';
import { type BoardModel, openBoard } from './relay-board.fixture.ts';
import { lookAtRelayBoard, openRelayBoard } from './relay-board.ts';

const skip = socatMissing();
/** Time runs five times as fast for the driver: a board of a test needs no rest. */
const hasty = { ...clock, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms / 5, signal) };
const open = (board: BoardModel, contact: 'normally-closed' | 'normally-open', channel = 1) =>
  openRelayBoard({ path: board.path, channel, contact, clock: hasty });

for (const [contact, answers] of [
  ['normally-closed', 'none'],
  ['normally-closed', 'text'],
  ['normally-open', 'bytes'],
] as const) {
  const name = `relay-board, ${contact}, ${answers === 'none' ? 'no answers' : `answers in ${answers}`}`;
  if (skip !== false) {
    t.test(`power contract: ${name}`, { skip }, async () => undefined);
    continue;
  }
  powerContract(t, name, async () => {
    const board = await openBoard({ channels: 2, answers });
    const power = await open(board, contact, 2);
    return {
      power,
      mains: () => board.mains(2, contact),
      vanish: () => board.unplug(),
      async [Symbol.asyncDispose]() {
        await power[Symbol.asyncDispose]();
        await board[Symbol.asyncDispose]();
      },
    };
  });
}

t.test('frames are those of the makers', async (t) => {
  const frame = (channel: number, energised: boolean) =>
    Buffer.from(lcusFrame(channel, energised)).toString('hex');
  t.equal(frame(1, true), 'a00101a2');
  t.equal(frame(1, false), 'a00100a1');
  t.equal(frame(2, true), 'a00201a3');
  t.equal(frame(2, false), 'a00200a2');
  t.equal(frame(8, true), 'a00801a9');
  t.equal(Buffer.from(LCUS_QUERY).toString('hex'), 'ff');
  const text = Buffer.from('CH1: ON\r\nCH2: OFF\r\nCH3:ON \r\n');
  t.same(
    [1, 2, 3, 4].map((channel) => readLcusState(text, channel)),
    [true, false, true, undefined],
  );
  t.equal(readLcusState(Buffer.from('CH1: O'), 1), undefined, 'half a line');
  t.equal(readLcusState(Buffer.from('CH1: ON\r\nCH10: OFF\r\n'), 10), false);
  t.same(
    [1, 2, 3].map((channel) => readLcusState(Uint8Array.of(1, 0), channel)),
    [true, false, undefined],
  );
});

t.test('only its own channel is switched, and opening leaves the recorder on', { skip }, async (t) => {
  await using board = await openBoard({ channels: 4, answers: 'none' });
  board.coils.fill(true);
  const power = await open(board, 'normally-closed', 3);
  t.same(board.coils, [true, true, false, true]);
  t.match(power, { cuts: true, safeState: 'on' });
  await power.off();
  await power[Symbol.asyncDispose]();
  t.same(board.coils, [true, true, false, true]);
  t.equal(board.sent(), 'a00300a3ffa00300a3a00301a4a00300a3');
});

t.test('it is asked how it stands, and nothing is switched', { skip }, async (t) => {
  for (const [answers, contact, state] of [
    ['text', 'normally-closed', 'off'],
    ['bytes', 'normally-open', 'on'],
    ['none', 'normally-closed', 'untold'],
  ] as const) {
    await using board = await openBoard({ channels: 2, answers });
    board.coils.fill(true);
    t.equal(await lookAtRelayBoard({ path: board.path, channel: 2, contact, clock: hasty }), state);
    t.same(board.coils, [true, true]);
    t.equal(board.sent(), 'ff');
  }
});

t.test('a relay that does not follow is the fault of the bench', { skip }, async (t) => {
  await using board = await openBoard({ channels: 1, answers: 'text' });
  await using power = await open(board, 'normally-closed');
  board.starve();
  await t.rejects(power.off(), {
    code: 'PORT_PROTOCOL',
    port: 'power',
    domain: 'bench',
    message: /ordered off, the board says on/,
    hint: /supply of the board/,
  });
});

t.test('a board that was unplugged and is back does as it was told last', { skip }, async (t) => {
  await using board = await openBoard({ channels: 1, answers: 'text' });
  await using power = await open(board, 'normally-open');
  t.equal(board.mains(1, 'normally-open'), 'on');
  await board.unplug();
  t.equal(board.mains(1, 'normally-open'), 'off', 'its relays are released');
  await t.rejects(power.state(), { code: 'PORT_UNREACHABLE', hint: /plug .*in/i });
  await board.replug();
  t.equal(await power.state(), 'on');
  t.equal(board.mains(1, 'normally-open'), 'on');
});

t.test('a board that is not there is told at once', async (t) => {
  await t.rejects(
    openRelayBoard({ path: '/dev/absent-relay', channel: 1, contact: 'normally-closed', clock }),
    { code: 'PORT_UNREACHABLE', port: 'power', hint: /plug the adapter in/i },
  );
});

t.test('a board that is not there is told as the power, not as a console', async (t) => {
  await t.rejects(
    openRelayBoard({ path: '/dev/absent-board', channel: 1, contact: 'normally-closed', clock }),
    { code: 'PORT_UNREACHABLE', port: 'power', message: /of the port power cannot be opened/ },
  );
});
