import { createHash } from 'node:crypto';
import { HarnessError } from '../terms/error.ts';

/** Longest part before the @ (RFC 5321, 4.5.3.1.1), characters. */
const MOST = 64;

/**
 * What a run adds to the part before the @ of its addresses: `+r1a2b3c4d`, the same for the same run. Empty where runs
 * share addresses.
 * @param plus as `lab.plusAddress` says: the separator, or true for a plus
 */
export function runTag(plus: boolean | string, run: string): string {
  if (plus === false) return '';
  const separator = plus === true ? '+' : plus;
  return `${separator}r${createHash('sha256').update(run).digest('hex').slice(0, 8)}`;
}

/** `shelf3+r1a2b3c4d@lab.example` for `shelf3@lab.example`. @throws HarnessError CONFIG_INVALID where that is too long */
export function taggedAddress(address: string, tag: string): string {
  const at = address.lastIndexOf('@');
  const local = `${address.slice(0, at)}${tag}`;
  if (local.length > MOST)
    throw new HarnessError(
      'CONFIG_INVALID',
      `with ${tag} of this run, the address of ${address.slice(at + 1)} has ${local.length} characters before the @; ${MOST} at most`,
      { port: 'mailbox', hint: 'choose a shorter address, or set plusAddress: false in lab of devices.yaml' },
    );
  return `${local}${address.slice(at)}`;
}
