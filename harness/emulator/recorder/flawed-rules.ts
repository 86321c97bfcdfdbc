import type { DefectId, Defects } from '../defects.ts';
import type { PasswordOutcome } from './api.ts';
import { checkPassword } from './rules.ts';

type Why = Extract<PasswordOutcome, { readonly ok: false }>['why'];
type Applies = (password: string) => boolean;
const always: Applies = () => true;

/** Which defects let a password pass that a rule refuses. */
const LENIENT: Readonly<Partial<Record<Why, readonly (readonly [DefectId, Applies])[]>>> = {
  'too-short': [
    ['password-length-unchecked', always],
    ['password-of-7-taken', (password) => password.length === 7],
  ],
  'too-long': [
    ['password-length-unchecked', always],
    ['password-of-17-taken', (password) => password.length === 17],
  ],
  'one-class': [['password-of-one-class-taken', always]],
  common: [
    ['password-with-admin-taken', (password) => /admin/i.test(password)],
    [
      'password-with-admin-in-capitals-taken',
      (password) => /admin/i.test(password) && !/admin/.test(password),
    ],
    ['password-with-123-taken', (password) => password.includes('123')],
  ],
  run: [
    ['password-with-run-taken', always],
    ['password-with-falling-run-taken', fallsFourTimes],
  ],
};
/** Which defects refuse a password that the rules take. */
const STRICT: readonly (readonly [DefectId, Applies, Why])[] = [
  ['password-of-16-refused', (password) => password.length === 16, 'too-long'],
  ['password-of-8-refused', (password) => password.length === 8, 'too-short'],
];

/** The password rules as this recorder goes by them. */
export function judgePassword(password: string, user: string, defects: Defects): PasswordOutcome {
  const outcome = checkPassword(password, user);
  if (outcome.ok) {
    const why = STRICT.find(([id, applies]) => applies(password) && defects.has(id))?.[2];
    return why === undefined ? outcome : { ok: false, why };
  }
  const taken = LENIENT[outcome.why]?.some(([id, applies]) => applies(password) && defects.has(id));
  return taken === true ? { ok: true, strength: 1 } : outcome;
}

function fallsFourTimes(password: string): boolean {
  const codes = [...password].map((character) => character.charCodeAt(0));
  return codes.some((code, at) => [1, 2, 3].every((step) => codes[at + step] === code - step));
}
