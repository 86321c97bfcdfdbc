import { PIKVM } from '../../../wire/pikvm.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Whether the result of a route has what is read of it; routes of which nothing is read have no entry. */
const SHAPES: Readonly<Record<string, (result: Fields) => boolean>> = {
  [PIKVM.hid]: ({ online, keyboard, mouse }) =>
    isFlag(online) && isFlag(fields(keyboard).online) && isFlag(fields(mouse).online),
  [PIKVM.atx]: ({ enabled, leds }) => isFlag(enabled) && (!enabled || isFlag(fields(leds).power)),
  [PIKVM.streamer]: ({ streamer }) => streamer === null || isFlag(fields(fields(streamer).source).online),
  [PIKVM.info]: () => true,
};

/** @returns false for a result that lacks what this program reads of it: another version, or no PiKVM at all */
export function hasShape(route: string, result: unknown): boolean {
  const shape = SHAPES[route];
  return shape === undefined || (typeof result === 'object' && result !== null && shape(result as Fields));
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
