// A twin whose picture is shown on a screen that knows nothing of it, and its owner's reset by that screen alone.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { openSight } from '../../../cli/sight.ts';
import { parseDevices } from '../../../config/devices.ts';
import { parseProfile } from '../../../config/profile.ts';
import { type DisplayRating, probeDisplay, rateDisplay } from '../../../flow/display-rating.ts';
import { Gui } from '../../../flow/gui.ts';
import { Lab } from '../../../flow/lab.ts';
import { ownerOf } from '../../../flow/owner/owner.ts';
import { silentTrace } from '../../../flow/trace.fixture.ts';
import { probeTyping } from '../../../flow/typing-probe.ts';
import { randomPassword } from '../../../kit/fresh.ts';
import { holdTwin } from '../../../safety/dut.ts';
import { systemClock as clock } from '../../../terms/clock.ts';
import type { Display } from '../../ports/display.ts';
import { openHttp } from '../http/http.ts';
import { isapi } from '../http/isapi.ts';
import { openEmbeddedMailbox } from '../mailbox/embedded.ts';
import { openRelayScanner } from '../scanner/relay.ts';
import { launchEmulator } from '../twin/launch.ts';

const ADDRESS = 'owner@lab.resetbench.example';
const FIRST = 'Harbour-77';
/** How long a screen may take on a machine on which two browsers and an encoder run, ms. */
const PATIENCE_MS = 30_000;
const BOOT_MS = 60_000;
const READY_MS = 180_000;

/** What the reset came to. */
interface OwnReset {
  /** Titles of the steps of the flow, in order. */
  readonly steps: readonly string[];
  /** What the QR held, by both decoders, from the pixels. */
  readonly payload: string;
  /** Whether the recorder takes the new password over HTTP, and the first one still. */
  readonly takesNew: boolean;
  readonly takesFirst: boolean;
}
/** A twin that is shown nowhere yet. */
interface ShownTwin extends AsyncDisposable {
  /** Of its picture, px. */
  readonly size: { readonly width: number; readonly height: number };
  /** The page that is its HDMI picture, mouse and keyboard. */
  readonly url: string;
  /** How a display of it is rated; a text is typed by its pixels, with the look of the profile. */
  rate(display: Display): Promise<DisplayRating>;
  /** From the live view to the new password by a display that shows pixels alone, with the look of the profile. */
  resetBy(display: Display): Promise<OwnReset>;
}

/** What is wrong of a display; how old and how late a picture is, is a matter of the machine. */
function wrongOf({ lines }: DisplayRating): readonly string[] {
  return lines
    .filter(({ ok, what }) => !ok && what !== 'age' && what !== 'reaction')
    .map(({ what, told }) => `${what}: ${told}`);
}

/** That a display is fit, and that by it alone the owner's reset goes through. */
export async function resetsWhole(t: Test, twin: ShownTwin, display: Display): Promise<void> {
  const rating = await twin.rate(display);
  t.same(wrongOf(rating), [], 'the display is fit');
  t.match(
    rating.lines.find(({ what }) => what === 'typing'),
    { told: /^12 characters typed, 12 dots/ },
  );
  const { steps, payload, takesNew, takesFirst } = await twin.resetBy(display);
  t.match(steps.join('\n'), /Forgot Password[\s\S]*Confirm the method[\s\S]*Read the reset QR/);
  t.match(payload, /\S{20}/, 'both decoders read the QR');
  t.equal(takesNew, true, 'the recorder takes the new password');
  t.equal(takesFirst, false, 'and the first one no more');
}

/** A healthy NVR with a reserved email. */
export async function startShownTwin(resolution: '1280x720' | '1920x1080' = '1280x720'): Promise<ShownTwin> {
  await using stack = new AsyncDisposableStack();
  const dut = await dutOf(resolution);
  const { config, profile } = dut;
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-shown-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const mailbox = stack.use(await openEmbeddedMailbox({ clock }));
  const { id, model, firmware } = config;
  const recorder = {
    ...{ id, model, firmware, resolution, build: 'build 200922', family: profile.family },
    ...{ gui: profile.gui, language: 'en', adminPassword: FIRST, reservedEmail: ADDRESS },
  };
  const plan = { smtp: mailbox.smtp, recorders: [recorder] };
  const emulator = stack.use(await launchEmulator(plan, { clock, readyMs: READY_MS }));
  const [twin] = emulator.ready.recorders;
  if (twin === undefined) throw new Error('no twin');
  const safety = stack.use(
    holdTwin({ id, serialNumber: twin.serialNumber }, { folder, clock, first: FIRST }),
  );
  const scanner = stack.use(await openRelayScanner({ url: emulator.ready.relayUrl, clock }));
  const http = isapi(stack.use(openHttp({ baseUrl: twin.httpUrl, timeoutMs: 10_000, clock })));
  const eyes = stack.use(await openSight('pixels', [dut], clock));
  const [width = 0, height = 0] = resolution.split('x').map(Number);

  function sightOf(display: Display): Display {
    if (display.read !== undefined) throw new Error('this display reads a document');
    return eyes.benches.see?.(display, dut) ?? display;
  }
  async function rate(display: Display): Promise<DisplayRating> {
    const type = () => probeTyping(sightOf(display), clock, profile);
    return rateDisplay(await probeDisplay(display, clock, { expected: { width, height }, type }));
  }
  async function resetBy(display: Display): Promise<OwnReset> {
    const seen = sightOf(display);
    const steps: string[] = [];
    const trace = silentTrace({
      step(title, body) {
        steps.push(title);
        return body();
      },
    });
    const gui = new Gui({ display: seen, labels: profile.labels, clock, trace, patienceMs: PATIENCE_MS });
    const owner = ownerOf(gui, profile.paths, { passwords: safety.passwords });
    const lab = new Lab({
      ...{ owner, scanner, mailbox, clock, trace, codeLength: profile.codeLength },
      unit: { model, serialNumber: twin?.serialNumber ?? '' },
      mailTimeoutMs: profile.mailWithinSeconds * 1000,
    });
    await owner.awake(BOOT_MS);
    // It starts with its login; from there to the live view, where an owner begins.
    await owner.toLogin();
    await owner.cancel();
    await gui.until('the live view', (r) => gui.screens.login(r) === undefined || undefined);
    const { code, qr } = await lab.obtainCode(ADDRESS);
    const entered = await owner.enterCode(code);
    if (!entered.accepted) throw new Error(`the code was refused: ${entered.message}`);
    const password = randomPassword(12);
    const saved = await owner.setNewPassword(password);
    if (!saved.accepted) throw new Error(`the password was refused: ${saved.message}`);
    return {
      steps,
      payload: qr.text,
      takesNew: await http.accepts({ user: 'admin', password }),
      takesFirst: await http.accepts({ user: 'admin', password: FIRST }),
    };
  }

  const all = stack.move();
  return {
    size: { width, height },
    url: twin.displayUrl,
    rate,
    resetBy,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** A recorder of an inventory, with its profile. */
async function dutOf(resolution: string) {
  const suites = new URL('../../../../suites/profiles/', import.meta.url);
  const texts = new Map<string, string>();
  for (const name of ['nvr', 'menu-4.0'])
    texts.set(name, await readFile(new URL(`${name}.yaml`, suites), 'utf8'));
  const { profile } = parseProfile('nvr', (name) => texts.get(name));
  const { devices, problems } = parseDevices(
    'devices.yaml',
    [
      'version: 1',
      'lab: { domains: [lab.resetbench.example], mailbox: { driver: embedded } }',
      'duts:',
      '  - { id: shown, kind: twin, profile: nvr, model: DS-7616NI-K2, firmware: V4.30.097, start: active,',
      `      resolution: ${resolution} }`,
    ].join('\n'),
  );
  const [config] = devices?.duts ?? [];
  if (profile === undefined || config === undefined) throw new Error(JSON.stringify(problems));
  return { config, profile };
}
