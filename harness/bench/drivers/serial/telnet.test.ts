import fc from 'fast-check';
import t from 'tap';
import { readBaudRate, readLineState } from './com-port.ts';
import { type TelnetEvent, telnetData, telnetReader, telnetSub } from './telnet.ts';

/** Data of neighbours together: how a connection cuts it does not matter. */
function told(events: readonly TelnetEvent[]): readonly unknown[] {
  const all: { kind: string; hex: string }[] = [];
  for (const event of events) {
    const last = all.at(-1);
    const hex = 'bytes' in event ? Buffer.from(event.bytes).toString('hex') : JSON.stringify(event);
    if (event.kind === 'data' && last?.kind === 'data') last.hex += hex;
    else all.push({ kind: event.kind, hex });
  }
  return all;
}

t.test('telnet is read alike however it is cut, and never breaks', async (t) => {
  const byte = fc.oneof(fc.constantFrom(255, 250, 240, 253, 44, 0), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), fc.nat(60), (bytes, cut) => {
      const whole = told(telnetReader()(Uint8Array.from(bytes)));
      const read = telnetReader();
      const parts = [bytes.slice(0, cut), bytes.slice(cut)].flatMap((part) => read(Uint8Array.from(part)));
      return JSON.stringify(told(parts)) === JSON.stringify(whole);
    }),
    { numRuns: 2000 },
  );
  t.pass('2000 inputs');
});

t.test('data and subnegotiations come out as they went in', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (data, sub) => {
      const wire = Uint8Array.of(...telnetData(data), ...telnetSub(44, sub));
      const expected: TelnetEvent[] = [
        ...(data.length === 0 ? [] : [{ kind: 'data' as const, bytes: data }]),
        { kind: 'sub', option: 44, data: sub },
      ];
      return JSON.stringify(told(telnetReader()(wire))) === JSON.stringify(told(expected));
    }),
  );
  t.pass();
});

t.test('a subnegotiation without end takes no memory', async (t) => {
  const read = telnetReader();
  read(Uint8Array.of(255, 250, 44));
  for (let round = 0; round < 100; round++) t.same(read(new Uint8Array(10_000).fill(7)), []);
  const [event] = read(Uint8Array.of(255, 240));
  t.ok(event?.kind === 'sub' && event.data.length < 2000);
});

t.test('answers that are too short or too long are read as far as they go', async (t) => {
  t.equal(readBaudRate(Uint8Array.of(0, 1, 0xc2)), undefined);
  t.equal(readBaudRate(Uint8Array.of(0, 1, 0xc2, 0, 0, 0, 0, 0)), 115_200, 'sredird sends four more');
  t.same(readLineState(0x6f), ['framing', 'parity', 'overrun']);
  t.same(readLineState(0x61), [], 'registers that are empty are no flaw');
});
