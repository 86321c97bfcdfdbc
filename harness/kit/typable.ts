import type { CaseContext } from './case.ts';

/** Of inputs with a name, those that the keyboard of this bench can write; which it cannot stands in the record. */
export function typable<T extends readonly [name: string, text: string]>(
  { gui, measure }: Pick<CaseContext, 'gui' | 'measure'>,
  inputs: readonly T[],
): readonly T[] {
  const [can, cannot] = [true, false].map((wanted) =>
    inputs.filter(([, text]) => gui.canType(text) === wanted),
  );
  for (const [name] of cannot ?? []) measure(`not tried: the keyboard of this bench cannot write`, name, '');
  return can ?? [];
}
