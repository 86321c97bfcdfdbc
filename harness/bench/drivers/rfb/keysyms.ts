import type { KeyName } from '../../ports/display.ts';
import type { Key } from '../display/keys.ts';

/** Numbers of keys by the X Window System protocol, appendix A, as RFC 6143, 7.5.4 has them. */
const NAMED: Readonly<Record<KeyName, number>> = {
  Enter: 0xff0d,
  Escape: 0xff1b,
  Tab: 0xff09,
  Backspace: 0xff08,
  Delete: 0xffff,
  ArrowLeft: 0xff51,
  ArrowUp: 0xff52,
  ArrowRight: 0xff53,
  ArrowDown: 0xff54,
};
export const SHIFT = 0xffe1;

export function keysymNamed(name: KeyName): number {
  return NAMED[name];
}

/** The keysym of what a key of a US keyboard writes: of the characters of Latin-1 it is their code. */
export function keysymFor({ key }: Key): number {
  return key.charCodeAt(0);
}
