import type { Item, Reading } from '../terms/frame.ts';
import { fieldFor, fields, find, type Labels, mentions, says } from './look.ts';

/** Labels by meaning, as the profile has them. */
export type LabelBook = Readonly<Record<string, Labels>>;

/** Screens of the reset flow, known by their labels alone; each reader answers undefined where its screen isn't shown. */
export interface Screens {
  busy(r: Reading): boolean;
  login(r: Reading): { readonly password: Item; readonly forgot: Item | undefined } | undefined;
  activation(
    r: Reading,
  ): { readonly password: Item; readonly confirm: Item; readonly reserve: Item | undefined } | undefined;
  email(r: Reading): { readonly address: Item } | undefined;
  resetType(r: Reading): { readonly methods: readonly Item[] } | undefined;
  disclaimer(r: Reading): { readonly next: Item } | undefined;
  resetQr(r: Reading): { readonly code: Item; readonly exportButton: Item } | undefined;
  newPassword(r: Reading): { readonly password: Item; readonly confirm: Item } | undefined;
  message(
    r: Reading,
  ): { readonly text: string; readonly ok: Item | undefined; readonly no: Item | undefined } | undefined;
  forgot(r: Reading): Item | undefined;
}

/** Readers for the screens of one profile. */
export function screensOf(l: LabelBook): Screens {
  const of = (name: string): Labels => l[name] ?? [];
  const methods = [...of('byEmail'), ...of('byQuestion'), ...of('byApp'), ...of('byGuid')];
  const self: Screens = {
    busy: (r) => mentions(r, of('busy')),
    forgot: (r) => find(r, of('forgotPassword')),
    login: (r) => {
      const password = fieldFor(r, of('password')) ?? fields(r).find((f) => f.concealed === true);
      const forgot = self.forgot(r);
      if (password === undefined || self.activation(r) !== undefined || self.resetQr(r) !== undefined)
        return undefined;
      // Other windows ask for a password too: only the login has a button of its name. Else two of three signs tell it:
      // by eye one may be covered, or misread.
      const names = of('login').filter((label) => !says(label, of('ok')));
      const signs = [forgot, find(r, of('login'), ['button']), find(r, names, ['text'])];
      const isLogin =
        find(r, names, ['button']) !== undefined || signs.filter((one) => one !== undefined).length > 1;
      if (!isLogin) return undefined;
      return { password, forgot };
    },
    activation: (r) => {
      const password = fieldFor(r, of('newPassword')) ?? fieldFor(r, of('password'));
      const confirm = fieldFor(r, of('confirmPassword'));
      if (password === undefined || confirm === undefined || find(r, of('activation')) === undefined)
        return undefined;
      return { password, confirm, reserve: find(r, of('reservedEmailSettings'), ['checkbox']) };
    },
    email: (r) => {
      const address = fieldFor(r, of('emailAddress'));
      return address === undefined || address.concealed === true ? undefined : { address };
    },
    resetType: (r) => {
      if (find(r, of('export'), ['button']) !== undefined || find(r, of('next'), ['button']) !== undefined)
        return undefined;
      const shown = r.items.filter(
        (i) =>
          (i.kind === 'radio' || i.kind === 'option') && find({ ...r, items: [i] }, methods) !== undefined,
      );
      return shown.length > 0 || find(r, of('resetType')) !== undefined ? { methods: shown } : undefined;
    },
    disclaimer: (r) => {
      const next = find(r, of('next'), ['button']);
      return next !== undefined && mentions(r, of('disclaimer')) ? { next } : undefined;
    },
    resetQr: (r) => {
      const exportButton = find(r, of('export'), ['button']);
      const code = fieldFor(r, of('codeField')) ?? fields(r).find((f) => f.concealed !== true);
      return exportButton !== undefined && code !== undefined && mentions(r, of('byEmail'))
        ? { code, exportButton }
        : undefined;
    },
    newPassword: (r) => {
      const password = fieldFor(r, of('newPassword'));
      const confirm = fieldFor(r, of('confirmPassword'));
      if (password === undefined || confirm === undefined || find(r, of('resetPassword')) === undefined)
        return undefined;
      return { password, confirm };
    },
    message: (r) => {
      if (find(r, of('attention')) === undefined) return undefined;
      const texts = r.items.filter((i) => i.kind === 'text').map((i) => i.text);
      return {
        text: texts.join(' '),
        ok: find(r, [...of('ok'), ...of('close'), ...of('yes')], ['button']),
        no: find(r, of('no'), ['button']),
      };
    },
  };
  return self;
}
