import { existsSync, readFileSync } from 'node:fs';
import { CAPTURES, parseCapture, type TwinCapture } from '../config/chain.ts';
import { refuse } from '../config/problems.ts';
import type { Sight } from '../run/parity.ts';
import type { PlannedDut } from '../run/plan.ts';
import { HarnessError } from '../terms/error.ts';

/**
 * The recorders of a plan with the capture of `--capture` at each twin: a name, or a YAML file.
 * @throws HarnessError USAGE for what is neither, or where no KVM is there; CONFIG_INVALID with all problems of the file
 */
export function withCapture(
  duts: readonly PlannedDut[],
  text: string | undefined,
  sight: Sight,
): readonly PlannedDut[] {
  if (text === undefined) return duts;
  if (sight !== 'pixels')
    throw new HarnessError('USAGE', '--capture sets what twins are seen through by pixels', {
      hint: 'add --display pixels',
    });
  const capture = captureOf(text);
  return duts.map((dut) =>
    dut.config.kind === 'twin' ? { ...dut, config: { ...dut.config, capture } } : dut,
  );
}

function captureOf(text: string): TwinCapture {
  const named = Object.entries(CAPTURES).find(([name]) => name === text);
  if (named !== undefined) return named[1];
  if (!existsSync(text))
    throw new HarnessError(
      'USAGE',
      `--capture expects ${Object.keys(CAPTURES).join(', ')} or a YAML file, found ${text}`,
    );
  const { capture = CAPTURES.good, problems } = parseCapture(text, readFileSync(text, 'utf8'));
  refuse(problems);
  return capture;
}
