import type { Target } from './target.ts';
import { BROKEN_ON_PURPOSE } from './targets/broken.bench.ts';
import { CONFIGURATION } from './targets/configuration.bench.ts';
import { FILES } from './targets/files.bench.ts';
import { HTTP } from './targets/http.bench.ts';
import { MAIL } from './targets/mail.bench.ts';
import { PICTURES } from './targets/pictures.bench.ts';
import { SERIAL } from './targets/serial.bench.ts';
import { SERVERS } from './targets/servers.bench.ts';

/** A target, and the file in `targets` that it is in: a thread loads no other. */
export type Grouped = Target & { readonly group: string };
const of = (group: string, targets: readonly Target[]): readonly Grouped[] =>
  targets.map((target) => ({ ...target, group }));

/** All that is fuzzed. */
export const TARGETS: readonly Grouped[] = [
  ...of('serial', SERIAL),
  ...of('http', HTTP),
  ...of('mail', MAIL),
  ...of('pictures', PICTURES),
  ...of('servers', SERVERS),
  ...of('configuration', CONFIGURATION),
  ...of('files', FILES),
];
/** One that shows that a failure is found; never among the targets of a whole run. */
export const BROKEN: Grouped = { ...BROKEN_ON_PURPOSE, group: 'broken' };
