import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scryptSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { HarnessError } from '../terms/error.ts';
import { makeFolder, placeFile, readIfThere } from './files.ts';

/** Where the key of a lab's passwords comes from: a phrase of a person or a vault, a file with 32 random bytes, or these. */
export type KeySource =
  | { readonly from: 'bytes'; readonly bytes: Uint8Array }
  | { readonly from: 'phrase'; readonly phrase: string; readonly name: string }
  | { readonly from: 'file'; readonly file: string };

/** Opens and closes secrets of one file. */
export interface Seal {
  /** AES-256-GCM with a fresh nonce; `about` is bound to it. Answers Base64 of nonce, text and tag. */
  close(secret: string, about: string): string;
  /** undefined where it was not sealed with this key, about this, or was changed. */
  open(sealed: string, about: string): string | undefined;
}

/** Shorter phrases are guessed. */
const PHRASE_LEAST = 16;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** About a tenth of a second and 32 MiB a guess (RFC 7914: N, r, p). */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 } as const;

/**
 * The key of a file of secrets, drawn from the lab's by a salt of the file's own.
 * @param salt Base64
 * @throws HarnessError CONFIG_INVALID where the source holds no key; CONFIG_MISSING where a named file is not there
 */
export function sealFor(source: KeySource, salt: string): Seal {
  const key = keyOf(source, Buffer.from(salt, 'base64'));
  return {
    close(secret, about) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64');
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed, 'base64');
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const tag = bytes.subarray(bytes.length - TAG_BYTES);
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(about)).setAuthTag(tag);
        const text = decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}

/** A salt for a new file, Base64. */
export function freshSalt(): string {
  return randomBytes(32).toString('base64');
}

/** Makes a key where there is no such file yet. Of two that do so at once, both then read the same. */
export function makeKeyFile(file: string): void {
  if (existsSync(file)) return;
  makeFolder(dirname(file));
  placeFile(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
}

function keyOf(source: KeySource, salt: Buffer): Buffer {
  if (source.from === 'phrase') {
    if (source.phrase.length < PHRASE_LEAST)
      throw new HarnessError(
        'CONFIG_INVALID',
        `${source.name} is too short for a key: ${PHRASE_LEAST} characters at least`,
        { hint: 'take a long random one, and keep it where the lab keeps its passwords' },
      );
    return scryptSync(source.phrase, salt, KEY_BYTES, SCRYPT);
  }
  const bytes = source.from === 'bytes' ? source.bytes : fileKey(source.file);
  return Buffer.from(hkdfSync('sha256', bytes, salt, 'resetbench password journal', KEY_BYTES));
}

function fileKey(file: string): Buffer {
  const text = readIfThere(file);
  if (text === undefined)
    throw new HarnessError('CONFIG_MISSING', `there is no key file ${file}`, {
      hint: 'name the one with which the passwords were kept, or restore it from where the lab keeps it; where it is lost, and each recorder is known to have its adminPassword, move the folder duts of the state folder away',
    });
  const bytes = Buffer.from(text.trim(), 'base64');
  if (bytes.length < KEY_BYTES)
    throw new HarnessError('CONFIG_INVALID', `${file} holds no key: expected 32 bytes as Base64`, {
      hint: 'restore it; a new one opens nothing that was kept before',
    });
  return bytes;
}
