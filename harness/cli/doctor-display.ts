import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium, launchBrowser } from '../bench/drivers/display/chromium.ts';
import { displayOpening } from '../bench/hardware.ts';
import { openBenches } from '../bench/open.ts';
import type { Display } from '../bench/ports/display.ts';
import { requireSecret } from '../bench/secrets.ts';
import type { HardwareConfig } from '../config/devices.ts';
import { type DisplayRating, probeDisplay, rateDisplay } from '../flow/display-rating.ts';
import { untried } from '../flow/rating-line.ts';
import { probeTyping, type Typed } from '../flow/typing-probe.ts';
import { randomPassword } from '../kit/fresh.ts';
import { dutFolder } from '../safety/dut.ts';
import { takeLease } from '../safety/lease.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type Args, EXIT } from './args.ts';
import { findingLine } from './finding.ts';
import { type Loaded, load, pickDuts, secretsFrom } from './load.ts';
import { ROOT } from './root.ts';
import { openSight } from './sight.ts';
import { safetyFrom } from './state.ts';

/**
 * `resetbench doctor --display`: rates the displays of benches, not the recorders. Of a recorder on a shelf the pointer is
 * moved, and a text typed into an empty field of its login, never confirmed, and deleted again; nothing else is changed.
 * Twins are started for it and seen through their KVM.
 */
export async function doctorDisplay(args: Args): Promise<number> {
  const loaded = await load(args.text('devices') ?? join(ROOT, 'devices.yaml'));
  const duts = pickDuts(loaded, args.positionals);
  const isJson = args.flag('json');
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-doctor-'));
  const ratings: (DisplayRating & { readonly dut: string })[] = [];
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const open = openers(loaded, {
    duts,
    folder,
    stack,
    secret: secretsFrom(args.text('secrets')),
    state: args.text('state'),
  });
  for (const dut of duts) {
    const { config } = dut;
    const rating = await rated(() => open(config), dut);
    ratings.push({ dut: config.id, ...rating });
    if (!isJson) for (const line of linesOf(config.id, rating)) console.log(line);
  }
  if (isJson) console.log(JSON.stringify(ratings, undefined, 2));
  return ratings.every(({ fit }) => fit) ? EXIT.conformant : EXIT.bench;
}

type Duts = Loaded['duts'];
type Config = Duts[number]['config'];

/** Opens a display that shows pixels alone; each is closed by whoever opened it. */
export function openers(
  { devices }: Loaded,
  {
    duts,
    folder,
    stack,
    secret,
    state,
  }: {
    readonly duts: Duts;
    readonly folder: string;
    readonly stack: AsyncDisposableStack;
    readonly secret: ReturnType<typeof secretsFrom>;
    readonly state: string | undefined;
  },
): (config: Config) => Promise<AsyncDisposable & { readonly display: Display }> {
  const clock = systemClock;
  const benches = stack.use(
    openBenches({
      devices,
      duts: duts.filter(({ config }) => config.kind === 'twin'),
      secret,
      folder,
      clock,
      freshPassword: () => randomPassword(12),
      pixels: true,
    }),
  );
  const browser = async () => stack.adopt(await launchBrowser(findChromium()), (one) => one.close());
  const openHardware = async (config: HardwareConfig) => {
    // The pointer of a recorder is moved: not while a run uses it.
    const folder = dutFolder(safetyFrom(state, []).folder, config.serialNumber);
    const lease = takeLease({ folder, dut: config.id, what: `doctor --display ${config.id}`, clock });
    stack.use(lease);
    const display = await displayOpening(config.display, {
      id: config.id,
      size: sizeOf(config.resolution),
      clock,
      browser,
      secretOf: (ref, whose) => requireSecret(secret(ref), ref, whose),
    })();
    const close = async () => {
      await display[Symbol.asyncDispose]();
      await lease[Symbol.asyncDispose]();
    };
    return { display, [Symbol.asyncDispose]: close };
  };
  return (config) => (config.kind === 'twin' ? benches.open(config.id) : openHardware(config));
}

async function rated(
  open: () => Promise<AsyncDisposable & { readonly display: Display }>,
  dut: Duts[number],
): Promise<DisplayRating> {
  try {
    await using opened = await open();
    const expected = sizeOf(dut.config.resolution);
    const type = () => typing(opened.display, dut);
    return rateDisplay(await probeDisplay(opened.display, systemClock, { expected, type }));
  } catch (error) {
    // What cannot be opened is no display to judge by.
    if (!(error instanceof HarnessError)) throw error;
    const cure = error.hint === undefined ? {} : { cure: error.hint };
    const untyped = untried('typing', 'not tried, because the display does not open');
    return { fit: false, lines: [{ what: 'display', ok: false, told: error.message, ...cure }, untyped] };
  }
}

/** Types by what can be read of the display; where its GUI was never learned, nothing can be. */
async function typing(display: Display, dut: Duts[number]): Promise<Typed> {
  await using stack = new AsyncDisposableStack();
  let seen = display;
  if (display.read === undefined)
    try {
      const eyes = stack.use(await openSight('pixels', [dut], systemClock));
      seen = eyes.benches.see?.(display, dut) ?? display;
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code !== 'CONFIG_MISSING') throw error;
      return { state: 'not-tried', why: error.message, cure: error.hint ?? 'see `resetbench doctor`' };
    }
  return await probeTyping(seen, systemClock, dut.profile);
}

function linesOf(dut: string, { fit, lines }: DisplayRating): readonly string[] {
  const wrong = lines.filter(({ ok }) => !ok).map(({ what, told }) => `${what}: ${told}`);
  const open = lines.filter(({ untried }) => untried).map(({ what }) => what);
  return [
    ...lines.map((line) => findingLine({ ...line, what: `${dut}, ${line.what}` })),
    fit
      ? `fit      ${dut}${open.length === 0 ? '' : ` (not known: ${open.join(', ')})`}`
      : `unfit    ${dut}: ${wrong.join('; ')}`,
  ];
}

function sizeOf(resolution: string): { readonly width: number; readonly height: number } {
  const [width = 0, height = 0] = resolution.split('x').map(Number);
  return { width, height };
}
