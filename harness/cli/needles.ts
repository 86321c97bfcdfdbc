import { HarnessError } from '../terms/error.ts';
import { oneLine } from '../terms/printable.ts';
import type { Command } from './args.ts';
import { needleLearn } from './needle.ts';
import { needleMatch } from './needle-match.ts';

/** `resetbench needle`: references for displays that show pixels alone. */
export const needle: Command = {
  name: 'needle',
  summary: 'Make references of a GUI, so that it can be read from pixels alone, and match any needle.',
  positionals: 'learn|match ...',
  options: {},
  examples: [
    ['resetbench needle learn --help', 'how one of them is called'],
    ['resetbench needle match login.json screen.png', 'openQA needles match as they are'],
  ],
  parts: [needleLearn, needleMatch],
  async run({ positionals: [what] }) {
    throw new HarnessError(
      'USAGE',
      what === undefined ? 'needle needs to be told what to do' : `needle cannot ${oneLine(what)}`,
      { hint: 'say learn or match; see `resetbench needle --help`' },
    );
  },
};
