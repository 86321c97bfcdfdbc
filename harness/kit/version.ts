import { compareFirmware, parseFirmware } from '../terms/version.ts';

/** Whether two firmware texts name the same version, however they are written; undefined when one cannot be read. */
export function sameFirmware(a: string, b: string): boolean | undefined {
  const first = firmwareIn(a);
  const second = firmwareIn(b);
  return first === undefined || second === undefined ? undefined : compareFirmware(first, second) === 0;
}

function firmwareIn(text: string) {
  const found = /V\d+\.\d+\.\d+/i.exec(text);
  return found === null ? undefined : parseFirmware(found[0]);
}
