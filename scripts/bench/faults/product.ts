// Faults of recorders: a spread of suites/defects.yaml over all that a bench listens to, proved by `resetbench prove`.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ProofRecord } from '../../../harness/terms/proof.ts';

const CLI = fileURLToPath(new URL('../../../harness/cli/main.ts', import.meta.url));

/** Twins that `prove` opens by itself on a small machine. */
const MOST_JOBS = 12;

/** Ids of defects. */
export const PRODUCT_FAULTS: readonly { readonly id: string }[] = [
  // The GUI.
  'method-hidden',
  'method-without-address',
  'wizard-without-the-box',
  'address-unmasked-in-reset',
  'method-listed-twice',
  'code-last-character-ignored',
  'code-of-7-taken',
  'code-reusable',
  'code-dies-at-47-hours',
  'password-of-16-refused',
  'confirmation-compared-over-8-characters',
  'new-password-not-at-gui',
  'code-lock-lets-right-in',
  'pattern-alive-after-reset',
  // Mail.
  'mail-never-sent',
  'mail-copied-to-support',
  'mail-with-code-of-7',
  'mail-with-two-codes',
  'mail-with-whole-serial-number',
  'mail-from-another-domain',
  'scans-without-limit',
  'plus-tag-dropped',
  // HTTP.
  'capability-denies',
  'firmware-over-http-is-another',
  'address-over-http-without-login',
  'new-password-not-for-digest',
  'new-password-not-for-sessions',
  'sessions-alive-after-reset',
  'online-users-stay-listed',
  'users-deleted-by-reset',
  'log-without-start',
  'log-holds-password',
  // The console.
  'serial-prints-password',
  'serial-prints-address',
  'serial-prints-payload',
  'serial-prints-code-in-hex',
  'shell-offers-show-password',
  'shell-clears-the-password',
  // The QR.
  'qr-inverted',
  'qr-too-small',
  'disclaimer-shows-the-reset-qr',
  'payload-holds-address',
  'exported-qr-is-another',
  // SADP.
  'firmware-over-sadp-is-another',
  'sadp-denies-the-reset',
  'sadp-tells-the-address',
  // The mains.
  'address-lost-by-power-cut',
  'code-survives-power-cut',
  'code-survives-reboot',
  'cut-while-saving-leaves-inactive',
].map((id) => ({ id }));

/** What a fault of a recorder came to. */
export interface ProductResult {
  readonly id: string;
  readonly channel: string;
  readonly what: string;
  readonly requirement: string;
  readonly verdict: string;
  readonly facts: string;
  /** The named requirement's case failed: only what a recorder did makes a `fail`. */
  readonly right: boolean;
  readonly milliseconds: number;
}

/** Makes twins defective, one defect at a time, behind a healthy bench. */
export async function playProduct(
  faults: readonly { readonly id: string }[],
  say: (line: string) => void,
): Promise<readonly ProductResult[]> {
  if (faults.length === 0) return [];
  const list = faults.map(({ id }) => id).join(',');
  const none = ['--others', '0', '--sequences', '0'];
  // Each twin has to be brought to its states first: a few faults need few.
  const jobs = faults.length < MOST_JOBS ? ['--jobs', String(faults.length)] : [];
  const args = ['--defect', list, ...none, ...jobs];
  // As in a run, a fault of the bench is tried once more: a twin that does not open in time proves nothing.
  const { defects } = await proved(args, say).catch((error: Error) => {
    say(`once more: ${error.message}`);
    return proved(args, say);
  });
  return defects.map(({ outcome, verdict = 'none', ...told }) => ({
    id: told.id,
    channel: told.channel,
    what: told.what,
    requirement: told.requirement,
    verdict,
    facts: told.facts,
    right: outcome === 'killed' && verdict === 'fail',
    milliseconds: told.milliseconds,
  }));
}

/** What `resetbench prove` finds out. @throws Error with what it printed, where it came to no end */
async function proved(args: readonly string[], say: (line: string) => void): Promise<ProofRecord> {
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-faults-'));
  try {
    const output = await prove([...args, '--reports', folder], say);
    const [id = ''] = await readdir(folder);
    const proof = await readFile(join(folder, id, 'proof.json'), 'utf8').catch((cause: unknown) => {
      throw new Error(`nothing was proved: ${output}`, { cause });
    });
    return JSON.parse(proof);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function prove(args: readonly string[], say: (line: string) => void): Promise<string> {
  const child = spawn(process.execPath, [CLI, 'prove', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      output += `${line}\n`;
      if (line !== '') say(line);
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}
