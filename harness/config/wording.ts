import type { z } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'names and values',
  record: 'names and values',
};

/** What was expected, in plain words, where the schema itself has none. */
export function expectation(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'expected another name';
    case 'too_small':
    case 'too_big':
      return `expected ${bound(issue)}`;
    case 'invalid_union': {
      if (Array.isArray(issue.options))
        return `expected one of ${issue.options.filter((one) => one !== undefined).join(', ')}`;
      const expected = issue.errors.flatMap(([first]) => (first === undefined ? [] : [first.message]));
      return expected.map((text, at) => (at === 0 ? text : text.replace(/^expected /, ''))).join(' or ');
    }
    default:
      return 'expected something else';
  }
}

function bound(issue: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig>): string {
  const [limit, more] = issue.code === 'too_small' ? [issue.minimum, 'or more'] : [issue.maximum, 'or fewer'];
  if (issue.origin === 'string' && limit === 1) return 'a text that is not empty';
  if (issue.origin === 'string') return `${limit} ${more} characters`;
  if (issue.origin === 'array') return `${limit} ${more} entries`;
  return `${limit} or ${issue.code === 'too_small' ? 'more' : 'less'}`;
}

/**
 * What was found instead: `, found 4.2`. Nothing of what may be a secret: no contents of lists and blocks, no
 * credentials of addresses, and no word where the schema says `hidden`.
 */
export function found(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom' && issue.params?.hidden === true) return '';
  let input = issue.input;
  // What does not go together was there: its message says what.
  if (issue.code === 'custom' && typeof input === 'object') return '';
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined)
    input = (input as Readonly<Record<string, unknown>>)[issue.discriminator];
  if (input === undefined || input === null) return ', found nothing';
  if (Array.isArray(input)) return input.length === 0 ? ', found an empty list' : ', found a list';
  if (typeof input === 'object') return ', found names and values';
  const text = JSON.stringify(input).replace(/\/\/[^/"]*@/, '//…@');
  return `, found ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`;
}
