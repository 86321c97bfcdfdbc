import { holdsFor } from '../config/condition.ts';
import type { Expectation } from '../config/expectations.ts';
import { HarnessError } from '../terms/error.ts';
import type { ExpectedFailure } from '../terms/expected.ts';
import type { Plan } from './plan.ts';

/** A failure that is expected of one case of a plan. */
export interface ExpectedCase extends ExpectedFailure {
  readonly dut: string;
  readonly requirement: string;
}

/**
 * The cases of a plan that are expected to fail. An entry is past from the day after its last one, UTC.
 * @param now ms since the epoch
 * @throws HarnessError CONFIG_INVALID where two entries hold for one case
 */
export function expectedCases(
  expectations: readonly Expectation[],
  plan: Pick<Plan, 'duts'>,
  now: number,
): readonly ExpectedCase[] {
  const today = new Date(now).toISOString().slice(0, 10);
  const found = plan.duts.flatMap(({ config, profile, cases }) => {
    const here = expectations.filter((one) =>
      holdsFor(one.when, { ...config, family: profile.family, gui: profile.gui }),
    );
    return cases.flatMap(({ definition }) =>
      here
        .filter(({ requirements }) => requirements.includes(definition.id))
        .map(
          ({ id, reason, owner, until, link }): ExpectedCase => ({
            dut: config.id,
            requirement: definition.id,
            id,
            reason,
            owner,
            until,
            ...(link === undefined ? {} : { link }),
            past: today > until,
          }),
        ),
    );
  });
  const byCase = Map.groupBy(found, ({ dut, requirement }) => `${requirement} on ${dut}`);
  const twice = [...byCase].filter(([, entries]) => entries.length > 1);
  if (twice.length > 0)
    throw new HarnessError(
      'CONFIG_INVALID',
      twice
        .map(
          ([where, entries]) =>
            `${where} is expected to fail by ${entries.map(({ id }) => id).join(' and ')}`,
        )
        .join('\n'),
      { hint: 'narrow the conditions of one of them, or remove it, so that one owner answers for each case' },
    );
  return found;
}

/** Entries that hold for no case of a plan: nobody would notice if they were wrong. */
export function idleExpectations(
  expectations: readonly Expectation[],
  plan: Pick<Plan, 'duts'>,
): readonly Expectation[] {
  const used = new Set(expectedCases(expectations, plan, 0).map(({ id }) => id));
  return expectations.filter(({ id }) => !used.has(id));
}
