// A whole reset by the harness with all evidence on, and the same by bare-reset.ts, in turns on one twin.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowserDisplay } from '../../harness/bench/drivers/display/browser.ts';
import { findChromium, launchBrowser } from '../../harness/bench/drivers/display/chromium.ts';
import { openPikvmDisplay } from '../../harness/bench/drivers/display/pikvm.ts';
import { openTwinHands } from '../../harness/bench/drivers/hands/twin.ts';
import { openHttp } from '../../harness/bench/drivers/http/http.ts';
import { isapi } from '../../harness/bench/drivers/http/isapi.ts';
import { openEmbeddedMailbox } from '../../harness/bench/drivers/mailbox/embedded.ts';
import { openRelayScanner } from '../../harness/bench/drivers/scanner/relay.ts';
import { launchEmulator } from '../../harness/bench/drivers/twin/launch.ts';
import type { Display } from '../../harness/bench/ports/display.ts';
import { parseProfile } from '../../harness/config/profile.ts';
import { openJournal } from '../../harness/evidence/journal.ts';
import { createRedactor } from '../../harness/evidence/redactor.ts';
import { openStore } from '../../harness/evidence/store.ts';
import { Gui } from '../../harness/flow/gui.ts';
import { Lab } from '../../harness/flow/lab.ts';
import { needleEyes } from '../../harness/flow/needles.ts';
import { ownerOf } from '../../harness/flow/owner/owner.ts';
import type { LabelBook } from '../../harness/flow/screens.ts';
import { sighted } from '../../harness/flow/sight.ts';
import { randomPassword } from '../../harness/kit/fresh.ts';
import { AttemptTrace } from '../../harness/run/trace.ts';
import { tracedHttp } from '../../harness/run/traced-http.ts';
import { holdTwin } from '../../harness/safety/dut.ts';
import { systemClock } from '../../harness/terms/clock.ts';
import type { Pixels } from '../../harness/terms/frame.ts';
import type { Look } from '../../harness/terms/look.ts';
import { parseNeedle } from '../../harness/vision/needle/format.ts';
import { type Needle, needleOf } from '../../harness/vision/needle/needle.ts';
import { openOcr } from '../../harness/vision/ocr/ocr.ts';
import { decodePicture } from '../../harness/vision/png.ts';
import { seerOf } from '../../harness/vision/see/seer.ts';
import { bareReset } from './bare-reset.ts';

const SIZE = { width: 1280, height: 720 };
const ADDRESS = 'owner@lab.resetbench.example';
const KVM = { user: 'bench', password: randomPassword(12) };

export interface ResetTimes {
  /** ms, in the order of the rounds. */
  readonly harness: readonly number[];
  readonly bare: readonly number[];
  /** By pixels alone, through the twin's KVM; empty where this was not asked for. */
  readonly pixels: readonly number[];
}

/** Times `rounds` resets each way, after one of each that does not count. */
export async function measureReset(
  rounds = 7,
  { pixels: isByPixels = false }: { readonly pixels?: boolean } = {},
): Promise<ResetTimes> {
  const clock = systemClock;
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-bench-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const mailbox = stack.use(await openEmbeddedMailbox({ clock }));
  const first = randomPassword(12);
  const emulator = stack.use(
    await launchEmulator(
      {
        smtp: mailbox.smtp,
        recorders: [
          {
            id: 'bench',
            family: 'nvr',
            model: 'DS-7616NI-K2',
            firmware: 'V4.30.097',
            build: 'build 240401',
            gui: '4.0',
            language: 'en',
            resolution: '1280x720',
            adminPassword: first,
            reservedEmail: ADDRESS,
            ...(isByPixels ? { kvm: KVM } : {}),
          },
        ],
      },
      { clock },
    ),
  );
  const twin = emulator.ready.recorders[0];
  if (twin === undefined) throw new Error('no twin');
  const unit = { id: 'bench', serialNumber: twin.serialNumber };
  const safety = stack.use(holdTwin(unit, { folder, clock, first }));
  const hands = stack.use(await openTwinHands({ controlUrl: twin.controlUrl, clock }));
  const http = stack.use(openHttp({ baseUrl: twin.httpUrl, timeoutMs: 5000, clock }));
  const scanner = stack.use(await openRelayScanner({ url: emulator.ready.relayUrl, clock }));
  const browser = stack.adopt(await launchBrowser(findChromium()), (one) => one.close());
  const page = await (await browser.newContext({ viewport: SIZE })).newPage();
  const store = await openStore(folder);
  const journal = stack.use(await openJournal(join(folder, 'events.jsonl'), clock));
  const suites = new URL('../../suites/profiles/', import.meta.url);
  const texts = new Map(
    await Promise.all(
      ['nvr', 'menu-4.0'].map(
        async (name) => [name, await readFile(new URL(`${name}.yaml`, suites), 'utf8')] as const,
      ),
    ),
  );
  const { profile } = parseProfile('nvr', (name) => texts.get(name));
  if (profile === undefined) throw new Error('no profile');
  await hands.snapshot('start');

  const openDocument = () => openBrowserDisplay({ browser, url: twin.displayUrl, ...SIZE, clock });
  const openPixels = isByPixels ? await eyes(twin.kvmUrl ?? '', profile.labels, stack) : undefined;
  const byHarness = async (attempt: number, open: () => Promise<Display>): Promise<number> => {
    await hands.restore('start');
    await using display = await open();
    const redactor = createRedactor();
    redactor.add('address', ADDRESS);
    redactor.add('password', first);
    const trace = new AttemptTrace({
      dut: 'bench',
      requirement: 'CR59',
      attempt,
      clock,
      store,
      redactor,
      write: (event) => journal.write(event),
      onStep: () => undefined,
    });
    const gui = new Gui({ display, labels: profile.labels, clock, trace, patienceMs: 8000 });
    const { passwords } = safety;
    const owner = ownerOf(gui, profile.paths, { passwords });
    const { codeLength, mailWithinSeconds } = profile;
    const lab = new Lab({
      owner,
      scanner,
      mailbox,
      clock,
      trace,
      unit: { model: 'DS-7616NI-K2', serialNumber: twin.serialNumber },
      codeLength,
      mailTimeoutMs: mailWithinSeconds * 1000,
    });
    const recorder = isapi(tracedHttp(http, trace));
    await owner.awake(20_000);
    await owner.toLogin();
    const password = randomPassword(12);
    const from = performance.now();
    const { code } = await lab.obtainCode(ADDRESS);
    const entered = await owner.enterCode(code);
    if (!entered.accepted) throw new Error(`the code was refused: ${entered.message}`);
    const saved = await owner.setNewPassword(password);
    if (!saved.accepted) throw new Error(`the password was refused: ${saved.message}`);
    if (!(await recorder.accepts({ user: 'admin', password }))) throw new Error('HTTP refuses the password');
    await trace.settled();
    return performance.now() - from;
  };
  const byHand = async (): Promise<number> => {
    await hands.restore('start');
    await page.goto(twin.displayUrl);
    await page.getByText('Forgot Password', { exact: true }).waitFor();
    const password = randomPassword(12);
    const from = performance.now();
    await bareReset({
      page,
      mailUrl: mailbox.apiUrl,
      relayUrl: emulator.ready.relayUrl,
      address: ADDRESS,
      password,
      accepted: () => isapi(http).accepts({ user: 'admin', password }),
    });
    const took = performance.now() - from;
    await page.goto('about:blank');
    return took;
  };

  const harness: number[] = [];
  const bare: number[] = [];
  const pixels: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const one = await byHarness(2 * round + 1, openDocument);
    const other = await byHand();
    const eye = openPixels === undefined ? undefined : await byHarness(2 * round + 2, openPixels);
    if (round === 0) continue;
    harness.push(one);
    bare.push(other);
    if (eye !== undefined) pixels.push(eye);
  }
  return { harness, bare, pixels };
}

/** The twin's KVM, read by eye with look and needles of its profile; what it has read it knows again in the next round. */
async function eyes(
  url: string,
  labels: LabelBook,
  stack: AsyncDisposableStack,
): Promise<() => Promise<Display>> {
  const clock = systemClock;
  const file = new URL('../../suites/looks/nvr/1280x720.json', import.meta.url);
  const ocr = stack.use(await openOcr({ languages: ['eng'], clock }));
  const readText = async (line: Pixels) => (await ocr.line(line)).text;
  const seer = seerOf(JSON.parse(await readFile(file, 'utf8')) as Look, readText);
  const needles = await needlesIn(new URL('../../suites/needles/nvr/1280x720/', import.meta.url));
  return async () =>
    sighted(await openPikvmDisplay({ ...KVM, url, size: SIZE, clock }), {
      seer,
      needles: needleEyes({ needles, labels, readText }),
      clock,
    });
}

async function needlesIn(folder: URL): Promise<readonly Needle[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => {
      const file = parseNeedle(await readFile(new URL(name, folder), 'utf8'), name);
      return needleOf(file, await decodePicture(await readFile(new URL(`${file.name}.png`, folder))));
    }),
  );
}
