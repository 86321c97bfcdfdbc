import { createSocket, Socket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { failure } from '../../ports/contract-help.ts';
import { leftBehind } from '../../ports/left-behind.fixture.ts';
import { sadpContract } from '../../ports/sadp.contract.ts';
import { openSadp } from './udp.ts';

/** A recorder on the loopback that answers as told, and keeps what it was asked. */
async function serveSadp() {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  let text: string | undefined;
  socket.on('message', (bytes, { port, address }) => {
    const probe = bytes.toString();
    asked.push(probe);
    const uuid = /<Uuid>([^<]*)</.exec(probe)?.[1] ?? '';
    if (text !== undefined) socket.send(text.replace('UUID', uuid.toLowerCase()), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    asked,
    answers(next: string | undefined) {
      text = next;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

sadpContract(t, 'udp', async () => {
  const recorder = await serveSadp();
  const sadp = await openSadp({ host: '127.0.0.1', port: recorder.port });
  return {
    sadp,
    answers: recorder.answers,
    async [Symbol.asyncDispose]() {
      await sadp[Symbol.asyncDispose]();
      await recorder[Symbol.asyncDispose]();
    },
  };
});

t.test('nothing but inquiries is ever sent', async (t) => {
  await using recorder = await serveSadp();
  await using sadp = await openSadp({ host: '127.0.0.1', port: recorder.port });
  await sadp.inquire({ timeoutMs: 1200 });
  t.ok(recorder.asked.length > 1, 'a question without an answer is asked again');
  for (const probe of recorder.asked) t.match(probe, /<Types>inquiry<\/Types><\/Probe>$/);
});

t.test('a night of questions leaves nothing in the memory', async (t) => {
  await using recorder = await serveSadp();
  await using sadp = await openSadp({ host: '127.0.0.1', port: recorder.port });
  t.ok((await leftBehind(Socket, 20, () => sadp.inquire({ timeoutMs: 5 }))) < 10);
});

t.test('an answer that is no SADP is waited past', async (t) => {
  await using recorder = await serveSadp();
  await using sadp = await openSadp({ host: '127.0.0.1', port: recorder.port });
  recorder.answers('<html>');
  t.equal(await sadp.inquire({ timeoutMs: 30 }), undefined);
});

t.test('closing ends an open question', async (t) => {
  await using recorder = await serveSadp();
  const sadp = await openSadp({ host: '127.0.0.1', port: recorder.port });
  const open = failure(sadp.inquire({ timeoutMs: 60_000 }));
  await sadp[Symbol.asyncDispose]();
  t.equal((await open)?.code, 'PORT_CLOSED');
});

t.test('an address of many is refused', async (t) => {
  for (const host of ['239.255.255.250', '255.255.255.255', '192.0.2.255', '0.0.0.0', 'recorder.example'])
    t.equal((await failure(openSadp({ host, port: 37020 })))?.code, 'CONFIG_INVALID', host);
});
