import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Page } from 'playwright';
import { passwordResponse } from './handshake.ts';

/** Browsers that have a window. */
const BROWSERS = ['chromium', 'google-chrome'];

/** A path on PATH; undefined where there is none. */
function onPath(...names: readonly string[]): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    for (const name of names) if (folder !== '' && existsSync(join(folder, name))) return join(folder, name);
  return undefined;
}

/** Why tests by a real VNC server are skipped; false where they run: all there, or CI, where it must be. */
export function xvncMissing(): string | false {
  const lacking = [
    onPath('Xvnc') === undefined ? 'Xvnc (tigervnc-standalone-server)' : '',
    onPath('openbox') === undefined ? 'openbox' : '',
    onPath(...BROWSERS) === undefined ? 'a browser with a window (chromium)' : '',
  ].filter((one) => one !== '');
  if (lacking.length === 0) return false;
  if (process.env.CI)
    throw new Error(`not on this machine: ${lacking.join(', ')}: npm run setup -- --for-tests`);
  return `not on this machine: ${lacking.join(', ')}`;
}

export interface Xvnc extends AsyncDisposable {
  readonly port: number;
  /** As in DISPLAY. */
  readonly display: string;
  /** Ends the process, and waits until it is gone. */
  kill(): Promise<void>;
}

/** A real VNC server on loopback, with an X screen of that size behind it. */
export async function startXvnc(options: {
  readonly width: number;
  readonly height: number;
  readonly password?: string;
}): Promise<Xvnc> {
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-xvnc-'));
  const passwordFile = join(folder, 'passwd');
  if (options.password !== undefined) {
    // The file of a password is that password, encrypted with a key that everybody knows.
    const known = String.fromCharCode(23, 82, 107, 6, 35, 78, 88, 7);
    const plain = Buffer.alloc(8);
    plain.write(options.password, 'latin1');
    await writeFile(passwordFile, passwordResponse(plain, known));
  }
  const port = await freePort();
  const security = options.password === undefined ? ['None'] : ['VncAuth', '-rfbauth', passwordFile];
  const child = spawn(
    'Xvnc',
    [
      ['-displayfd', '3', '-rfbport', String(port), '-localhost', '-AlwaysShared', '-nolisten', 'tcp'],
      ['-geometry', `${options.width}x${options.height}`, '-depth', '24', '-SecurityTypes', ...security],
    ].flat(),
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const words: string[] = [];
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', (line) => words.push(line));
  const numbers = child.stdio[3];
  const display = await new Promise<string>((resolve, reject) => {
    numbers?.once('data', (data) => resolve(`:${String(data).trim()}`));
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`Xvnc ended: ${words.slice(-5).join('; ')}`)));
  });
  const kill = () => ended(child);
  return {
    port,
    display,
    kill,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A screen with a page that fills it. */
export interface Desktop extends AsyncDisposable {
  readonly page: Page;
  readonly xvnc: Xvnc;
}

/** Xvnc with openbox and a browser in kiosk mode. */
export async function startDesktop(size: {
  readonly width: number;
  readonly height: number;
}): Promise<Desktop> {
  await using stack = new AsyncDisposableStack();
  const xvnc = stack.use(await startXvnc(size));
  const env = { ...process.env, DISPLAY: xvnc.display };
  stack.adopt(spawn('openbox', [], { env, stdio: 'ignore' }), ended);
  const profile = await mkdtemp(join(tmpdir(), 'resetbench-kiosk-'));
  stack.defer(() => rm(profile, { recursive: true, force: true }));
  // The window that it opens first is the one in kiosk mode.
  const context = stack.adopt(
    await chromium.launchPersistentContext(profile, {
      executablePath: onPath(...BROWSERS) ?? '',
      headless: false,
      env,
      viewport: null,
      // Its bar of a warning would take a part of the screen.
      ignoreDefaultArgs: ['--enable-automation'],
      args: [
        ...['--kiosk', '--no-sandbox', '--test-type', '--disable-gpu', '--no-first-run', '--hide-scrollbars'],
        ...['--force-color-profile=srgb', '--disable-background-networking', '--force-device-scale-factor=1'],
      ],
    }),
    (one) => one.close(),
  );
  const page = context.pages()[0] ?? (await context.newPage());
  const ending = stack.move();
  return { page, xvnc, [Symbol.asyncDispose]: () => ending.disposeAsync() };
}

/** A way through to a port, which can be cut. */
export async function passage(to: number): Promise<{ readonly port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    near.setNoDelay(true);
    far.setNoDelay(true);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  const port = await listening(server);
  return {
    port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const one of sockets) one.destroy();
      }),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Ends a process by its id, and waits until it is gone. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(hard);
}
