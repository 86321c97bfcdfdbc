import { type CaptureChain, GOOD_CHAIN, type KvmPlan } from '../../wire/emulator.ts';
import { Atx, type Mains } from './atx.ts';
import { Auth } from './auth.ts';
import type { SharedBrowser } from './browser.ts';
import type { Size } from './chain.ts';
import { Hid } from './hid.ts';
import { Screen } from './screen.ts';
import { serveApi } from './server.ts';
import { Streamer } from './streamer.ts';

export interface KvmOptions {
  readonly plan: KvmPlan;
  readonly browser: SharedBrowser;
  /** The page that is the recorder's screen. */
  readonly displayUrl: string;
  /** Of the recorder's picture. */
  readonly size: Size;
  readonly mains: Mains;
  /** Whether the recorder sends a picture. */
  readonly hasSignal: () => boolean;
  readonly host: string;
  /** 0 <= x < 1; draws the noise of a bad chain. */
  readonly random: () => number;
}

/** A KVM that is plugged into a recorder; closing it frees its port and its page. */
export interface Kvm extends AsyncDisposable {
  /** PiKVM's API (see pikvm.ts of the wire). */
  readonly url: string;
  /** Changes how it captures; resolves when a picture of the new way is there. */
  setChain(chain: CaptureChain): Promise<void>;
}

/**
 * Plugs a KVM into a recorder: it sees its picture and moves its mouse and keyboard, and knows nothing else of it.
 * @throws Error when there is no browser, or the page does not load
 */
export async function startKvm(options: KvmOptions): Promise<Kvm> {
  const { plan, displayUrl, size, mains, hasSignal, host, random } = options;
  await using stack = new AsyncDisposableStack();
  const screen = stack.use(await Screen.open(await options.browser.get(), displayUrl, size));
  const streamer = stack.use(
    new Streamer({
      screen,
      size,
      hasSignal,
      random,
      chain: plan.chain ?? GOOD_CHAIN,
      forever: plan.streamer === 'forever',
    }),
  );
  await streamer.open();
  const hid = new Hid(screen.input, size, () => mains.powered);
  const atx = stack.use(new Atx(mains));
  const server = stack.use(await serveApi({ auth: new Auth(plan), streamer, hid, atx }, host));
  const closing = stack.move();
  return {
    url: server.url,
    setChain: (chain) => streamer.setChain(chain),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
