import type { Rated } from '../run/rating.ts';
import { broken } from './finding.ts';

/** Under the text of the first line. */
const INDENT = ' '.repeat(9);

/** What a bench may lack, in words that say what to get; others are the names of ports in devices.yaml. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['hardware', 'recorder of hardware'],
  ['network', 'network that can be unplugged'],
  ['operator', 'person to ask (--operator, --answers)'],
  // A recorder that is asked to restart by itself has a power port all the same.
  ['power', 'switch that cuts its power'],
  ['partner', 'second recorder'],
  ['recovery-mail', 'scanner that mails the QR'],
  ['sadp', 'SADP'],
  ['time', 'clock that can be put forward'],
  ['usb', 'USB drive that this machine can read'],
]);

/** A rating as text: how many requirements can be judged, and for the others which port is in the way. */
export function ratingLines(dut: string, rated: readonly Rated[], columns?: number): readonly string[] {
  const fit = rated.filter(({ is }) => is === 'fit');
  const groups = new Map<string, string[]>();
  const put = (why: string, id: string) => groups.set(why, [...(groups.get(why) ?? []), id]);
  for (const one of rated) {
    if (one.is === 'not-applicable') put('not asked of this recorder', one.requirement);
    if (one.is !== 'unfit') continue;
    const absent = one.absent.map((port) => WORDS.get(port) ?? port).join(', no ');
    const mend = one.broken.length > 0 ? [`${one.broken.join(', ')} must be mended`] : [];
    put([...(absent === '' ? [] : [`this bench has no ${absent}`]), ...mend].join('; '), one.requirement);
  }
  const head = fit.length > 0 ? 'fit    ' : 'unfit  ';
  const first = `${head}  ${dut}: ${fit.length} of ${rated.length} requirements can be judged${
    fit.length === 0 ? '' : `: ${ranges(fit, rated).join(', ')}`
  }`;
  const rest = [...groups].map(
    ([why, ids]) =>
      `${INDENT}${why}: ${ranges(
        ids.map((requirement) => ({ requirement })),
        rated,
      ).join(', ')}`,
  );
  return [broken(first, columns), ...rest.map((line) => broken(line, columns, `${INDENT}  `))];
}

type Named = Pick<Rated, 'requirement'>;

/** Ids with those that follow each other in the list drawn together: CR01..CR07. */
function ranges(some: readonly Named[], all: readonly Named[]): readonly string[] {
  const wanted = new Set(some.map(({ requirement }) => requirement));
  const runs: string[][] = [];
  let current: string[] = [];
  for (const { requirement } of all) {
    if (!wanted.has(requirement)) current = [];
    else if (current.push(requirement) === 1) runs.push(current);
  }
  return runs.map((run) => (run.length < 3 ? run.join(', ') : `${run[0]}..${run.at(-1)}`));
}
