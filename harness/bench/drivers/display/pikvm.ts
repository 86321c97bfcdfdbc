import { HarnessError } from '../../../terms/error.ts';
import { PIKVM, type PikvmHid } from '../../../wire/pikvm.ts';
import type { Display } from '../../ports/display.ts';
import { pikvmInput } from '../pikvm/input.ts';
import { type PikvmAccess, pikvmService } from '../pikvm/service.ts';
import { frameOfSnapshot, noSignal } from '../pikvm/snapshot.ts';
import { holdStreamer } from '../pikvm/streamer.ts';

export interface PikvmDisplayOptions extends PikvmAccess {
  /** The recorder's size, px: a picture of another is refused. Default: whatever comes. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Oldest picture that is taken for one, ms from grab to answer. Default 3,000. */
  readonly maxAgeMs?: number;
  /**
   * How long a mouse button is held for a click, and how long a drag rests at each of its points, ms. Default 50: a menu
   * that looks 25 times a second sees it.
   */
  readonly holdMs?: number;
  /** Time between two events of the keyboard while text is typed, ms. Default 0. */
  readonly keyDelayMs?: number;
}

const MAX_AGE_MS = 3_000;
const HOLD_MS = 50;

/**
 * A recorder's picture, mouse and keyboard through a PiKVM (or what speaks its API): pixels only. Frames are JPEGs as
 * the device made them. Beside what the port promises it throws CREDENTIALS_REFUSED, WRONG_DEVICE (another certificate
 * than was named), PORT_BUSY, and USAGE for text that no US keyboard can type.
 * @throws HarnessError at once where the recorder does not take the device's keyboard or mouse
 */
export async function openPikvmDisplay(options: PikvmDisplayOptions): Promise<Display> {
  const { clock, maxAgeMs = MAX_AGE_MS } = options;
  const service = pikvmService(options, 'display');
  const streamer = holdStreamer(service, clock);
  let size = options.size;
  const end = async () => {
    service.abort();
    await streamer[Symbol.asyncDispose]();
  };

  /** When the newest frame was grabbed at the latest and at the earliest, ms since the epoch. */
  let newest = { at: 0, least: 0 };
  async function frame(signal?: AbortSignal) {
    let askedAt = 0;
    const snapshot = () => {
      askedAt = clock.now();
      return service.raw(PIKVM.snapshot, { signal });
    };
    let reply = await snapshot();
    if (reply.status === 503) {
      // No signal, or a streamer that has ended: only the second can be cured.
      const before = await streamer.state(signal);
      if (before === null) {
        await streamer.start(signal);
        reply = await snapshot();
      }
      if (reply.status === 503) {
        const source = (await streamer.state(signal))?.source;
        if (source?.online === true)
          throw new HarnessError('FRAME_UNUSABLE', 'the PiKVM has a signal, but answers snapshots with 503', {
            port: 'display',
            hint: "see the log of kvmd; some makers' builds cannot take snapshots",
          });
        throw noSignal(
          source === undefined
            ? 'the streamer of the PiKVM does not run'
            : `the PiKVM captures ${source.captured_fps} frames/s, online: false`,
        );
      }
    }
    if (reply.status !== 200)
      throw new HarnessError('PORT_PROTOCOL', `${PIKVM.snapshot}: the PiKVM answers ${reply.status}`, {
        port: 'display',
        hint: `see that ${service.where} is a PiKVM with kvmd 3.0 or newer`,
      });
    const taken = frameOfSnapshot(reply, { maxAgeMs, size: options.size });
    size = { width: taken.width, height: taken.height };
    // The time of a grab is late by the way of its answer: one picture that is asked for twice seems older the second time
    // where the answer was quicker.
    if (taken.grabbedAt < newest.at && taken.grabbedAt >= newest.least)
      return { ...taken, grabbedAt: newest.at };
    newest = { at: taken.grabbedAt, least: taken.grabbedAt - (reply.arrivedAt - askedAt) };
    return taken;
  }

  try {
    await service.ask(PIKVM.check);
    refuseOffline(await service.ask<PikvmHid>(PIKVM.hid), service.where);
    await streamer.start();
    const version = versionOf(await service.ask<unknown>(PIKVM.info, { query: { fields: 'system' } }));
    return {
      source: `pikvm kvmd ${version}`,
      layout: 'us',
      frame,
      ...pikvmInput({
        service,
        clock,
        size: async () => size ?? (await frame()),
        holdMs: options.holdMs ?? HOLD_MS,
        keyDelayMs: options.keyDelayMs ?? 0,
      }),
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A recorder that does not take the device's keyboard and mouse would ignore everything without a word. */
function refuseOffline(hid: PikvmHid, where: string): void {
  const wrong = (message: string, hint: string) =>
    new HarnessError('PORT_UNREACHABLE', `${message} (${where})`, { port: 'display', hint });
  const plug = 'see that the recorder is on and that the USB cable of the PiKVM is plugged into it';
  if (!hid.online) throw wrong('the keyboard and mouse of the PiKVM are offline', plug);
  if (!hid.keyboard.online) throw wrong('the recorder does not take the keyboard of the PiKVM', plug);
  if (!hid.mouse.online) throw wrong('the recorder does not take the mouse of the PiKVM', plug);
  if (!hid.mouse.absolute)
    throw wrong(
      'the mouse of the PiKVM is relative: nobody knows where its pointer is',
      'choose the mouse mode "absolute" in its web page (mouse_output=usb)',
    );
  if (hid.keyboard.leds?.caps === true)
    throw wrong(
      'Caps Lock is on at the recorder: text would arrive inverted',
      'press Caps Lock once, by hand',
    );
}

/** `GET /api/info`: the version lies in `system.kvmd.version`. */
function versionOf(info: unknown): string {
  const { system } = info as { readonly system?: { readonly kvmd?: { readonly version?: unknown } } };
  return typeof system?.kvmd?.version === 'string' ? system.kvmd.version : 'of unknown version';
}
