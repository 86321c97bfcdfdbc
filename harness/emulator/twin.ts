import type { RecorderEndpoints, RecorderPlan } from '../wire/emulator.ts';
import { startControl } from './control/control.ts';
import { startGui } from './gui/server.ts';
import { startHttpFace } from './http/server.ts';
import { Recorder } from './recorder/recorder.ts';
import { startSerial } from './serial/console.ts';

/** One recorder with all its faces, each on a port of its own on loopback. */
export interface Twin extends AsyncDisposable {
  readonly endpoints: RecorderEndpoints;
}

const HOST = '127.0.0.1';

/**
 * Starts a twin; it is powered and booted.
 * @param relayKey public key of the mail service, base64url
 */
export async function startTwin(plan: RecorderPlan, relayKey: string): Promise<Twin> {
  await using stack = new AsyncDisposableStack();
  const recorder = new Recorder(plan, { relayKey });
  stack.defer(() => recorder.close());
  const serial = stack.use(startSerial(recorder));
  const [http, control, gui] = await Promise.all([
    startHttpFace(recorder, HOST).then((face) => stack.use(face)),
    startControl(recorder, HOST).then((face) => stack.use(face)),
    startGui(recorder, { host: HOST, port: 0 }).then((face) => stack.adopt(face, (one) => one.close())),
  ]);
  const closing = stack.move();
  return {
    endpoints: {
      id: plan.id,
      serialNumber: recorder.facts.serialNumber,
      httpUrl: http.url,
      displayUrl: gui.url,
      serialPath: serial.path,
      controlUrl: control.url,
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
