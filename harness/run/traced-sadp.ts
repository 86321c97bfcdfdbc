import type { Sadp } from '../bench/ports/sadp.ts';
import type { Trace } from '../flow/trace.ts';

/** A SADP port that leaves every answer, and every silence, in the record. */
export function tracedSadp(sadp: Sadp, trace: Trace): Sadp {
  return {
    inquire: (options) =>
      trace.step('Ask over SADP', async () => {
        const answer = await sadp.inquire(options);
        trace.text('sadp', 'What SADP says', answer?.text ?? `nothing within ${options.timeoutMs} ms`);
        return answer;
      }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
