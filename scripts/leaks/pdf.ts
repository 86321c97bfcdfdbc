import { spawnSync } from 'node:child_process';

/** Whether bytes are a PDF, whose texts are packed and cannot be searched as they are. */
export function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 5)).toString('latin1') === '%PDF-';
}

/**
 * All text of a PDF by the program `pdftotext`, as it stands there, and once more without what breaks a line.
 * @throws Error where the program is missing or refuses the file
 */
export function textOfPdf(bytes: Uint8Array): string {
  const { error, status, stdout } = spawnSync('pdftotext', ['-enc', 'UTF-8', '-', '-'], {
    input: bytes,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  if (error !== undefined) throw new Error('no pdftotext (apt-get install poppler-utils)', { cause: error });
  if (status !== 0) throw new Error('pdftotext refuses it');
  return `${stdout}\n${stdout.replace(/\s*\n\s*/g, '')}`;
}
