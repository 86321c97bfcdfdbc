// Faults of the power: an outlet over HTTP and a relay board, both wired to the mains of the twin.
import { openHttpPdu } from '../../../harness/bench/drivers/power/http-pdu.ts';
import { type Pdu, servePdu } from '../../../harness/bench/drivers/power/pdu.fixture.ts';
import { type BoardModel, openBoard } from '../../../harness/bench/drivers/power/relay-board.fixture.ts';
import { openRelayBoard } from '../../../harness/bench/drivers/power/relay-board.ts';
import { socatMissing } from '../../../harness/bench/drivers/serial/pair.fixture.ts';
import type { Power } from '../../../harness/bench/ports/power.ts';
import { systemClock as clock } from '../../../harness/terms/clock.ts';
import { type BenchFault, faultsOf, type Scene } from './fault.ts';

/** How often the mains follow the contact, ms. */
const FOLLOW_MS = 30;
const POWER = /power|relay|outlet|switch/i;

/** The supply of the twin behind a contact, until it is closed. */
function wire(mains: Power, contact: () => 'on' | 'off'): AsyncDisposable & { cut(): void } {
  let last: 'on' | 'off' = 'on';
  let busy: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    const now = contact();
    if (now === last) return;
    last = now;
    busy = busy.then(() => mains[now]()).catch(() => undefined);
  }, FOLLOW_MS);
  const cut = () => clearInterval(timer);
  return {
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      await busy;
      await mains.on();
    },
  };
}

const cycle: Scene<unknown>['test'] = async ({ cutPower, http, expect }) => {
  await cutPower();
  expect(await http.activated(), 'the recorder is active after the cut').toBe(true);
};

interface Outlet {
  readonly pdu: Awaited<ReturnType<typeof servePdu>>;
  readonly cable: ReturnType<typeof wire>;
  wrong: boolean;
}
const world = ({ pdu }: Outlet): Pdu['world'] => pdu.world;

const outlets = faultsOf<Outlet>(
  {
    scene: 'pdu',
    port: 'power',
    names: POWER,
    async set({ mains }, on) {
      const pdu = on.use(await servePdu('shelly'));
      return { pdu, cable: on.use(wire(mains, () => pdu.world.outlet)), wrong: false };
    },
    async open({ pdu, wrong }, _, on) {
      const { auth, ...template } = pdu.template;
      const access = wrong ? { kind: 'basic' as const, user: 'bench', password: 'no' } : auth;
      const options = { ...template, auth: access, timeoutMs: 3000, settleMs: 4000 };
      return { power: on.use(await openHttpPdu({ ...options, clock })) };
    },
    test: cycle,
  },
  [
    {
      id: 'pdu-absent',
      what: 'The outlet is not on the network',
      when: 'open',
      inject: ({ pdu }) => pdu.vanish(),
    },
    {
      id: 'pdu-wrong-password',
      what: 'The outlet refuses the password of the bench',
      when: 'open',
      inject: (one) => {
        one.wrong = true;
      },
    },
    {
      id: 'pdu-gone',
      what: 'The outlet goes off the network',
      when: 'case',
      inject: ({ pdu }) => pdu.vanish(),
    },
    {
      id: 'pdu-500',
      what: 'The outlet answers 500 to every request',
      when: 'case',
      inject: (one) => {
        world(one).failing = { status: 500, times: 10_000 };
      },
    },
    {
      id: 'pdu-slow',
      what: 'The outlet takes requests and answers none',
      when: 'case',
      inject: (one) => {
        world(one).hanging = true;
      },
    },
    {
      id: 'pdu-stuck',
      what: 'The outlet confirms orders, and its contact stays',
      when: 'case',
      inject: (one) => {
        world(one).stuck = true;
      },
    },
    {
      id: 'pdu-stale',
      what: 'The state that the outlet tells is an old one',
      when: 'case',
      inject: (one) => {
        world(one).staleFor = 10_000;
      },
    },
    {
      id: 'pdu-lies',
      what: 'The outlet confirms orders and tells the state asked for, and the recorder hangs on another one',
      when: 'case',
      inject: ({ cable }) => cable.cut(),
    },
  ],
);

interface Board {
  readonly board: BoardModel;
  readonly cable: ReturnType<typeof wire>;
}
const boards = faultsOf<Board>(
  {
    scene: 'relay-board',
    port: 'power',
    names: POWER,
    missing: socatMissing,
    async set({ mains }, on) {
      const board = on.use(await openBoard({ channels: 1, answers: 'text' }));
      return { board, cable: on.use(wire(mains, () => board.mains(1, 'normally-closed'))) };
    },
    open: async ({ board: { path } }, _, on) => ({
      power: on.use(await openRelayBoard({ path, channel: 1, contact: 'normally-closed', clock })),
    }),
    test: cycle,
  },
  [
    {
      id: 'board-absent',
      what: 'The relay board is not plugged in',
      when: 'open',
      inject: ({ board }) => board.unplug(),
    },
    {
      id: 'board-unplugged',
      what: 'The relay board is unplugged',
      when: 'case',
      inject: ({ board }) => board.unplug(),
    },
    {
      id: 'board-welded',
      what: 'The contact of the relay is welded, and its coil follows',
      when: 'case',
      inject: ({ board }) => board.weld(1),
    },
    {
      id: 'board-starved',
      what: 'The coils of the relay board do not follow orders',
      when: 'case',
      inject: ({ board }) => board.starve(),
    },
  ],
);

export const SWITCHES: readonly BenchFault[] = [...outlets, ...boards];
