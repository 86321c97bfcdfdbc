import type { Target } from '../target.ts';

/** A reader as nobody should write one: shows that a failure is found. Never among the targets of a whole run. */
export const BROKEN_ON_PURPOSE: Target = {
  name: 'broken-on-purpose',
  samples: [new TextEncoder().encode('{"a":{"b":1}}')],
  open: () => ({
    read: (bytes) => {
      // Crashes for JSON without "a", and for what is no JSON.
      const { a } = JSON.parse(Buffer.from(bytes).toString('utf8'));
      return a.b.toString();
    },
  }),
};
