import { resolve } from 'node:path';

/** The folder that holds suites, devices.yaml and the harness. */
export const ROOT = resolve(import.meta.dirname, '..', '..');
