import type { RecorderEndpoints, RecorderPlan } from '../wire/emulator.ts';
import { startControl } from './control/control.ts';
import { startGui } from './gui/server.ts';
import { startHttpFace } from './http/server.ts';
import { seededRandom } from './random.ts';
import { Recorder } from './recorder/recorder.ts';
import type { ResetsDeps } from './recorder/resets.ts';
import { startSerial } from './serial/console.ts';
import { together } from './together.ts';

/** One recorder with all its faces, each on a port of its own on loopback. */
export interface Twin extends AsyncDisposable {
  readonly endpoints: RecorderEndpoints;
}

/** What the twins of one emulator share. */
export interface TwinCommon {
  /** Public key of the mail service, base64url. */
  readonly relayKey: string;
  /** Of delays, together with the twin's id; keys and codes are never drawn from it. */
  readonly seed: number;
  /** Codes that the twins drew: a defective one takes those of the others. */
  readonly drawn?: ResetsDeps['drawn'];
}

const HOST = '127.0.0.1';

/** Starts a twin; it is powered and booted. Closing it frees its ports and removes its serial path. */
export async function startTwin(plan: RecorderPlan, common: TwinCommon): Promise<Twin> {
  await using stack = new AsyncDisposableStack();
  const recorder = new Recorder(plan, {
    relayKey: common.relayKey,
    ...(common.drawn && { drawn: common.drawn }),
  });
  stack.defer(() => recorder.close());
  const serial = stack.use(startSerial(recorder));
  const [httpUrl = '', controlUrl = '', displayUrl = ''] = await together([
    startHttpFace(recorder, HOST).then((face) => stack.use(face).url),
    startControl(recorder, HOST).then((face) => stack.use(face).url),
    startGui(recorder, { host: HOST, port: 0, random: seededRandom(common.seed, plan.id) }).then(
      (face) => stack.adopt(face, (one) => one.close()).url,
    ),
  ]);
  const { serialNumber } = recorder.facts;
  const endpoints = { id: plan.id, serialNumber, httpUrl, displayUrl, serialPath: serial.path, controlUrl };
  const closing = stack.move();
  return { endpoints, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}
