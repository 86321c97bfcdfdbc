import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MadeCertificate, makeCertificate } from '../pikvm/certificate.fixture.ts';
import type { SmtpEnd } from './delivery.fixture.ts';

const LIBEXEC = '/usr/lib/dovecot';
const NOBODY = 65_534;
const START_MS = 15_000;

/** Why tests by a real Dovecot are skipped; false where they run. Where CI is set, there must be one. */
export function withoutDovecot(): string | false {
  const missing = ['imap', 'lmtp'].filter((program) => !existsSync(join(LIBEXEC, program)));
  if (missing.length === 0) return false;
  const reason = `no Dovecot with ${missing.join(' and ')}: apt-get install dovecot-imapd dovecot-lmtpd`;
  if (process.env.CI) throw new Error(reason);
  return reason;
}

/** A Dovecot of its own: one account that takes the mails of all addresses. */
export interface Dovecot extends AsyncDisposable {
  readonly host: '127.0.0.1';
  /** TLS from the first byte. */
  readonly imaps: number;
  /** STARTTLS. */
  readonly imap: number;
  readonly lmtp: SmtpEnd & { readonly lmtp: true };
  readonly user: string;
  readonly password: string;
  readonly certificate: MadeCertificate;
  /** Ends the server, all its connections with it. */
  stop(): Promise<void>;
  /** The same server, on the same ports with the same mails. */
  start(): Promise<void>;
  /** Ends the processes that serve logged-in clients, and so their connections. */
  kick(): void;
  /** Last lines of its log. */
  log(): Promise<string>;
}

/** @param options.quota most bytes of mails, in KiB; default: no limit */
export async function startDovecot(options: { readonly quota?: number } = {}): Promise<Dovecot> {
  const folder = await mkdtemp(join(tmpdir(), 'rb-dovecot-'));
  const certificate = makeCertificate('dovecot');
  const [imaps, imap, lmtp] = await freePorts(3);
  const password = 'Lab-Mail-77';
  const asRoot = process.getuid?.() === 0;
  const owner = asRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const name = execFileSync('id', ['-un', ...(asRoot ? [String(NOBODY)] : [])], { encoding: 'utf8' }).trim();
  const group = execFileSync('id', ['-gn', ...(asRoot ? [name] : [])], { encoding: 'utf8' }).trim();
  await mkdir(join(folder, 'mail'));
  await writeFile(join(folder, 'cert.pem'), certificate.cert);
  await writeFile(join(folder, 'key.pem'), certificate.key, { mode: 0o600 });
  await writeFile(join(folder, 'users'), `lab:{PLAIN}${password}::::::\n`);
  const config = join(folder, 'dovecot.conf');
  await writeFile(config, configuration({ folder, name, group, imaps, imap, lmtp, quota: options.quota }));
  if (asRoot) {
    for (const one of ['', 'mail', 'cert.pem', 'key.pem', 'users', 'dovecot.conf'])
      await chown(join(folder, one), NOBODY, NOBODY);
  }
  await chmod(folder, 0o755);

  let child: ChildProcess | undefined;
  const stop = async () => {
    const { pid } = child ?? {};
    if (child === undefined || pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return;
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGTERM');
    const hard = setTimeout(() => child?.kill('SIGKILL'), 5_000);
    await gone;
    clearTimeout(hard);
    // Those who serve clients would hold their connections for ten seconds more.
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // They are gone already.
    }
  };
  const log = () => readFile(join(folder, 'log'), 'utf8').catch(() => '');
  const start = async () => {
    let words = '';
    child = spawn('/usr/sbin/dovecot', ['-F', '-c', config], {
      ...owner,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data) => {
        words += data;
      });
    const until = Date.now() + START_MS;
    while (!(await listens(lmtp)) || !(await listens(imaps))) {
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`Dovecot does not start: ${words}\n${await log()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await start();
  return {
    host: '127.0.0.1',
    imaps,
    imap,
    lmtp: { host: '127.0.0.1', port: lmtp, lmtp: true },
    user: 'lab',
    password,
    certificate,
    start,
    stop,
    kick: () => {
      execFileSync('/usr/bin/doveadm', ['-c', config, 'kick', 'lab'], { ...owner, stdio: 'ignore' });
    },
    log,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(of: {
  readonly folder: string;
  readonly name: string;
  readonly group: string;
  readonly imaps: number;
  readonly imap: number;
  readonly lmtp: number;
  readonly quota: number | undefined;
}): string {
  const { folder, name, group } = of;
  const services = ['anvil', 'imap-login', 'stats', 'imap', 'lmtp', 'auth', 'auth-worker', 'log', 'config'];
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = ${name}
default_internal_group = ${group}
default_login_user = ${name}
ssl = required
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
mail_home = ${folder}/mail
mail_location = maildir:~/Maildir
namespace inbox {
  inbox = yes
}
recipient_delimiter = +
passdb {
  driver = passwd-file
  args = ${folder}/users
}
userdb {
  driver = static
  args = allow_all_users=yes home=${folder}/mail
}
auth_failure_delay = 0
${services.map((service) => `service ${service} {\n  chroot =\n${inner(service, of)}}`).join('\n')}
mail_plugins = ${of.quota === undefined ? '' : 'quota'}
protocol imap {
  mail_plugins = ${of.quota === undefined ? '' : 'quota imap_quota'}
}
plugin {
${of.quota === undefined ? '' : `  quota = count:Lab\n  quota_rule = *:storage=${of.quota}K\n  quota_grace = 0\n  quota_vsizes = yes`}
}
`;
}

function inner(
  service: string,
  { imaps, imap, lmtp }: { readonly imaps: number; readonly imap: number; readonly lmtp: number },
): string {
  if (service === 'imap-login')
    return `  inet_listener imap {\n    port = ${imap}\n  }\n  inet_listener imaps {\n    port = ${imaps}\n    ssl = yes\n  }\n`;
  // Else each wrong login of a test makes the next one wait longer.
  if (service === 'anvil') return '  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n';
  if (service === 'lmtp') return `  inet_listener lmtp {\n    port = ${lmtp}\n  }\n`;
  return '';
}

async function freePorts(count: 3): Promise<[number, number, number]>;
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer();
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Whether something listens; nothing is sent. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
