import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** A file of a run, with how it may be sent. */
export interface RunFile {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  jpg: 'image/jpeg',
  json: 'application/json; charset=utf-8',
  pdf: 'application/pdf',
  png: 'image/png',
};
/** XML may bring a style sheet with script, so it is sent as text, as is all else. */
const PLAIN = 'text/plain; charset=utf-8';

/**
 * What may be sent: reports, and evidence by its hash. Anything else in a run's folder is nobody's business, and no name
 * that leads elsewhere has this form.
 */
const NAME =
  /^(?:(?:index|baselines)\.html|(?:run|ctrf)\.json|results\.tap|junit\.xml|security\.sarif|summary\.md|report\.pdf|evidence\/[0-9a-f]{64}\.(?:png|jpg|txt|json|eml))$/;

/**
 * A report is a page with a script of its own, made elsewhere perhaps: it gets an origin of its own, so that it can
 * neither read these pages nor send their forms.
 */
export const REPORT_POLICY =
  "sandbox allow-scripts allow-popups allow-modals; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";

/**
 * Reads a file of a run.
 * @param folder of the run, with its whole path
 * @param name from the address: anything
 * @returns nothing where there is no such file, or where it is a link that leads out of the folder
 */
export async function runFile(folder: string, name: string): Promise<RunFile | undefined> {
  if (!NAME.test(name)) return undefined;
  const path = join(folder, name);
  try {
    const [real, home] = await Promise.all([realpath(path), realpath(folder)]);
    if (!real.startsWith(home + sep)) return undefined;
    const bytes = await readFile(real);
    const ext = name.slice(name.lastIndexOf('.') + 1);
    return {
      bytes,
      headers: {
        'content-type': TYPES[ext] ?? PLAIN,
        'content-security-policy': ext === 'html' ? REPORT_POLICY : FILE_POLICY,
        // Pictures are shown in reports, which have another origin.
        ...(name.startsWith('evidence/')
          ? {
              'cross-origin-resource-policy': 'cross-origin',
              'cache-control': 'private, max-age=86400, immutable',
            }
          : {}),
      },
    };
  } catch {
    return undefined;
  }
}
