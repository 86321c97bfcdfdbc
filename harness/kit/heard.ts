import type { Serial } from '../bench/ports/serial.ts';
import { HarnessError } from '../terms/error.ts';

/**
 * What a console printed since a place in its transcript, whole.
 * @throws HarnessError PORT_CLOSED where a part of it was not heard: then nothing can be said of what stood there
 */
export function heardSince(serial: Pick<Serial, 'transcript'>, from: number): string {
  const heard = serial.transcript().slice(from);
  const missed = heard.reduce((sum, { missedMs = 0 }) => sum + missedMs, 0);
  if (missed > 0)
    throw new HarnessError('PORT_CLOSED', `${Math.round(missed)} ms of the console were not heard`, {
      port: 'serial',
      hint: 'check the adapter, its cable, and the network between; then run the case again',
    });
  return heard.map(({ text }) => text).join('');
}
