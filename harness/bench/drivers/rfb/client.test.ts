import { type AddressInfo, createServer } from 'node:net';
import t from 'tap';
import { openRfb } from './client.ts';

/** What a server says that needs no password, up to the size of its picture and the length of its name. */
const init = (size: number, nameLength: number): Buffer => {
  const rest = Buffer.alloc(24);
  rest.writeUInt16BE(size, 0);
  rest.writeUInt16BE(size, 2);
  rest.writeUInt32BE(nameLength, 20);
  return Buffer.concat([Buffer.from('RFB 003.008\n\u0001\u0001\0\0\0\0', 'latin1'), rest]);
};

t.test('a picture or a name that fills the memory is refused', async (t) => {
  for (const [said, message] of [
    [init(65_535, 0), /picture of 65535x65535/],
    [init(0, 0), /picture of 0x0/],
    [init(4, 0xffff_ffff), /name of 4294967295 bytes/],
  ] as const) {
    const server = createServer(
      (socket) =>
        void socket
          .on('error', () => undefined)
          .resume()
          .write(said),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const opening = openRfb({ host: '127.0.0.1', port, pointer: 'out', signal: AbortSignal.timeout(20_000) });
    await t.rejects(opening, { code: 'PORT_PROTOCOL', message });
    await new Promise((resolve) => server.close(resolve));
  }
});
