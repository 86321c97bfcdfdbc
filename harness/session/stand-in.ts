const LABEL = /\[(code|password|address|secret) (\d+)\]/g;

/**
 * A text of a recording with something of the right form in place of each label, so that what reads codes and addresses
 * can read it: `[code 1]` becomes `CODE0001` (as long as a code is), `[address 2]` `address-2@replay.invalid`.
 * The same label becomes the same text everywhere in a recording.
 */
export function withStandIns(text: string, codeLength: number): string {
  return text.replace(LABEL, (_, kind: string, number: string) => {
    if (kind === 'code') return `CODE${number.padStart(Math.max(1, codeLength - 4), '0')}`.slice(-codeLength);
    return kind === 'address' ? `address-${number}@replay.invalid` : `${kind}-${number}`;
  });
}
