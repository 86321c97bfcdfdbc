import { pixelOf } from '../../../wire/pikvm.ts';
import type { ContractInput } from '../../ports/display.contract.ts';
import type { KeyName } from '../../ports/display.ts';
import { keyFor } from '../display/keys.ts';

/** What the API answers instead of doing it. */
export class Refusal extends Error {
  readonly status: number;
  readonly error: string;
  constructor(status: number, error: string, message: string) {
    super(message);
    this.status = status;
    this.error = error;
  }
}
/** A parameter that is wrong. */
export const invalid = (message: string) => new Refusal(400, 'ValidatorError', message);

/** Keys that tests press beside characters. */
const NAMED = new Map<string, KeyName>(
  (
    [
      'Enter',
      'Escape',
      'Tab',
      'Backspace',
      'Delete',
      'ArrowUp',
      'ArrowDown',
      'ArrowLeft',
      'ArrowRight',
    ] as const
  ).map((name) => [name, name]),
);

/** Mouse and keyboard of a PiKVM as the recorder behind it sees them. */
export function usbOf(size: { readonly width: number; readonly height: number }) {
  const inputs: ContractInput[] = [];
  let pointer = { x: 0, y: 0 };
  let path: { readonly x: number; readonly y: number }[] | undefined;
  return {
    inputs,
    move(toX: number, toY: number) {
      pointer = { x: pixelOf(toX, size.width), y: pixelOf(toY, size.height) };
      if (path === undefined) inputs.push({ kind: 'move', ...pointer });
      else path.push(pointer);
    },
    button(button: string, down: boolean) {
      if (button !== 'left' && button !== 'right') throw invalid(`no mouse button ${button}`);
      if (down) path = [pointer];
      else if (path !== undefined) {
        const still = path.every(({ x, y }) => x === pointer.x && y === pointer.y);
        inputs.push(still ? { kind: 'click', button, ...pointer } : { kind: 'drag', points: path });
        path = undefined;
      }
    },
    key(code: string) {
      const name = NAMED.get(code);
      if (name === undefined) throw invalid(`no key ${code}`);
      inputs.push({ kind: 'key', key: name });
    },
    print(text: string, query: URLSearchParams) {
      if (query.get('keymap') !== 'en-us') throw invalid('keymap');
      const limit = whole(query.get('limit') ?? '1024', 0, Number.MAX_SAFE_INTEGER);
      const delay = Number(query.get('delay') ?? 0);
      if (!(delay >= 0 && delay <= 5)) throw invalid('delay');
      const taken = limit === 0 ? text : text.slice(0, limit);
      const typed = [...taken].filter((character) => keyFor(character) !== undefined).join('');
      if (typed !== '') inputs.push({ kind: 'text', text: typed });
    },
  };
}

/** A whole number of a query. */
export function whole(value: string | null, least: number, most: number): number {
  if (value === null || !/^-?\d+$/.test(value)) throw invalid(`no whole number: ${value}`);
  const number = Number(value);
  if (number < least || number > most) throw invalid(`${value} is not within ${least}..${most}`);
  return number;
}

/** A yes or no of a query. */
export function flag(value: string | null): boolean {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw invalid(`no state: ${value}`);
}
