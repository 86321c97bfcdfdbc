/** Between the page and the session, JSON over a WebSocket. `on` names the picture that the user was looking at. */
export type ClientEvent =
  | { readonly type: 'act'; readonly on: number; readonly action: string }
  | { readonly type: 'focus'; readonly on: number; readonly field: string; readonly mouse: boolean }
  | { readonly type: 'key'; readonly on: number; readonly key: string; readonly action?: string }
  | { readonly type: 'text'; readonly on: number; readonly text: string; readonly replace: boolean }
  | { readonly type: 'back'; readonly on: number; readonly x: number; readonly y: number }
  | { readonly type: 'draw'; readonly on: number; readonly dots: readonly number[] };

/** One picture. */
export interface Paint {
  readonly type: 'paint';
  readonly on: number;
  readonly markup: string;
  /** The field with the caret, and where it stands in it. */
  readonly focus: string | undefined;
  readonly caret: number;
  /** Live pictures are to be drawn. */
  readonly live: boolean;
  /** The recorder's local time, ms as if it were UTC, for the clocks in the live pictures. */
  readonly clock: number;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Reads what a page sent; undefined when it is not an event. */
export function readEvent(data: string): ClientEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || typeof value.on !== 'number') return undefined;
  const { type, on, action, field, key, text, x, y, dots } = value;
  if (type === 'act' && typeof action === 'string') return { type, on, action };
  if (type === 'focus' && typeof field === 'string') return { type, on, field, mouse: value.mouse === true };
  if (type === 'key' && typeof key === 'string')
    return typeof action === 'string' ? { type, on, key, action } : { type, on, key };
  if (type === 'text' && typeof text === 'string') return { type, on, text, replace: value.replace === true };
  if (type === 'back' && typeof x === 'number' && typeof y === 'number') return { type, on, x, y };
  if (type === 'draw' && Array.isArray(dots))
    return { type, on, dots: dots.filter((dot) => typeof dot === 'number') };
  return undefined;
}
