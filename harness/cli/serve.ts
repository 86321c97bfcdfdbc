import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { openHistory } from '../history/store.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { isLoopback, serveWeb } from '../web/serve.ts';
import { openWatch } from '../web/watch.ts';
import { type Args, type Command, EXIT } from './args.ts';
import { BASELINES } from './baselines.ts';
import { interruptible } from './interrupt.ts';
import { ROOT } from './root.ts';
import { baselineDesk } from './serve-baselines.ts';
import { set } from './state.ts';

const PORT = 8490;

/** `resetbench serve`: the page to watch the lab. */
export const serve: Command = {
  name: 'serve',
  summary: 'Serve a page to watch the lab: tonight, recorders, runs, requirements, baselines to approve.',
  positionals: '',
  options: {
    host: {
      type: 'string',
      value: 'ADDRESS',
      help: 'where to listen (default: 127.0.0.1, this machine alone)',
    },
    port: { type: 'string', value: 'N', help: `default: ${PORT}` },
    name: {
      type: 'string',
      value: 'LIST',
      help: 'names of this host in addresses, e.g. lab.example (default: that of the machine)',
    },
    'token-file': {
      type: 'string',
      value: 'FILE',
      help: 'a token that signs in, too, and as `Authorization: Bearer` lets programs read',
    },
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
    index: {
      type: 'string',
      value: 'FILE',
      help: 'where the index is (default: history.sqlite among the runs)',
    },
    baselines: {
      type: 'string',
      value: 'FOLDER',
      help: 'where approved pictures are kept (default: suites/baselines)',
    },
  },
  examples: [
    ['resetbench serve', `http://127.0.0.1:${PORT}/, with a password that it draws and prints`],
    ['RESETBENCH_SERVE_PASSWORD=... resetbench serve --host 0.0.0.0', 'for the lab; put TLS in front of it'],
  ],
  async run(args) {
    const host = args.text('host') ?? '127.0.0.1';
    const secrets = secretsOf(args, host);
    const drawn = secrets.length === 0 ? randomBytes(12).toString('base64url') : undefined;
    const reports = resolve(args.text('reports') ?? join(ROOT, 'reports'));
    if (args.text('reports') === undefined) mkdirSync(reports, { recursive: true });
    const port = args.number('port', 0) ?? PORT;
    using stop = interruptible('the page');
    using index = openHistory(reports, args.text('index'));
    console.log('reading what is new among the runs ...');
    const onProblem = (line: string) => console.error(line);
    const watch = await openWatch(index, { clock: systemClock, onProblem });
    await using served = await serveWeb({
      host,
      port,
      watch,
      baselines: baselineDesk(reports, resolve(args.text('baselines') ?? BASELINES)),
      secrets: drawn === undefined ? secrets : [drawn],
      names: namesOf(args),
      clock: systemClock,
      onProblem,
      onAct: (line) => console.log(line),
    });
    console.log(`the lab: ${served.url}   (Ctrl-C ends it)`);
    if (drawn !== undefined) console.log(`password to sign in, until it ends: ${drawn}`);
    if (!isLoopback(host))
      console.error('notice: what passes to other machines is not encrypted; put TLS in front of it');
    if (!stop.signal.aborted)
      await new Promise<void>((done) => stop.signal.addEventListener('abort', () => done(), { once: true }));
    await watch.settled();
    return EXIT.conformant;
  },
};

/** @throws HarnessError USAGE where other machines could look without any */
function secretsOf(args: Args, host: string): readonly string[] {
  const password = set(process.env.RESETBENCH_SERVE_PASSWORD);
  const file = args.text('token-file');
  const secrets = [
    ...(password === undefined ? [] : [password]),
    ...(file === undefined ? [] : [tokenIn(file)]),
  ];
  if (secrets.length === 0 && !isLoopback(host))
    throw new HarnessError('USAGE', `--host ${host} lets other machines in, and there is no password`, {
      hint: 'set RESETBENCH_SERVE_PASSWORD, or name a file with --token-file; or leave --host out',
    });
  return secrets;
}

function tokenIn(file: string): string {
  try {
    // Whoever can read it can sign in.
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
      throw new HarnessError('USAGE', `${file} can be read by others than its owner`, {
        hint: `chmod 600 ${file}`,
      });
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause;
    throw new HarnessError('CONFIG_MISSING', `${file} cannot be read`, {
      hint: 'name a file that holds a token with --token-file',
      cause,
    });
  }
}

function namesOf(args: Args): readonly string[] {
  const named = args.text('name');
  return named === undefined
    ? [hostname()]
    : named
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean);
}
