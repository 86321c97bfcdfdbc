import { randomBytes } from 'node:crypto';
import type { DefectId } from '../defects.ts';
import { type Account, type Flash, factorySettings, makeAccount } from './state.ts';
import type { Store } from './store.ts';

/** What a defective reset changes beside the password; undefined where there is nothing to change. */
type SideEffect = (store: Store, password: string) => Partial<Flash> | undefined;

const SIDE_EFFECTS: readonly (readonly [DefectId, SideEffect])[] = [
  ['reset-restores-settings', restoredSettings],
  [
    'reset-changes-ntp',
    ({ flash: { settings } }) => ({ settings: { ...settings, ntpInterval: settings.ntpInterval + 1 } }),
  ],
  ['reset-deletes-operators', (store) => changed(store, () => undefined)],
  ['reset-demotes-operators', demotedOperators],
  [
    'reset-sets-operator-passwords',
    (store, password) => changed(store, (other) => makeAccount(other, password, store.identity.realm)),
  ],
  [
    'address-lost-on-reset',
    ({ flash }) => (flash.reservedEmail === undefined ? undefined : { reservedEmail: undefined }),
  ],
];

function restoredSettings({ flash, identity }: Store): Partial<Flash> | undefined {
  const settings = factorySettings(identity);
  return JSON.stringify(settings) === JSON.stringify(flash.settings) ? undefined : { settings };
}

function demotedOperators(store: Store): Partial<Flash> | undefined {
  if (!store.flash.accounts.some(({ level }) => level === 'operator')) return undefined;
  return changed(store, (other) => ({ ...other, level: 'guest' }));
}

/** All accounts but admin changed, or deleted. */
function changed(
  { flash }: Store,
  change: (other: Account) => Account | undefined,
): Partial<Flash> | undefined {
  if (flash.accounts.length < 2) return undefined;
  const accounts = flash.accounts.map((each) => (each.level === 'admin' ? each : change(each)));
  return { accounts: accounts.filter((each) => each !== undefined) };
}

/** What else happens when a reset set the password: every login ends. */
export function afterReset(store: Store, password: string): void {
  const { memory, defects } = store;
  for (const [id, effect] of SIDE_EFFECTS) {
    const patch = effect(store, password);
    if (patch && defects.has(id)) store.commit(patch);
  }
  const { nonceKey } = memory;
  store.endSessions((session) => {
    if (session.kind === 'digest') return defects.has('online-entry-survives-reset');
    if (defects.has('cookie-survives-reset')) return true;
    return session.level !== 'admin' && defects.has('operator-cookie-survives-reset');
  });
  if (defects.has('nonce-survives-reset')) memory.nonceKey = nonceKey;
  for (const each of ['local', 'http']) delete memory.logins[`${each} admin`];
  memory.savedAt = store.uptime;
  if (defects.has('serial-tells-password')) store.print(`usr: admin key=${password}`);
}

/** How long flash is being written after a reset, ms of uptime. */
const SAVING_MS = 3000;

/** Power gone while the new password is written: flash holds the new one, whole. */
export function afterCut(store: Store): void {
  const { memory, flash, defects, uptime } = store;
  const { former } = flash;
  if (former === undefined || memory.savedAt === undefined || uptime - memory.savedAt > SAVING_MS) return;
  const others = flash.accounts.filter(({ level }) => level !== 'admin');
  const [admin] = flash.accounts.filter(({ level }) => level === 'admin');
  if (defects.has('cut-leaves-inactive')) store.commit({ accounts: [] });
  else if (defects.has('cut-kills-both-passwords')) {
    const lost = makeAccount(former.account, randomBytes(16).toString('hex'), store.identity.realm);
    store.commit({ accounts: [lost, ...others] });
  } else if (admin && defects.has('cut-leaves-half'))
    store.commit({ accounts: [{ ...admin, ha1: former.account.ha1 }, ...others] });
}

/** What a start does with what the last reset left behind: nothing, in a healthy recorder. */
export function afterStart(store: Store): void {
  const { flash, defects } = store;
  const { former } = flash;
  if (former === undefined) return;
  if (flash.pattern === undefined && former.pattern !== undefined && defects.has('pattern-back-after-reboot'))
    store.commit({ pattern: former.pattern });
  if (defects.has('new-password-lost-on-reboot')) {
    const others = flash.accounts.filter(({ level }) => level !== 'admin');
    store.commit({ accounts: [former.account, ...others], former: undefined });
  }
}
