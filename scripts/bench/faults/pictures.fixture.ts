// Faults of displays: a PiKVM and a VNC server by their protocols, and the browser that shows a twin.
import { openBrowserDisplay } from '../../../harness/bench/drivers/display/browser.ts';
import { openCaptureDisplay } from '../../../harness/bench/drivers/display/capture.ts';
import {
  type CabledChip,
  notingHost,
  openCabledChip,
} from '../../../harness/bench/drivers/display/ch9329.fixture.ts';
import { findChromium, launchBrowser } from '../../../harness/bench/drivers/display/chromium.ts';
import {
  type MjpegServer,
  noFfmpeg,
  plainJpeg,
  serveMjpeg,
} from '../../../harness/bench/drivers/display/mjpeg.fixture.ts';
import { openPikvmDisplay } from '../../../harness/bench/drivers/display/pikvm.ts';
import { openVncDisplay } from '../../../harness/bench/drivers/display/vnc.ts';
import { type KvmdServer, serveKvmd, USER } from '../../../harness/bench/drivers/pikvm/kvmd.fixture.ts';
import { type RfbServer, serveRfb } from '../../../harness/bench/drivers/rfb/server.fixture.ts';
import type { Display } from '../../../harness/bench/ports/display.ts';
import { systemClock as clock } from '../../../harness/terms/clock.ts';
import { type BenchFault, faultsOf, type Scene } from './fault.ts';
import { type Gate, openGate } from './gate.ts';

const SIZE = { width: 1280, height: 720 };
/** A healthy peer answers in so long, also on a busy machine, ms. */
const ANSWER_MS = 4000;
/** Pictures need so long through a capture chain at most, ms. */
const UNDER_WAY_MS = 500;
const DISPLAY = /kvm|display|vnc|picture|frame|browser|page|capture/i;

interface Second {
  display?: Display;
}
/** Another display than the one that the state was reached by: a frame is taken there, and the mouse clicked. */
const lookAndClick =
  (seen: Second): Scene<unknown>['test'] =>
  async ({ expect }) => {
    const { display } = seen;
    if (display === undefined) throw new Error('the display is not open');
    const frame = await display.frame();
    await display.click(10, 10);
    expect(frame.bytes.length, 'bytes of the picture').toBeAtLeast(1, 'bytes');
  };

interface Kvm {
  readonly server: KvmdServer;
  password: string;
  fingerprint: string;
}
const kvmSeen: Second = {};
const kvm = faultsOf<Kvm>(
  {
    scene: 'pikvm',
    port: 'display',
    names: DISPLAY,
    async set(_, on) {
      const server = on.use(await serveKvmd());
      await server.paint('<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720"/>');
      return { server, password: USER.password, fingerprint: server.certificate.fingerprint };
    },
    async open({ server, password, fingerprint }, _, on) {
      const access = { url: server.url, user: USER.user, password, tls: { fingerprint } };
      kvmSeen.display = on.use(await openPikvmDisplay({ ...access, size: SIZE, clock }));
      return {};
    },
    test: lookAndClick(kvmSeen),
  },
  [
    { id: 'kvm-absent', what: 'The KVM is off', when: 'open', inject: ({ server }) => server.vanish() },
    { id: 'kvm-gone', what: 'The KVM goes away', when: 'case', inject: ({ server }) => server.vanish() },
    {
      id: 'kvm-wrong-login',
      what: 'The KVM refuses the password of the bench',
      when: 'open',
      inject: (one) => {
        one.password = 'no';
      },
    },
    {
      id: 'kvm-pin-wrong',
      what: 'The certificate of the KVM is not the pinned one',
      when: 'open',
      inject: (one) => {
        one.fingerprint = '00'.repeat(32);
      },
    },
    {
      id: 'kvm-no-signal',
      what: 'No signal comes to the KVM',
      when: 'case',
      inject: ({ server }) => {
        server.world.signal = false;
      },
    },
    {
      id: 'kvm-stale',
      what: 'The frames of the KVM are minutes old',
      when: 'case',
      inject: ({ server }) => {
        server.world.grabAge = 300;
      },
    },
    {
      id: 'kvm-truncated-jpeg',
      what: 'The JPEGs of the KVM end in the middle',
      when: 'case',
      inject: ({ server }) => {
        server.world.bytes = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46]);
      },
    },
    {
      id: 'kvm-500',
      what: 'The KVM answers 500 for a snapshot',
      when: 'case',
      inject: ({ server }) => {
        server.world.broken = { path: /snapshot/, status: 500 };
      },
    },
    {
      id: 'kvm-hangs',
      what: 'The KVM takes the request for a snapshot and never answers',
      when: 'case',
      inject: ({ server }) => {
        server.world.broken = { path: /snapshot/, status: 'hang' };
      },
    },
    {
      id: 'kvm-mouse-offline',
      what: 'The USB cable of the KVM is out: no mouse',
      when: 'open',
      inject: ({ server }) => {
        server.world.hid = { ...server.world.hid, online: false, mouse: false, keyboard: false };
      },
    },
  ],
);

const wideSeen: Second = {};
const wide = faultsOf<{ size: { width: number; height: number } }>(
  {
    scene: 'pikvm-size',
    port: 'display',
    names: DISPLAY,
    set: async () => ({ size: SIZE }),
    async open({ size }, _, on) {
      const server = on.use(await serveKvmd({ size }));
      const tls = { fingerprint: server.certificate.fingerprint };
      const { url } = server;
      wideSeen.display = on.use(await openPikvmDisplay({ ...USER, url, tls, size: SIZE, clock }));
      return {};
    },
    test: lookAndClick(wideSeen),
  },
  [
    {
      id: 'kvm-wrong-size',
      what: 'The KVM captures another size than devices.yaml names',
      when: 'open',
      inject: (one) => {
        one.size = { width: 1920, height: 1080 };
      },
    },
  ],
);

interface Vnc {
  readonly server: RfbServer;
  readonly gate: Gate;
  password: string | undefined;
}
const vncSeen: Second = {};
const vnc = faultsOf<Vnc>(
  {
    scene: 'vnc',
    port: 'display',
    names: DISPLAY,
    async set(_, on) {
      const server = on.use(await serveRfb({ ...SIZE, security: [2], password: 'harbour' }));
      return { server, gate: on.use(await openGate(server.port)), password: 'harbour' };
    },
    async open({ gate, password }, _, on) {
      const place = { host: '127.0.0.1', port: gate.port, size: SIZE, timeoutMs: ANSWER_MS };
      const secret = password === undefined ? {} : { password };
      vncSeen.display = on.use(await openVncDisplay({ ...place, ...secret, clock }));
      return {};
    },
    test: lookAndClick(vncSeen),
  },
  [
    {
      id: 'vnc-absent',
      what: 'No VNC server listens',
      when: 'open',
      inject: ({ gate }) => gate.set({ kind: 'gone' }),
    },
    {
      id: 'vnc-gone',
      what: 'The VNC server goes away',
      when: 'case',
      inject: ({ gate }) => gate.set({ kind: 'gone' }),
    },
    {
      id: 'vnc-half-open',
      what: 'The connection to the VNC server is half open',
      when: 'case',
      inject: ({ gate }) => gate.set({ kind: 'silent' }),
    },
    {
      id: 'vnc-wrong-password',
      what: 'The VNC server refuses the password of the bench',
      when: 'open',
      inject: (one) => {
        one.password = 'no';
      },
    },
    {
      id: 'vnc-another-service',
      what: 'Something else than a VNC server listens there',
      when: 'open',
      inject: ({ gate }) => gate.set({ kind: 'says', text: 'SSH-2.0-OpenSSH_9.2\r\n', greets: true }),
    },
    {
      id: 'vnc-resized',
      what: 'The screen behind the VNC server has another size all at once',
      when: 'case',
      inject: ({ server }) => server.resize(640, 480),
    },
  ],
);

interface Grabbed {
  readonly server: MjpegServer;
  readonly cable: CabledChip;
}
const grabSeen: Second = {};
const grabber = faultsOf<Grabbed>(
  {
    scene: 'capture',
    port: 'display',
    names: DISPLAY,
    missing: noFfmpeg,
    async set(_, on) {
      const server = on.use(await serveMjpeg());
      server.show(await plainJpeg(90));
      return { server, cable: on.use(await openCabledChip({ host: notingHost() })) };
    },
    async open({ server, cable }, _, on) {
      grabSeen.display = on.use(
        await openCaptureDisplay({
          video: { source: { kind: 'url', url: server.url } },
          hid: { path: cable.path, baudRate: 9600, answerMs: ANSWER_MS },
          clock,
        }),
      );
      return {};
    },
    test: lookAndClick(grabSeen),
  },
  [
    {
      id: 'capture-absent',
      what: 'The encoder that captures the picture is off',
      when: 'open',
      inject: ({ server }) => server[Symbol.asyncDispose](),
    },
    {
      id: 'capture-gone',
      what: 'The encoder that captures the picture goes away',
      when: 'case',
      async inject({ server }) {
        await server[Symbol.asyncDispose]();
        // What is on its way through ffmpeg was grabbed before.
        await clock.sleep(UNDER_WAY_MS);
      },
    },
    {
      id: 'capture-mouse-gone',
      what: 'The picture is there, and the chip that moves the mouse is silent',
      when: 'case',
      names: /ch9329|chip/i,
      inject: ({ cable }) => cable.spoil(() => undefined),
    },
  ],
);

interface Page {
  readonly browser: Awaited<ReturnType<typeof launchBrowser>>;
  readonly gate: Gate;
}
const page = faultsOf<Page>(
  {
    scene: 'browser',
    port: 'display',
    names: DISPLAY,
    async set({ at }, on) {
      const browser = await launchBrowser(findChromium());
      on.defer(() => browser.close());
      return { browser, gate: on.use(await openGate(Number(new URL(at.display).port))) };
    },
    async open({ browser, gate }, { at }, on) {
      const url = at.display.replace(/:\d+/, `:${gate.port}`);
      return {
        display: on.use(await openBrowserDisplay({ browser, url, ...SIZE, clock, timeoutMs: 10_000 })),
      };
    },
    async test({ owner, expect }) {
      const dialog = await owner.openReset();
      expect((await dialog.frame).bytes.length, 'bytes of the dialog').toBeAtLeast(1, 'bytes');
    },
    needs: 'reserved',
  },
  [
    {
      id: 'browser-killed',
      what: 'The browser that shows the display ends',
      when: 'case',
      inject: ({ browser }) => browser.close(),
    },
    {
      id: 'page-absent',
      what: 'The page of the KVM cannot be loaded',
      when: 'open',
      inject: ({ gate }) => gate.set({ kind: 'gone' }),
    },
  ],
);

export const PICTURES: readonly BenchFault[] = [...kvm, ...wide, ...vnc, ...grabber, ...page];
