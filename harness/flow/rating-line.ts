/** One line of a rating: it works, or what is wrong and what to do, or why it was not tried. */
export interface RatingLine {
  readonly what: string;
  readonly ok: boolean;
  /** Nothing is known of it: neither right nor wrong. */
  readonly untried?: true;
  readonly told: string;
  readonly cure?: string;
}

export function good(what: string, told: string): RatingLine {
  return { what, ok: true, told };
}

export function bad(what: string, told: string, cure?: string): RatingLine {
  return { what, ok: false, told, ...(cure === undefined ? {} : { cure }) };
}

/** What nobody could look at is no fault of the bench, and no merit. */
export function untried(what: string, told: string, cure?: string): RatingLine {
  return { what, ok: true, untried: true, told, ...(cure === undefined ? {} : { cure }) };
}
