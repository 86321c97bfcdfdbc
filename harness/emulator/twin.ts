import type { RecorderEndpoints, RecorderPlan } from '../wire/emulator.ts';
import { readBrand } from './brand/read.ts';
import { startControl } from './control/control.ts';
import { startGui } from './gui/server.ts';
import { JITTERY_TIMING, USUAL_TIMING } from './gui/timing.ts';
import { startHttpFace } from './http/server.ts';
import { type SharedBrowser, sharedBrowser } from './kvm/browser.ts';
import type { Kvm } from './kvm/kvm.ts';
import { seededRandom } from './random.ts';
import { Recorder } from './recorder/recorder.ts';
import { MailFates } from './relay/fates.ts';
import type { Unit } from './relay/relay.ts';
import { startSadp } from './sadp/sadp.ts';
import { startSerial } from './serial/console.ts';
import { together } from './together.ts';

/** One recorder with all its faces, each on a port of its own on loopback. */
export interface Twin extends AsyncDisposable {
  readonly endpoints: RecorderEndpoints;
  /** As the mail service knows it. */
  readonly unit: Unit;
  /** Calls when a snapshot was brought back. */
  onRestored(listener: () => void): void;
}

/** What the twins of one emulator share. */
export interface TwinCommon {
  /** Public key of the mail service, base64url. */
  readonly relayKey: string;
  /** Of delays, together with the twin's id; keys and codes are never drawn from it. */
  readonly seed: number;
  /** Shows the screens of those that have a KVM. Default: a browser of its own. */
  readonly browser?: SharedBrowser;
}

const HOST = '127.0.0.1';
/** Longest delay of an answer of a jittery unit. */
const LATE_MS = 800;

/** Starts a twin; it is powered and booted. Closing it frees its ports and removes its serial path. */
export async function startTwin(plan: RecorderPlan, common: TwinCommon): Promise<Twin> {
  await using stack = new AsyncDisposableStack();
  const read = readBrand(plan.brand);
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  const { brand } = read;
  const recorder = new Recorder(plan, { relayKey: common.relayKey, brand });
  stack.defer(() => recorder.close());
  const jittery = plan.pace === 'jittery';
  const random = seededRandom(common.seed, `${plan.id} http`);
  const mailSeed = Math.floor(seededRandom(common.seed, `${plan.id} mail`)() * 2 ** 32);
  const mail = new MailFates(jittery ? { kind: 'seeded', seed: mailSeed } : { kind: 'straight' });
  const delays = jittery ? () => random() * LATE_MS : undefined;
  const serial = stack.use(startSerial(recorder));
  const sadp = stack.use(await startSadp(recorder, HOST));
  const [httpUrl = '', displayUrl = ''] = await together([
    startHttpFace(recorder, HOST, delays).then((face) => stack.use(face).url),
    startGui(recorder, {
      host: HOST,
      port: 0,
      timing: jittery ? JITTERY_TIMING : USUAL_TIMING,
      random: seededRandom(common.seed, plan.id),
    }).then((face) => stack.adopt(face, (one) => one.close()).url),
  ]);
  const kvm = stack.use(await kvmOf(recorder, displayUrl, { ...common, stack }));
  const control = stack.use(await startControl(recorder, { mail, kvm, host: HOST }));
  const { serialNumber } = recorder.facts;
  const endpoints = {
    id: plan.id,
    serialNumber,
    httpUrl,
    displayUrl,
    serialPath: serial.path,
    sadpPort: sadp.port,
    serviceMailbox: brand.service.mailbox,
    controlUrl: control.url,
    ...(kvm === undefined ? {} : { kvmUrl: kvm.url }),
  };
  const closing = stack.move();
  return {
    endpoints,
    unit: { defects: recorder.defects, mail, brand, age: (ms) => recorder.advance(ms) },
    onRestored: (listener) =>
      void recorder.onChange((what) => {
        if (what === 'restored') listener();
      }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** The KVM of a recorder, if it has one; a browser of its own is closed with the stack. */
async function kvmOf(
  recorder: Recorder,
  displayUrl: string,
  { seed, browser, stack }: TwinCommon & { readonly stack: AsyncDisposableStack },
): Promise<Kvm | undefined> {
  const { id, kvm: plan, resolution } = recorder.plan;
  if (plan === undefined) return undefined;
  const [width = 0, height = 0] = resolution.split('x').map(Number);
  // Loads what encodes pictures: not without need.
  const { startKvm } = await import('./kvm/kvm.ts');
  return startKvm({
    plan,
    browser: browser ?? stack.use(sharedBrowser()),
    displayUrl,
    size: { width, height },
    mains: {
      get powered() {
        return recorder.powered;
      },
      on: () => recorder.powerOn(),
      off: () => recorder.powerOff(),
    },
    hasSignal: () => recorder.phase !== 'off',
    host: HOST,
    random: seededRandom(seed, `${id} kvm`),
  });
}
