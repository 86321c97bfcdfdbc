import type { Target } from './target.ts';
import { CONFIGURATION } from './targets/configuration.bench.ts';
import { FILES } from './targets/files.bench.ts';
import { HTTP } from './targets/http.bench.ts';
import { MAIL } from './targets/mail.bench.ts';
import { PICTURES } from './targets/pictures.bench.ts';
import { SERIAL } from './targets/serial.bench.ts';
import { SERVERS } from './targets/servers.bench.ts';

/** All that is fuzzed. */
export const TARGETS: readonly Target[] = [
  ...SERIAL,
  ...HTTP,
  ...MAIL,
  ...PICTURES,
  ...SERVERS,
  ...CONFIGURATION,
  ...FILES,
];
