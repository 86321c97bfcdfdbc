import { WebSocket } from 'ws';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import { PIKVM, type PikvmStreamer } from '../../../wire/pikvm.ts';
import type { PikvmService } from './service.ts';

/** Keeps the streamer of a PiKVM running. */
export interface Streamer extends AsyncDisposable {
  /**
   * Waits until it runs; whether it has a signal is another question.
   * @throws HarnessError PORT_TIMEOUT, and those of the service
   */
  start(signal?: AbortSignal): Promise<void>;
  state(signal?: AbortSignal): Promise<PikvmStreamer['streamer']>;
}

/** Longest time from the first client to a running streamer, ms. On a Raspberry Pi 4 it takes about 2 s. */
const START_MS = 15_000;
const POLL_MS = 200;
const HANDSHAKE_MS = 5_000;

/**
 * A PiKVM captures only while somebody looks: while a WebSocket of events is open. So one is held open, and opened again
 * when it was lost. A device that has no such socket is asked without.
 */
export function holdStreamer(service: PikvmService, clock: Clock): Streamer {
  let socket: WebSocket | undefined;
  let none = false;

  /** Resolves when the device has taken the socket, or has none. */
  function look(): Promise<void> {
    if (none || service.closed || (socket !== undefined && socket.readyState <= WebSocket.OPEN))
      return Promise.resolve();
    const { url, agent, headers } = service.line;
    const opened = new WebSocket(`${url}${PIKVM.ws.replace('GET ', '')}?stream=1`, {
      agent,
      headers,
      handshakeTimeout: HANDSHAKE_MS,
    });
    socket = opened;
    return new Promise((resolve) => {
      opened.once('open', () => resolve());
      opened.once('unexpected-response', (request, answer) => {
        none = answer.statusCode === 404;
        request.destroy();
        resolve();
      });
      // What is wrong with the device is told by the next request.
      opened.on('error', () => resolve());
      // States of the device's parts: nobody here wants them.
      opened.on('message', () => undefined);
    });
  }
  const state = async (signal?: AbortSignal) =>
    (await service.ask<PikvmStreamer>(PIKVM.streamer, { signal })).streamer;

  return {
    state,
    async start(signal) {
      const until = clock.monotonic() + START_MS;
      for (;;) {
        await look();
        const streamer = await state(signal);
        if (streamer !== null) return;
        if (clock.monotonic() >= until)
          throw new HarnessError(
            'PORT_TIMEOUT',
            `the streamer of the PiKVM does not run after ${START_MS} ms`,
            {
              port: 'display',
              hint: 'see the log of kvmd on the PiKVM; `streamer: { forever: true }` in its override.yaml keeps it running',
            },
          );
        // The signal is heard by the next request, which says in the port's terms what it means.
        await clock.sleep(POLL_MS);
      }
    },
    async [Symbol.asyncDispose]() {
      socket?.terminate();
    },
  };
}
