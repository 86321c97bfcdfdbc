// The screens that reading and recognising are measured on: those of the twins' GUIs, photographed by a real browser,
// each with what its document says is written on it.
import { readdir, readFile } from 'node:fs/promises';
import { openBrowserDisplay } from '../../../harness/bench/drivers/display/browser.ts';
import { findChromium, launchBrowser } from '../../../harness/bench/drivers/display/chromium.ts';
import { openEmbeddedMailbox } from '../../../harness/bench/drivers/mailbox/embedded.ts';
import { launchEmulator } from '../../../harness/bench/drivers/twin/launch.ts';
import type { Display } from '../../../harness/bench/ports/display.ts';
import { parseDevices, type TwinConfig } from '../../../harness/config/devices.ts';
import { problemText } from '../../../harness/config/problems.ts';
import type { Profile } from '../../../harness/config/profile.ts';
import { Gui } from '../../../harness/flow/gui.ts';
import type { Labels } from '../../../harness/flow/look.ts';
import { type Owner, ownerOf } from '../../../harness/flow/owner/owner.ts';
import type { Trace } from '../../../harness/flow/trace.ts';
import { systemClock as clock } from '../../../harness/terms/clock.ts';
import type { Frame, Reading } from '../../../harness/terms/frame.ts';
import type { PasswordKeeper } from '../../../harness/terms/passwords.ts';
import { compareFirmware, parseFirmware } from '../../../harness/terms/version.ts';
import { profileOf } from '../bench-twin.ts';

/** One screen of one recorder. */
export interface Photograph {
  /** Menu, or whose menu, e.g. `4.0`. */
  readonly gui: string;
  readonly resolution: string;
  /** What is shown, e.g. `login`; the same for all menus. */
  readonly screen: string;
  readonly frame: Frame;
  readonly reading: Reading;
}

const RESOLUTIONS = ['1024x768', '1280x720', '1920x1080'] as const;
const PASSWORD = 'Harbour-77';
const ADDRESS = 'owner@lab.resetbench.example';
/** Codes as relays mail them, with every character that is mistaken for another. */
const CODES = ['0O1IL8B5', 'S2Z5G6QD', 'UV7T1LI0', 'B8O0D6Q9', 'XK3MWNH4', 'PRFEAYJC'];
/** Masked and other addresses, as typed into the field for the reserved email. */
const ADDRESSES = ['o***r@l***.example', 'ill1O0.Il@lab.resetbench.example', 'Qa_nvr-07+x@post.example'];

/** Drawn at random, once: no letter is learned from these, and nothing was tuned on them. */
const UNSEEN_CODES = ['L0YY3HLG', 'N7UZLUMH', 'XJPQXN0D', '22LARR4F', 'U134EQGY', '7TNA34U7'];
const UNSEEN_ADDRESSES = ['evb8iy.ocwn@nyxmy.example', 'zpap.28li@zxdoy.example', '17otk.eyj9@prlqa.example'];
export const UNSEEN: ReadonlySet<string> = new Set([...UNSEEN_CODES, ...UNSEEN_ADDRESSES]);

/** Twins of this one program, with one password that stands above. */
const SAME: PasswordKeeper = {
  intend: () => ({ keyed: () => undefined, confirmed: () => undefined, abandoned: () => undefined }),
  holds: () => undefined,
};

/** Photographs every screen of all menus in all resolutions; takes a minute or two. */
export async function photographScreens(
  resolutions: readonly (typeof RESOLUTIONS)[number][] = RESOLUTIONS,
): Promise<readonly Photograph[]> {
  await using stack = new AsyncDisposableStack();
  const mailbox = stack.use(await openEmbeddedMailbox({ clock }));
  const guis = await guisOf();
  const kinds = guis.flatMap((kind) =>
    resolutions.flatMap((resolution) =>
      (['active', 'inactive'] as const).map((start) => ({ ...kind, resolution, start })),
    ),
  );
  const emulator = stack.use(
    await launchEmulator(
      {
        smtp: mailbox.smtp,
        recorders: kinds.map((kind, at) => ({
          id: `screen-${at}`,
          family: kind.profile.family,
          model: kind.model,
          firmware: kind.firmware,
          build: 'build 240401',
          gui: kind.gui,
          language: kind.language,
          resolution: kind.resolution,
          ...(kind.brand === undefined ? {} : { brand: kind.brand }),
          ...(kind.start === 'active' ? { adminPassword: PASSWORD, reservedEmail: ADDRESS } : {}),
        })),
      },
      { clock },
    ),
  );
  const browser = stack.adopt(await launchBrowser(findChromium()), (one) => one.close());
  const all: Photograph[] = [];
  for (const [at, kind] of kinds.entries()) {
    const twin = emulator.ready.recorders[at];
    if (twin === undefined) throw new Error('a twin is missing');
    const [width = 0, height = 0] = kind.resolution.split('x').map(Number);
    await using display = await openBrowserDisplay({ browser, url: twin.displayUrl, width, height, clock });
    const { profile } = kind;
    const gui = new Gui({ display, labels: profile.labels, clock, trace: UNTRACED, patienceMs: 8000 });
    const owner = ownerOf(gui, profile.paths, { passwords: SAME });
    const name = kind.brand ?? kind.gui;
    const shoot = async (screen: string) => {
      all.push({ gui: name, resolution: kind.resolution, screen, ...(await photograph(gui, display)) });
    };
    await owner.awake(20_000);
    await (kind.start === 'active'
      ? walkActive(owner, shoot, profile.paths.users)
      : walkInactive(owner, shoot));
  }
  return all;
}

/** A recorder of the inventory for each menu there is, of each maker, with the reset by email. */
async function guisOf() {
  const root = new URL('../../../', import.meta.url);
  const yaml = await readFile(new URL('devices.yaml', root), 'utf8');
  const namesIn = async (folder: string) =>
    (await readdir(new URL(folder, root))).map((name) => name.replace(/\.[a-z]+$/, ''));
  const known = {
    profile: await namesIn('suites/profiles'),
    brand: await namesIn('harness/emulator/brands'),
  };
  const { devices, problems } = parseDevices('devices.yaml', yaml, known);
  if (devices === undefined) throw new Error(problems.map(problemText).join('\n'));
  const guis = new Map<
    string,
    Omit<TwinConfig, 'profile'> & { readonly profile: Profile; readonly gui: Profile['gui'] }
  >();
  for (const config of devices.duts) {
    if (config.kind !== 'twin') continue;
    const profile = profileOf(config.profile);
    const kind = `${profile.gui} ${config.brand ?? ''} ${config.language}`;
    if (hasReset(config.firmware, profile.threshold) && !guis.has(kind))
      guis.set(kind, { ...config, profile, gui: profile.gui });
  }
  return [...guis.values()];
}

function hasReset(firmware: string, threshold: string): boolean {
  const [own, least] = [parseFirmware(firmware), parseFirmware(threshold)];
  return own !== undefined && least !== undefined && compareFirmware(own, least) >= 0;
}

type Shoot = (screen: string) => Promise<void>;

async function walkActive(owner: Owner, shoot: Shoot, users: readonly Labels[]): Promise<void> {
  const { gui } = owner;
  await owner.toLogin();
  await shoot('login');
  const methods = await owner.forgotPassword();
  await shoot('methods');
  const next = await owner.chooseEmail(methods);
  if (gui.screens.disclaimer(next) !== undefined) await shoot('disclaimer');
  await owner.acceptDisclaimer(next);
  await shoot('qr');
  for (const [at, code] of [...CODES, ...UNSEEN_CODES].entries()) {
    const field = gui.screens.resetQr(await gui.look())?.code;
    if (field !== undefined) await gui.fill('Key a code in', field, code);
    await shoot(`code-${at}`);
  }
  await gui.poke('Confirm the code', () => gui.confirm(gui.label('ok')), { frame: false });
  await shoot('wrong-code');
  await owner.closeMessages();
  await owner.cancel();
  await owner.toMenu('admin', PASSWORD);
  await shoot('menu');
  await owner.follow(users);
  await shoot('users');
  await owner.toLogin();
  await owner.toMenu('admin', PASSWORD);
  await owner.toReservedEmail();
  await shoot('permission');
  await owner.authorise(PASSWORD);
  await shoot('user');
  await owner.openEmailField();
  await shoot('address');
  for (const [at, address] of [...ADDRESSES, ...UNSEEN_ADDRESSES].entries()) {
    const field = gui.screens.email(await gui.look())?.address;
    if (field !== undefined) await gui.fill('Type an address', field, address);
    await shoot(`address-${at}`);
  }
  await owner.toLogin();
  await owner.toMenu('admin', PASSWORD);
  await owner.infoValue(gui.label('firmwareVersion'));
  await shoot('info');
}

async function walkInactive(owner: Owner, shoot: Shoot): Promise<void> {
  const { gui } = owner;
  await shoot('activation');
  const { value } = await gui.until('the wizard', (r) => gui.screens.activation(r));
  await gui.fill('Type the password', value.password, 'weak');
  await shoot('activation-weak');
}

/** Frame and reading of a screen that shows the same before and after. */
async function photograph(gui: Gui, display: Display): Promise<Pick<Photograph, 'frame' | 'reading'>> {
  await gui.parkPointer();
  for (let tries = 0; tries < 20; tries += 1) {
    const reading = await gui.look();
    const frame = await display.frame();
    const after = await gui.look();
    if (JSON.stringify(after.items) === JSON.stringify(reading.items)) return { frame, reading };
  }
  throw new Error('the screen does not stand still');
}

const UNTRACED: Trace = {
  step: (_title, body) => body(),
  effect: () => undefined,
  frame: (_title, frame) => {
    Promise.resolve(frame).catch(() => undefined);
  },
  picture: () => undefined,
  screen: () => undefined,
  text: () => undefined,
  measure: () => undefined,
  secret: () => undefined,
};
