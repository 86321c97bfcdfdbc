import type { CellState } from '../reading.ts';

/** Of the HTML's light theme. */
export const COLORS: Readonly<Record<CellState, string>> = {
  pass: '#0d6b3d',
  fail: '#b01218',
  inconc: '#875000',
  error: '#6527a8',
  none: '#3d4b58',
  'not-reached': '#74828e',
  'not-selected': '#74828e',
  'no-case': '#74828e',
  'not-applicable': '#74828e',
};

/** As short as a field of the matrix. */
export const SHORT: Readonly<Record<CellState, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  inconc: 'INCONCL.',
  error: 'ERROR',
  none: 'NONE',
  'not-reached': 'not reached',
  'not-selected': 'not selected',
  'no-case': 'no case',
  'not-applicable': 'n/a',
};
