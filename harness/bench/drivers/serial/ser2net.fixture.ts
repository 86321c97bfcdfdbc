import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as clock } from '../../../terms/clock.ts';
import type { SerialUnderTest } from '../../ports/serial.contract.ts';
import type { Serial } from '../../ports/serial.ts';
import { openTcpSerial, type TcpSerialOptions } from './network.ts';
import { answerLines, nextGap, openPair, programMissing, socatMissing } from './pair.fixture.ts';

/** Why tests by a real ser2net are skipped; false where they run. */
export function ser2netMissing(): string | false {
  return socatMissing() || programMissing('ser2net', ['-v']);
}

/** A real ser2net on loopback that serves one device both ways. */
export interface Ser2net extends AsyncDisposable {
  readonly raw: number;
  readonly rfc2217: number;
  /** Ends it, and waits until it is gone. */
  stop(): Promise<void>;
  /** The same ports again. */
  start(): Promise<void>;
  /** It does nothing more, and its connections stay open: half open, as far as a program can see. */
  freeze(): void;
  thaw(): void;
}

const UP_MS = 10_000;

/** @param options more lines for each connection, e.g. `kickolduser: true` */
export async function startSer2net(device: string, options: readonly string[] = []): Promise<Ser2net> {
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-ser2net-'));
  const [raw, rfc2217] = [await freePort(), await freePort()];
  const connection = (name: string, accepter: string) => [
    `connection: &${name}`,
    `  accepter: ${accepter}`,
    `  connector: serialdev,${device},115200n81,local`,
    ...(options.length === 0 ? [] : ['  options:', ...options.map((line) => `    ${line}`)]),
  ];
  const config = [
    '%YAML 1.1',
    '---',
    ...connection('raw', `tcp,127.0.0.1,${raw}`),
    ...connection('rfc', `telnet(rfc2217),tcp,127.0.0.1,${rfc2217}`),
    '',
  ];
  const file = join(folder, 'ser2net.yaml');
  await writeFile(file, config.join('\n'));
  let child: ChildProcess | undefined;
  const start = async () => {
    const fresh = spawn('ser2net', ['-n', '-u', '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    child = fresh;
    let said = '';
    fresh.stderr?.on('data', (text) => {
      said += text;
    });
    const until = clock.monotonic() + UP_MS;
    while (!(await listens(raw))) {
      if (fresh.exitCode !== null || clock.monotonic() > until) throw new Error(`no ser2net: ${said}`);
      await clock.sleep(20);
    }
    // The look from before is a client for as long as ser2net takes to notice that it left.
    await clock.sleep(100);
  };
  const stop = async () => {
    const old = child;
    child = undefined;
    if (old === undefined || old.exitCode !== null || old.signalCode !== null) return;
    const gone = new Promise((resolve) => old.once('exit', resolve));
    old.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    raw,
    rfc2217,
    start,
    stop,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const tell = (there: boolean) => {
      socket.destroy();
      resolve(there);
    };
    socket.once('connect', () => tell(true));
    socket.once('error', () => tell(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

type Protocol = TcpSerialOptions['protocol'];

/** The console that a server serves by one of its two ports. */
export function openServed(
  server: Ser2net,
  protocol: Protocol,
  options: { readonly reopenMs?: number } = {},
): Promise<Serial> {
  const place = { host: '127.0.0.1', port: server[protocol], protocol };
  return openTcpSerial({ ...place, baudRate: 115_200, clock, ...options });
}

/** What the contract of the port is run on. */
export function servedBench(
  protocol: Protocol,
): (options?: { readonly reopenMs: number }) => Promise<SerialUnderTest> {
  return async (options) => {
    const pair = await openPair();
    const server = await startSer2net(pair.path);
    const serial = await openServed(server, protocol, options);
    return {
      serial,
      print: pair.print,
      onCommand: answerLines(pair),
      unplug: pair.unplug,
      replug: () => nextGap(serial, pair.replug),
      elapse: async () => undefined,
      async [Symbol.asyncDispose]() {
        await serial[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
        await pair[Symbol.asyncDispose]();
      },
    };
  };
}
