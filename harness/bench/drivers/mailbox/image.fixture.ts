import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { GenericContainer, getContainerRuntimeClient } from 'testcontainers';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
/** What the catcher imports. */
const PACKAGES = ['@hono/node-server', 'hono', 'mailparser', 'smtp-server'];
const CATCHER = '/app/harness/bench/drivers/mailbox/catcher.fixture.ts';
const SOURCES = ['harness/terms', 'harness/bench/ports', 'harness/bench/drivers/mailbox'];

/** Why tests in containers are skipped; false where they run. Where CI is set, there must be an engine. */
export async function withoutEngine(): Promise<string | false> {
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  try {
    await getContainerRuntimeClient();
    return false;
  } catch (error) {
    if (process.env.CI) throw error;
    return `no container engine: ${error instanceof Error ? error.message : error}`;
  }
}

/** Images made of files of this machine: nothing is pulled. */
export interface MadeImages extends AsyncDisposable {
  readonly mailhog: string;
  readonly mailpit: string;
}

/** Makes an image of this Node with its libraries and the catcher of these tests, and another one upon it. */
export async function makeImages(): Promise<MadeImages> {
  const folder = mkdtempSync(join(tmpdir(), 'resetbench-image-'));
  const names = {
    mailhog: `resetbench-test-mailhog:${process.pid}`,
    mailpit: `resetbench-test-mailpit:${process.pid}`,
  };
  const { container } = await getContainerRuntimeClient();
  const remove = async () => {
    for (const name of [names.mailpit, names.mailhog])
      await container.dockerode
        .getImage(name)
        .remove({ force: true })
        .catch(() => undefined);
  };
  const command = (kind: 'mailhog' | 'mailpit') => `CMD ${JSON.stringify(['/usr/bin/node', CATCHER, kind])}`;
  try {
    const root = join(folder, 'root');
    for (const library of libraries(process.execPath)) put(library, join(root, library));
    put(process.execPath, join(root, 'usr/bin/node'));
    const app = join(root, 'app');
    for (const source of SOURCES) put(join(ROOT, source), join(app, source));
    for (const one of closure(PACKAGES)) put(join(ROOT, 'node_modules', one), join(app, 'node_modules', one));
    writeFileSync(join(app, 'package.json'), '{ "type": "module" }');
    mkdirSync(join(root, 'tmp'));
    const [repo, tag] = names.mailhog.split(':');
    const changes = [command('mailhog'), 'WORKDIR /app', 'EXPOSE 1025', 'EXPOSE 8025'];
    const tar = spawn('tar', ['-C', root, '-cf', '-', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const told = await container.dockerode.importImage(tar.stdout, { repo, tag, changes });
    // The engine tells how far it is, and has the image when it says no more.
    told.resume();
    await finished(told);
    const upon = join(folder, 'upon');
    mkdirSync(upon);
    writeFileSync(join(upon, 'Dockerfile'), `FROM ${names.mailhog}\n${command('mailpit')}\n`);
    await GenericContainer.fromDockerfile(upon).build(names.mailpit, { deleteOnExit: false });
  } catch (error) {
    await remove();
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { ...names, [Symbol.asyncDispose]: remove };
}

function put(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, dereference: true });
}

/** Shared libraries of a program, its loader included. */
function libraries(program: string): readonly string[] {
  const told = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...told.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

/** Packages with all that they depend on and that lies beside them. */
function closure(names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const file = join(ROOT, 'node_modules', name, 'package.json');
    if (found.has(name) || !existsSync(file)) continue;
    found.add(name);
    const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly dependencies?: Readonly<Record<string, string>>;
    };
    open.push(...Object.keys(dependencies));
  }
  return [...found];
}
