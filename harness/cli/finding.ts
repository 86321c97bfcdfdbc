/** One line of `resetbench doctor`: something is in order, or what is missing and what to do. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly told: string;
  readonly cure?: string;
}

/** A finding as text. */
export function findingLine({ what, ok, told, cure }: Finding): string {
  return `${ok ? 'ok     ' : 'MISSING'}  ${what}: ${told}${cure === undefined ? '' : `\n         => ${cure}`}`;
}
