// Faults of what comes to the bench by wires and networks: console, HTTP to the recorder, mailbox, app.
import { openHttp } from '../../../harness/bench/drivers/http/http.ts';
import { openEmbeddedMailbox } from '../../../harness/bench/drivers/mailbox/embedded.ts';
import { openMailHog } from '../../../harness/bench/drivers/mailbox/mailhog.ts';
import { withProbe } from '../../../harness/bench/drivers/mailbox/probe.ts';
import { openRecoveryMail } from '../../../harness/bench/drivers/scanner/recovery-mail.ts';
import { openRelayScanner } from '../../../harness/bench/drivers/scanner/relay.ts';
import { openTcpSerial } from '../../../harness/bench/drivers/serial/network.ts';
import {
  answerLines,
  openPair,
  type Pair,
  socatMissing,
} from '../../../harness/bench/drivers/serial/pair.fixture.ts';
import {
  type Ser2net,
  ser2netMissing,
  startSer2net,
} from '../../../harness/bench/drivers/serial/ser2net.fixture.ts';
import { openSerial } from '../../../harness/bench/drivers/serial/tty.ts';
import { systemClock as clock } from '../../../harness/terms/clock.ts';
import { type BenchFault, faultsOf, type Scene } from './fault.ts';
import { type Gate, httpAnswer, openGate } from './gate.ts';

/** A healthy peer answers in so long, also on a busy machine, ms. */
const ANSWER_MS = 4000;
const HELP = 'help prtHardInfo getIp\r\n';
const SERIAL = /console|serial|tty|adapter/i;
const askConsole: Scene<unknown>['test'] = async ({ serial, expect }) => {
  const help = await serial.command('help', { timeoutMs: ANSWER_MS });
  expect(help, 'the answer to help').toContain('getIp');
};

async function consolePair(): Promise<Pair> {
  const pair = await openPair();
  answerLines(pair)('help', HELP);
  return pair;
}
/** Bytes as a line of 115200 Bd gives them to an adapter of 9600 Bd, or an adapter that is broken. */
const noise = (length: number) => Uint8Array.from({ length }, (_, at) => 0x80 | ((at * 73) & 0x7f));

const tty = faultsOf<Pair>(
  {
    scene: 'adapter',
    port: 'serial',
    names: SERIAL,
    missing: socatMissing,
    set: async (_, on) => on.use(await consolePair()),
    open: async ({ path }, _, on) => ({
      serial: on.use(await openSerial({ path, baudRate: 115_200, clock, reopenMs: 0 })),
    }),
    test: askConsole,
  },
  [
    { id: 'adapter-absent', what: 'No adapter is plugged in', when: 'open', inject: (pair) => pair.unplug() },
    {
      id: 'adapter-unplugged',
      what: 'The adapter is unplugged',
      when: 'case',
      inject: (pair) => pair.unplug(),
    },
    {
      id: 'adapter-garbage',
      what: 'The adapter gives garbage, as at a wrong baud rate',
      when: 'case',
      inject: (pair) => {
        pair.onTyped(() => void pair.print(noise(600)));
        return pair.print(noise(600));
      },
    },
  ],
);

interface Served {
  readonly pair: Pair;
  readonly server: Ser2net;
}
const served = (protocol: 'raw' | 'rfc2217') =>
  faultsOf<Served>(
    {
      scene: `ser2net-${protocol}`,
      port: 'serial',
      names: SERIAL,
      missing: ser2netMissing,
      async set(_, on) {
        const pair = on.use(await consolePair());
        return { pair, server: on.use(await startSer2net(pair.path)) };
      },
      open: async ({ server }, _, on) => ({
        serial: on.use(
          await openTcpSerial({
            host: '127.0.0.1',
            port: server[protocol],
            protocol,
            baudRate: 115_200,
            clock,
            reopenMs: 0,
          }),
        ),
      }),
      test: askConsole,
    },
    [
      {
        id: `ser2net-${protocol}-absent`,
        what: `No ser2net serves the console (${protocol})`,
        when: 'open',
        inject: ({ server }) => server.stop(),
      },
      {
        id: `ser2net-${protocol}-killed`,
        what: `ser2net ends while the console is read (${protocol})`,
        when: 'case',
        inject: ({ server }) => server.stop(),
      },
      {
        id: `ser2net-${protocol}-half-open`,
        what: `The connection stays open, and ser2net does nothing more (${protocol})`,
        when: 'case',
        inject: ({ server }) => server.freeze(),
      },
    ],
  );

const http = faultsOf<Gate>(
  {
    scene: 'http',
    port: 'http',
    names: /http/i,
    set: async ({ at }, on) => on.use(await openGate(Number(new URL(at.http).port))),
    open: async ({ url }, _, on) => ({
      http: on.use(openHttp({ baseUrl: url, timeoutMs: ANSWER_MS, clock, bootGraceMs: 0 })),
    }),
    async test({ http: recorder, admin, expect }) {
      const { http: status } = await recorder.userCheck(admin);
      expect(status, 'userCheck of admin').toBe(200);
    },
  },
  [
    {
      id: 'http-blocked',
      what: "The bench's network refuses connections to the recorder",
      when: 'case',
      inject: (gate) => gate.set({ kind: 'gone' }),
    },
    {
      id: 'http-dropped',
      what: "A firewall of the bench swallows what goes to the recorder's HTTP port",
      when: 'case',
      inject: (gate) => gate.set({ kind: 'silent' }),
    },
    {
      id: 'http-cut',
      what: 'Connections to the recorder are cut in the middle of a request',
      when: 'case',
      inject: (gate) => gate.set({ kind: 'cuts' }),
    },
    {
      id: 'http-garbage',
      what: 'Something that speaks no HTTP answers at the address of the recorder',
      when: 'case',
      inject: (gate) => gate.set({ kind: 'says', text: 'SSH-2.0-OpenSSH_9.2\r\n' }),
    },
  ],
);

interface Dead {
  url: string;
}
const names = faultsOf<Dead>(
  {
    scene: 'dns',
    port: 'http',
    names: /http/i,
    set: async ({ at }) => ({ url: at.http }),
    open: async ({ url }, _, on) => ({
      http: on.use(openHttp({ baseUrl: url, timeoutMs: ANSWER_MS, clock, bootGraceMs: 0 })),
    }),
    async test({ http: recorder, admin, expect }) {
      const { http: status } = await recorder.userCheck(admin);
      expect(status, 'userCheck of admin').toBe(200);
    },
  },
  [
    {
      id: 'dns-dead',
      what: "The recorder's name does not resolve",
      when: 'open',
      // A label of more than 63 bytes: no resolver asks anybody for it.
      inject: (world) => {
        world.url = `http://${'x'.repeat(64)}.lab`;
      },
    },
    {
      id: 'https-spoken-to-http',
      what: 'devices.yaml says https, and the port speaks http',
      when: 'open',
      inject: (world) => {
        world.url = world.url.replace('http:', 'https:');
      },
    },
  ],
);

const mailWay: Scene<unknown>['test'] = async ({ lab, address, expect }, { at }) => {
  const { finding } = await lab.showQr();
  const known = await lab.known(address);
  const answer = await lab.scan(finding.text);
  expect(answer.accepted, 'the app takes the QR').toBe(true);
  await at('scan');
  const code = lab.codeOf(await lab.mailFor(address, known));
  expect(code.length, 'length of the mailed code').toBe(8);
};

const mailbox = faultsOf<Gate>(
  {
    scene: 'mailbox',
    port: 'mailbox',
    names: /mail/i,
    needs: 'reserved',
    set: async ({ at }, on) => on.use(await openGate(Number(new URL(at.mailApi).port))),
    open: async ({ url }, _, on) => ({ mailbox: on.use(await openMailHog({ url, clock })) }),
    test: mailWay,
  },
  [
    {
      id: 'mailbox-absent',
      what: "The lab's mailbox is down",
      when: 'open',
      inject: (gate) => gate.set({ kind: 'gone' }),
    },
    {
      id: 'mailbox-down',
      what: "The lab's mailbox goes down before the mail comes",
      when: 'scan',
      inject: (gate) => gate.set({ kind: 'gone' }),
    },
    {
      id: 'mailbox-html',
      what: 'The mailbox answers with a page of HTML',
      when: 'scan',
      inject: (gate) => gate.set(httpAnswer(200, '<html>please log in</html>')),
    },
    {
      id: 'mailbox-500',
      what: 'The mailbox answers 500',
      when: 'scan',
      inject: (gate) => gate.set(httpAnswer(500, 'oops')),
    },
    {
      id: 'mailbox-nonsense',
      what: 'The mailbox answers with JSON of another shape',
      when: 'scan',
      inject: (gate) => gate.set(httpAnswer(200, '{"total":"many"}', 'application/json')),
    },
    {
      id: 'mailbox-slow',
      what: 'The mailbox takes requests and answers none',
      when: 'scan',
      inject: (gate) => gate.set({ kind: 'silent' }),
    },
  ],
);

const smtp = faultsOf<Gate>(
  {
    scene: 'smtp',
    port: 'mailbox',
    names: /mail/i,
    needs: 'reserved',
    set: async (stage) => stage.smtp,
    open: async () => ({}),
    test: mailWay,
  },
  [
    {
      id: 'smtp-down',
      what: "Nobody listens at the SMTP port of the lab's mailbox",
      when: 'case',
      inject: (gate) => gate.set({ kind: 'gone' }),
    },
    {
      id: 'smtp-421',
      what: "The lab's own server puts mails off with 421",
      when: 'case',
      inject: (gate) => gate.set({ kind: 'says', text: '421 4.3.2 try again later\r\n', greets: true }),
    },
    {
      id: 'smtp-554',
      what: "The lab's own server refuses mails with 554",
      when: 'case',
      inject: (gate) => gate.set({ kind: 'says', text: '554 5.7.1 no\r\n', greets: true }),
    },
    {
      id: 'smtp-swallows',
      what: "The lab's own server takes connections and never says a word",
      when: 'case',
      inject: (gate) => gate.set({ kind: 'silent' }),
    },
  ],
);

const lost = faultsOf<{ readonly gate: Gate; readonly elsewhere: number }>(
  {
    scene: 'mail-lost',
    port: 'mailbox',
    names: /mail/i,
    needs: 'reserved',
    async set({ smtp: gate }, on) {
      const { smtp: elsewhere } = on.use(await openEmbeddedMailbox({ clock }));
      return { gate, elsewhere: elsewhere.port };
    },
    async open({ gate }, { bench }) {
      const way = { host: '127.0.0.1', port: gate.port };
      return { mailbox: withProbe(bench.mailbox, { smtp: way, clock, timeoutMs: ANSWER_MS }) };
    },
    // As the case of CR31, which expects a mail.
    async test({ lab, address, profile, expect }) {
      const { finding } = await lab.showQr();
      const known = await lab.known(address);
      expect((await lab.scan(finding.text)).accepted, 'the app takes the QR').toBe(true);
      const timeoutMs = profile.mailWithinSeconds * 1000;
      const mail = await lab.mailWithin(address, { known, timeoutMs });
      expect(mail === undefined ? 'none' : 'a mail', 'what came to the reserved address').toBe('a mail');
    },
  },
  [
    {
      id: 'mail-lost-in-the-lab',
      what: "The lab's own server takes the mail, and it never reaches the mailbox",
      when: 'case',
      inject: ({ gate, elsewhere }) => gate.set({ kind: 'passes', to: elsewhere }),
    },
  ],
);

const relay = faultsOf<Gate>(
  {
    scene: 'relay',
    port: 'scanner',
    names: /scan|app|service|relay/i,
    needs: 'reserved',
    set: async ({ at }, on) => on.use(await openGate(Number(new URL(at.relay).port))),
    open: async ({ url }, _, on) => ({ scanner: on.use(await openRelayScanner({ url, clock })) }),
    test: mailWay,
  },
  [
    {
      id: 'relay-absent',
      what: 'The service of the scanner is down',
      when: 'open',
      inject: (gate) => gate.set({ kind: 'gone' }),
    },
    {
      id: 'relay-down',
      what: 'The service of the scanner goes down before the scan',
      when: 'case',
      inject: (gate) => gate.set({ kind: 'gone' }),
    },
    {
      id: 'relay-slow',
      what: 'The service of the scanner takes the scan and never answers',
      when: 'case',
      inject: (gate) => gate.set({ kind: 'silent' }),
    },
    {
      id: 'relay-html',
      what: 'The service of the scanner answers with a page of HTML',
      when: 'case',
      inject: (gate) => gate.set(httpAnswer(200, '<html>maintenance</html>')),
    },
    {
      id: 'relay-503',
      what: 'The service of the scanner answers 503',
      when: 'case',
      inject: (gate) => gate.set(httpAnswer(503, 'busy')),
    },
    {
      id: 'relay-nonsense',
      what: 'The service of the scanner answers with JSON of another shape',
      when: 'case',
      inject: (gate) => gate.set(httpAnswer(200, '{"accepted":"perhaps"}', 'application/json')),
    },
  ],
);

const mailed = faultsOf<Gate>(
  {
    scene: 'recovery-mail',
    port: 'scanner',
    names: /mail|smtp/i,
    needs: 'reserved',
    set: async ({ smtp: gate }) => gate,
    open: async (gate, _, on) => ({
      scanner: on.use(
        openRecoveryMail({
          smtp: { host: '127.0.0.1', port: gate.port, tls: 'none' },
          from: 'bench@lab.resetbench.example',
          to: 'service@lab.resetbench.example',
          clock,
          deadlineMs: ANSWER_MS,
          retryMs: 200,
        }),
      ),
    }),
    async test({ lab, expect }) {
      const { finding } = await lab.showQr();
      const answer = await lab.scan(finding.text);
      expect(answer.accepted, 'the mail with the QR is taken').toBe(true);
    },
  },
  [
    {
      id: 'lab-smtp-down',
      what: "The lab's SMTP server, through which the QR is mailed, is down",
      when: 'case',
      inject: (gate) => gate.set({ kind: 'gone' }),
    },
    {
      id: 'lab-smtp-421',
      what: "The lab's SMTP server puts the mail with the QR off for good",
      when: 'case',
      expected: { verdict: 'error', domain: 'outside-service' },
      inject: (gate) => gate.set({ kind: 'says', text: '421 4.3.2 later\r\n', greets: true }),
    },
    {
      id: 'lab-smtp-554',
      what: "The lab's SMTP server refuses the mail with the QR",
      when: 'case',
      expected: { verdict: 'error', domain: 'outside-service' },
      inject: (gate) => gate.set({ kind: 'says', text: '554 5.7.1 no\r\n', greets: true }),
    },
  ],
);

export const LINES: readonly BenchFault[] = [
  ...tty,
  ...served('raw'),
  ...served('rfc2217'),
  ...http,
  ...names,
  ...mailbox,
  ...smtp,
  ...lost,
  ...relay,
  ...mailed,
];
