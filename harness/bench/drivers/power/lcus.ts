/**
 * Frames of LCUS-1, -2, -4 and -8 boards and the many that copy them, as their makers publish them: 9600 baud, 8N1;
 * four bytes: 0xA0, channel from 1, 1 to energise or 0 to release, and the sum of the three. "A0 01 01 A2" energises the
 * first relay, "A0 02 00 A2" releases the second.
 */
export const LCUS_BAUD_RATE = 9600;
const HEAD = 0xa0;

/** @param channel from 1 */
export function lcusFrame(channel: number, energised: boolean): Uint8Array {
  const order = energised ? 1 : 0;
  return Uint8Array.of(HEAD, channel, order, (HEAD + channel + order) & 0xff);
}

/** Asks for the state of all relays. LCUS-1 boards have no answer to it. */
export const LCUS_QUERY = Uint8Array.of(0xff);

/**
 * Whether a relay is energised by the answer to a query: lines of text ("CH1: ON", "CH2: OFF"), or on other boards a
 * byte a channel, 1 or 0. undefined where the answer tells nothing of it (yet).
 * @param channel from 1
 */
export function readLcusState(answer: Uint8Array, channel: number): boolean | undefined {
  const text = Buffer.from(answer).toString('latin1');
  if (/[A-Z]/i.test(text)) {
    const found = new RegExp(String.raw`CH${channel}\s*:\s*(ON|OFF)\s*[\r\n]`, 'i').exec(text);
    return found === null ? undefined : found[1]?.toUpperCase() === 'ON';
  }
  const byte = answer[channel - 1];
  return byte === undefined || byte > 1 ? undefined : byte === 1;
}
