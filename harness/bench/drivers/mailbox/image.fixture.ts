import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GenericContainer, getContainerRuntimeClient } from 'testcontainers';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
/** What the catcher imports. */
const PACKAGES = ['@hono/node-server', 'hono', 'mailparser', 'smtp-server'];
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

/** An image made of files of this machine: nothing is pulled. */
export interface MadeImage extends AsyncDisposable {
  readonly name: string;
}

/** Builds an image `FROM scratch` of this Node with its libraries and the catcher of these tests. */
export async function makeImage(kind: 'mailhog' | 'mailpit'): Promise<MadeImage> {
  const folder = mkdtempSync(join(tmpdir(), 'resetbench-image-'));
  const name = `resetbench-test-${kind}:${process.pid}`;
  try {
    const root = join(folder, 'root');
    for (const library of libraries(process.execPath)) put(library, join(root, library));
    put(process.execPath, join(root, 'usr/bin/node'));
    const app = join(root, 'app');
    for (const source of SOURCES) put(join(ROOT, source), join(app, source));
    for (const one of closure(PACKAGES)) put(join(ROOT, 'node_modules', one), join(app, 'node_modules', one));
    writeFileSync(join(app, 'package.json'), '{ "type": "module" }');
    mkdirSync(join(root, 'tmp'));
    const catcher = '/app/harness/bench/drivers/mailbox/catcher.fixture.ts';
    writeFileSync(
      join(folder, 'Dockerfile'),
      `FROM scratch\nCOPY root /\nWORKDIR /app\nEXPOSE 1025 8025\nCMD ${JSON.stringify(['/usr/bin/node', catcher, kind])}\n`,
    );
    await GenericContainer.fromDockerfile(folder).build(name, { deleteOnExit: false });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    name,
    async [Symbol.asyncDispose]() {
      const { container } = await getContainerRuntimeClient();
      await container.dockerode.getImage(name).remove({ force: true });
    },
  };
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
