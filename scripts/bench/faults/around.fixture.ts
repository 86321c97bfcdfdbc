// Faults around the recorder: people, phone, typing chip, IMAP server, clock.
import {
  type CabledChip,
  notingHost,
  openCabledChip,
} from '../../../harness/bench/drivers/display/ch9329.fixture.ts';
import { type Ch9329, openCh9329 } from '../../../harness/bench/drivers/display/ch9329.ts';
import { deliver } from '../../../harness/bench/drivers/mailbox/delivery.fixture.ts';
import {
  type Dovecot,
  startDovecot,
  withoutDovecot,
} from '../../../harness/bench/drivers/mailbox/dovecot.fixture.ts';
import { openImap } from '../../../harness/bench/drivers/mailbox/imap.ts';
import { type Desk, openDesk } from '../../../harness/bench/drivers/operator/desk.ts';
import type { Way } from '../../../harness/bench/drivers/operator/way.ts';
import { type AppWays, openAppium } from '../../../harness/bench/drivers/scanner/appium.ts';
import { openOperatorScanner } from '../../../harness/bench/drivers/scanner/operator.ts';
import { type FixturePhone, servePhone } from '../../../harness/bench/drivers/scanner/webdriver.fixture.ts';
import { type Clock, systemClock as clock } from '../../../harness/terms/clock.ts';
import { type BenchFault, faultsOf, type Scene } from './fault.ts';
import { type Gate, openGate } from './gate.ts';
import { ADDRESS } from './stage.ts';

/** A healthy peer answers in so long, also on a busy machine, ms. */
const ANSWER_MS = 4000;
interface Person {
  answers: boolean;
  there: boolean;
}
/** Whoever is asked says that the app sent the code, or nothing. */
function person(world: Person): Way {
  return {
    show(_, reply) {
      if (!world.there) return undefined;
      if (world.answers) queueMicrotask(() => reply.answer({ value: 'sent', by: 'a person', way: 'page' }));
      return { over: () => undefined };
    },
    async [Symbol.asyncDispose]() {},
  };
}
const showAndScan: Scene<unknown>['test'] = async ({ lab, expect }) => {
  const { finding } = await lab.showQr();
  const answer = await lab.scan(finding.text);
  expect(answer.accepted, 'the scan is taken').toBe(true);
};
const people = faultsOf<Person & { desk: Desk }>(
  {
    scene: 'operator',
    port: 'operator',
    names: /operator|answer|prompt|nobody/i,
    needs: 'reserved',
    async set(_, on) {
      const world = { answers: true, there: true };
      return Object.assign(world, { desk: on.use(openDesk({ ways: [person(world)], clock })) });
    },
    async open({ desk }, _, on) {
      const operator = on.use(await desk.at('stage'));
      return { operator, scanner: on.use(openOperatorScanner({ operator, timeoutMs: ANSWER_MS })) };
    },
    test: showAndScan,
  },
  [
    {
      id: 'operator-never-answers',
      what: 'The operator is asked to scan, and never answers',
      when: 'case',
      expected: { verdict: 'error', domain: 'operator' },
      inject: (world) => {
        world.answers = false;
      },
    },
    {
      id: 'operator-absent',
      what: 'Nobody can be asked',
      when: 'case',
      expected: { verdict: 'error', domain: 'operator' },
      inject: (world) => {
        world.there = false;
      },
    },
  ],
);

const id = (value: string) => ({ using: 'id', value });
const APP: AppWays = {
  name: 'plain',
  from: '1.0.0',
  texts: { en: { sent: 'It was sent' } },
  locators: Object.fromEntries(
    ['visitor', 'reset', 'camera', 'sent', 'refused'].map((one) => [one, id(one)]),
  ),
  visitor: [{ tap: 'visitor' }],
  account: [],
  menu: [{ tap: 'reset' }, { waitFor: 'camera' }],
  sent: ['sent'],
  refused: ['refused'],
};
interface Phone {
  readonly server: FixturePhone;
  /** What befalls it as the camera is open. */
  trouble: Parameters<FixturePhone['trouble']>[0];
}
const phone = faultsOf<Phone>(
  {
    scene: 'appium',
    port: 'scanner',
    names: /phone|appium|app|session/i,
    needs: 'reserved',
    async set(_, on) {
      const seen = () => {
        world.server.trouble(world.trouble);
        return { items: { sent: 'It was sent' } };
      };
      const server = on.use(
        await servePhone({
          start: { items: { visitor: 'Visitor' }, next: { visitor: 'menu' } },
          menu: { items: { reset: 'Reset' }, next: { reset: 'camera' } },
          camera: { items: { camera: 'Scan' }, leaves: seen },
        }),
      );
      const world: Phone = { server, trouble: undefined };
      return world;
    },
    async open({ server: { url } }, _, on) {
      const app = { appVersion: '1.2.3', language: 'en', apps: [APP], capabilities: {} };
      return {
        scanner: on.use(openAppium({ ...app, url, clock, screenMs: ANSWER_MS, resultMs: ANSWER_MS })),
      };
    },
    test: showAndScan,
  },
  [
    {
      id: 'appium-down',
      what: 'The Appium server is down',
      when: 'case',
      inject: ({ server }) => server[Symbol.asyncDispose](),
    },
    {
      id: 'phone-refused',
      what: 'Appium begins no session: the phone is not connected',
      when: 'case',
      inject: ({ server }) => server.trouble('refuses'),
    },
    {
      id: 'phone-gone',
      what: 'The phone is unplugged while its camera is open',
      when: 'case',
      inject: (world) => {
        world.trouble = 'gone';
      },
    },
    {
      id: 'appium-session-lost',
      what: 'Appium knows the session no more while the camera is open',
      when: 'case',
      inject: (world) => {
        world.trouble = 'lost';
      },
    },
  ],
);

interface Chipped {
  readonly cable: CabledChip;
}
const chipSeen: { chip?: Ch9329 } = {};
const chip = faultsOf<Chipped>(
  {
    scene: 'ch9329',
    port: 'display',
    names: /ch9329|chip|serial/i,
    set: async (_, on) => ({ cable: on.use(await openCabledChip({ host: notingHost() })) }),
    async open({ cable: { path } }, _, on) {
      chipSeen.chip = on.use(await openCh9329({ path, baudRate: 9600, clock, answerMs: ANSWER_MS }));
      return {};
    },
    async test({ expect }) {
      await chipSeen.chip?.info();
      expect(true, 'the chip answers').toBe(true);
    },
  },
  [
    {
      id: 'ch9329-absent',
      what: 'The chip that types does not answer when it is looked for',
      when: 'open',
      inject: ({ cable }) => cable.spoil(() => undefined),
    },
    {
      id: 'ch9329-silent',
      what: 'The chip that types falls silent',
      when: 'case',
      inject: ({ cable }) => cable.spoil(() => undefined),
    },
    {
      id: 'ch9329-garbage',
      what: 'The chip that types answers garbage',
      when: 'case',
      inject: ({ cable }) => cable.spoil((answer) => answer.map((byte) => byte ^ 0x5a)),
    },
    {
      id: 'ch9329-unplugged',
      what: 'The adapter of the chip that types is pulled out',
      when: 'case',
      inject: ({ cable }) => cable.unplug(),
    },
  ],
);

interface Imap {
  readonly server: Dovecot;
  readonly gate: Gate;
  password: string;
}
const MAIL = { from: 'service@mail.example', to: [ADDRESS], subject: 'code', text: 'K7MPQ2XW' };
const imap = faultsOf<Imap>(
  {
    scene: 'imap',
    port: 'mailbox',
    names: /mail|imap/i,
    missing: withoutDovecot,
    async set(_, on) {
      const server = on.use(await startDovecot({ quota: 100 }));
      return { server, gate: on.use(await openGate(server.imaps)), password: server.password };
    },
    async open({ server, gate, password }, _, on) {
      const tls = { fingerprint: server.certificate.fingerprint };
      const place = { host: server.host, port: gate.port, security: 'tls', tls, folder: 'INBOX' } as const;
      const more = { user: server.user, password, mails: 'new', clock, reconnectMs: ANSWER_MS } as const;
      const mailbox = on.use(await openImap({ ...place, ...more }));
      imapSeen.server = server;
      return { mailbox };
    },
    async test({ mailbox, expect, pause }, { at }) {
      const waiting = mailbox.wait(ADDRESS, { known: [], timeoutMs: 2 * ANSWER_MS });
      waiting.catch(() => undefined);
      // By now the driver lies in IDLE.
      await pause(300);
      await at('scan');
      if (imapSeen.server !== undefined) await deliver(imapSeen.server.lmtp, MAIL).catch(() => undefined);
      expect((await waiting).subject, 'the subject of the mail').toBe('code');
    },
  },
  [
    {
      id: 'imap-absent',
      what: 'The IMAP server is down',
      when: 'open',
      inject: ({ gate }) => gate.set({ kind: 'gone' }),
    },
    {
      id: 'imap-wrong-password',
      what: 'The IMAP server refuses the password of the lab',
      when: 'open',
      inject: (world) => {
        world.password = 'no';
      },
    },
    {
      id: 'imap-dropped-in-idle',
      what: 'The IMAP server drops the connection in IDLE, and does not come back',
      when: 'scan',
      inject: ({ gate }) => gate.set({ kind: 'gone' }),
    },
    {
      id: 'imap-dropped-once',
      what: 'The IMAP connection is dropped in IDLE, and the server takes a new one',
      when: 'scan',
      expected: { verdict: 'pass' },
      async inject({ gate }) {
        await gate.set({ kind: 'gone' });
        await gate.set({ kind: 'passes' });
      },
    },
    {
      id: 'mailbox-full',
      what: 'The mailbox of the lab is full, and its server refuses the mail',
      when: 'scan',
      async inject({ server }) {
        const rest = { ...MAIL, to: ['other@lab.example'] };
        await deliver(server.lmtp, { ...rest, text: `${'x'.repeat(70)}\n`.repeat(1250) });
        for (let mails = 0; mails < 20; mails += 1) {
          const isTaken = await deliver(server.lmtp, { ...rest, text: 'x'.repeat(60) }).then(
            () => true,
            () => false,
          );
          if (!isTaken) break;
        }
      },
    },
  ],
);
const imapSeen: { server?: Dovecot } = {};

interface Jumping {
  jump: number;
}
const HOUR_MS = 3_600_000;
const time = faultsOf<Jumping>(
  {
    scene: 'clock',
    port: 'clock',
    names: /clock|time/i,
    needs: 'reserved',
    set: async () => ({ jump: 0 }),
    async open(world) {
      const jumping: Clock = { ...clock, now: () => clock.now() + world.jump };
      return { clock: jumping };
    },
    async test({ lab, address, expect }, { at }) {
      const { finding } = await lab.showQr();
      const known = await lab.known(address);
      expect((await lab.scan(finding.text)).accepted, 'the app takes the QR').toBe(true);
      await at('scan');
      const code = lab.codeOf(await lab.mailFor(address, known));
      expect(code.length, 'length of the mailed code').toBe(8);
    },
  },
  [
    {
      id: 'clock-jumps-ahead',
      what: 'The clock of the bench jumps an hour ahead while the mail is waited for',
      when: 'scan',
      expected: { verdict: 'pass' },
      inject: (world) => {
        world.jump = HOUR_MS;
      },
    },
    {
      id: 'clock-jumps-back',
      what: 'The clock of the bench jumps an hour back while the mail is waited for',
      when: 'scan',
      expected: { verdict: 'pass' },
      inject: (world) => {
        world.jump = -HOUR_MS;
      },
    },
  ],
);

export const AROUND: readonly BenchFault[] = [...people, ...phone, ...chip, ...imap, ...time];
