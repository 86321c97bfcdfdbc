// The life of codes and passwords, over any sequence of what an owner, a clock and the mains may do.
import type { CaseContext } from '../harness/kit/case.ts';
import { age, lockByWrongCodes, written, wrongCode } from '../harness/kit/codes.ts';
import type { Model, Walk } from '../harness/kit/model.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How long before and after the end of a code's life it is tried, ms; so much closer anything may happen. */
const CLOSE = 5 * MINUTE;
const UNSURE = 4 * MINUTE;
/** How much longer than told a lock may last, ms. */
const LOCK_SLACK = 2 * MINUTE;
/** Wrong logins between right ones, at most: far from any lock. */
const WRONG_LOGINS = 2;

/** A code that was mailed. */
interface Held {
  readonly code: string;
  readonly payload: string;
  /** On the clock of the walk, ms. */
  readonly at: number;
  /** `either`: recorders may differ, and a case of its own reports which. */
  fate: 'live' | 'either' | 'void';
}

const MOVES = [
  [
    'obtain',
    9,
    'Choose Forgot Password, verify by reserved email, scan the QR, and take the code from the mail',
  ],
  ['key-code', 10, 'Key in the code of the last mail, and confirm'],
  ['send-dead-code', 8, 'Send the code of the last mail, which no longer lives, to the recorder over HTTP'],
  ['key-older-code', 1, 'Key in the code of the mail before the last one, and confirm'],
  ['key-wrong-code', 1, 'Key in a code that was never mailed, and confirm'],
  [
    'key-code-in-other-case',
    1,
    'Key in the code of the last mail with small letters for capitals, and confirm',
  ],
  ['key-short-code', 1, 'Key in the code of the last mail without its last character, and confirm'],
  ['lock', 1, 'Key in wrong codes until the recorder says that it is locked'],
  ['set-password', 12, 'Key in a new password twice, and confirm'],
  [
    'cut-while-saving',
    4,
    'Key in a new password twice, confirm, cut the power while it is saved, and switch on again',
  ],
  ['cancel', 1, 'Press Cancel'],
  ['wait-an-hour', 1, 'Wait an hour'],
  ['wait-till-close-to-end', 1, 'Wait until five minutes before the life of the last code ends'],
  ['wait-till-past-end', 2, 'Wait until five minutes after the life of the last code has ended'],
  ['cut-power', 3, 'Cut the power, and switch on again'],
  ['reboot', 2, 'Reboot the recorder over HTTP'],
  ['change-address', 2, 'Log in as admin and reserve another address'],
  ['change-address-back', 1, 'Log in as admin and reserve the address before it'],
  ['change-password', 1, 'Change the password of admin over HTTP'],
  ['log-in', 1, 'Log in as admin at the screen, with the password of today'],
  [
    'log-in-with-older-password',
    3,
    'Log in as admin at the screen and over HTTP, with the password before it',
  ],
] as const;
type Name = (typeof MOVES)[number][0];

class Life implements Walk {
  readonly #c: CaseContext;
  #now = 0;
  #dialog: 'none' | 'code' | 'password' = 'none';
  readonly #codes: Held[] = [];
  /** The code that opened the dialog for the new password. */
  #served: Held | undefined;
  #wrongCodes = 0;
  #wrongLogins = 0;
  #lockedUntil: number | undefined;
  #wasLocked = false;
  /** Whether codes in another case are taken; undefined until one was tried. */
  #folds: boolean | undefined;
  #password: string;
  #olderPassword: string | undefined;
  #address: string;
  #olderAddress: string | undefined;

  constructor(context: CaseContext) {
    this.#c = context;
    this.#password = context.admin.password;
    this.#address = context.address;
  }

  can(move: string): boolean {
    const last = this.#codes.at(-1);
    const keys = this.#dialog !== 'password' && this.#mayBeWrong;
    const rules: Readonly<Record<Name, boolean>> = {
      obtain: this.#dialog !== 'password' && this.#lockedUntil === undefined,
      'key-code': keys && last !== undefined,
      'send-dead-code': keys && last !== undefined && this.#mustBe(last) === 'refused',
      'key-older-code': keys && this.#codes.length > 1,
      'key-wrong-code': keys && last !== undefined,
      'key-code-in-other-case': keys && last !== undefined && last.code !== last.code.toLowerCase(),
      'key-short-code': keys && last !== undefined,
      lock: keys && !this.#wasLocked && last !== undefined && this.#mustBe(last) === 'accepted',
      'set-password': this.#dialog === 'password',
      'cut-while-saving': this.#dialog === 'password',
      cancel: this.#dialog !== 'none',
      'wait-an-hour': this.#dialog !== 'password',
      'wait-till-close-to-end': this.#dialog !== 'password' && this.#untilEnd(-CLOSE) > 0,
      'wait-till-past-end': this.#dialog !== 'password' && this.#untilEnd(CLOSE) > 0,
      'cut-power': true,
      reboot: this.#dialog !== 'password',
      'change-address': this.#dialog !== 'password',
      'change-address-back': this.#dialog !== 'password' && this.#olderAddress !== undefined,
      'change-password': this.#dialog !== 'password',
      'log-in': this.#dialog !== 'password',
      'log-in-with-older-password':
        this.#dialog !== 'password' && this.#olderPassword !== undefined && this.#wrongLogins < WRONG_LOGINS,
    };
    return rules[move as Name];
  }

  async make(move: string): Promise<void> {
    const acts: Readonly<Record<Name, () => Promise<void>>> = {
      obtain: () => this.#obtain(),
      'key-code': () => this.#key(this.#held(1), (code) => code, 'the code of the last mail'),
      'send-dead-code': () => this.#sendDead(),
      'key-older-code': () =>
        this.#key(this.#held(2), (code) => code, 'the code of the mail before the last'),
      'key-wrong-code': () => this.#keyRefused(wrongCode, 'a code that was never mailed'),
      'key-code-in-other-case': () => this.#keyFolded(),
      'key-short-code': () =>
        this.#keyRefused((code) => code.slice(0, -1), 'the code without its last character'),
      lock: () => this.#lock(),
      'set-password': () => this.#setPassword(),
      'cut-while-saving': () => this.#cutWhileSaving(),
      cancel: () => this.#cancel(),
      'wait-an-hour': () => this.#wait(HOUR, 'an hour'),
      'wait-till-close-to-end': () =>
        this.#wait(this.#untilEnd(-CLOSE), 'the life of the code but five minutes'),
      'wait-till-past-end': () => this.#wait(this.#untilEnd(CLOSE), 'the life of the code and five minutes'),
      'cut-power': () => this.#cutPower(),
      reboot: () => this.#reboot(),
      'change-address': () => this.#changeAddress(this.#c.freshAddress('changed')),
      'change-address-back': () => this.#changeAddress(this.#olderAddress ?? ''),
      'change-password': () => this.#changePassword(),
      'log-in': () => this.#logIn(),
      'log-in-with-older-password': () => this.#logInWithOlder(),
    };
    await acts[move as Name]();
  }

  /** One more wrong code locks nothing, or the lock is there anyway. */
  get #mayBeWrong(): boolean {
    const { tries, maxFreeTries } = this.#c.profile.codeLock;
    return this.#lockedUntil !== undefined || this.#wrongCodes + 1 < (tries ?? maxFreeTries);
  }
  get #admin() {
    return { user: this.#c.admin.user, password: this.#password };
  }
  #held(fromLast: number): Held {
    const held = this.#codes.at(-fromLast);
    if (held === undefined) throw new Error('no such code was mailed');
    return held;
  }
  /** ms from now until the last code's life ends, and so much later. */
  #untilEnd(later: number): number {
    const last = this.#codes.at(-1);
    return last === undefined ? 0 : last.at + this.#c.profile.codeLifeSeconds * 1000 + later - this.#now;
  }
  #voidAll(): void {
    for (const held of this.#codes) held.fate = 'void';
  }

  #mustBe(held: Held): 'accepted' | 'refused' | 'either' {
    const left = held.at + this.#c.profile.codeLifeSeconds * 1000 - this.#now;
    const lock = this.#lockedUntil === undefined ? 0 : this.#lockedUntil - this.#now;
    if (held.fate === 'void' || left < -UNSURE || lock > LOCK_SLACK) return 'refused';
    const unsure = held.fate === 'either' || left < UNSURE || this.#lockedUntil !== undefined;
    return unsure ? 'either' : 'accepted';
  }

  /** Codes of other QRs than the one that is shown are void. */
  #shown(payload: string): void {
    for (const held of this.#codes) if (held.payload !== payload) held.fate = 'void';
  }
  async #openDialog(): Promise<void> {
    const { gui, lab } = this.#c;
    if (gui.screens.resetQr(await gui.look()) === undefined) this.#shown((await lab.showQr()).finding.text);
    this.#dialog = 'code';
  }
  /** Gives up what stands in front. */
  async #leave(): Promise<void> {
    const { gui, owner } = this.#c;
    const reading = await gui.look();
    const open = gui.screens.resetQr(reading) ?? gui.screens.newPassword(reading);
    if (open !== undefined) await owner.cancel();
    this.#dialog = 'none';
  }

  async #obtain(): Promise<void> {
    const { lab, expect } = this.#c;
    await this.#leave();
    const { code, qr } = await lab.obtainCode(this.#address);
    this.#shown(qr.text);
    this.#dialog = 'code';
    const again = this.#codes.find((held) => held.code === code);
    if (again !== undefined) {
      expect(again.payload, 'the QR of a code that was mailed before').toBe(qr.text);
      return;
    }
    // Another code for the same QR: which of them lives is reported by a case of its own.
    for (const held of this.#codes) if (held.fate === 'live') held.fate = 'either';
    this.#codes.push({ code, payload: qr.text, at: this.#now, fate: 'live' });
  }

  async #key(held: Held, typed: (code: string) => string, what: string): Promise<void> {
    const { owner, expect } = this.#c;
    await this.#openDialog();
    const must = this.#mustBe(held);
    const { accepted } = await owner.enterCode(typed(held.code));
    if (must !== 'either') expect(accepted ? 'accepted' : 'refused', what).toBe(must);
    this.#noteKeyed(held, accepted);
  }
  #noteKeyed(held: Held, accepted: boolean): void {
    this.#wrongCodes = accepted ? 0 : this.#wrongCodes + 1;
    if (!accepted) return;
    this.#dialog = 'password';
    this.#served = held;
  }
  /** Over HTTP a code reaches a recorder whose screen would draw another QR first. */
  async #sendDead(): Promise<void> {
    const { http, expect } = this.#c;
    const { status } = await written(this.#c, () => http.emailCertification(this.#held(1).code));
    expect(status, 'the answer to a code that no longer lives').notToBe(200);
    this.#wrongCodes += 1;
  }
  async #keyRefused(typed: (code: string) => string, what: string): Promise<void> {
    const { owner, expect } = this.#c;
    await this.#openDialog();
    const { accepted } = await owner.enterCode(typed(this.#held(1).code));
    expect(accepted ? 'accepted' : 'refused', what).toBe('refused');
    this.#wrongCodes += 1;
  }
  /** Recorders may take small letters for capitals, but not by turns. */
  async #keyFolded(): Promise<void> {
    const { owner, expect } = this.#c;
    await this.#openDialog();
    const held = this.#held(1);
    const must = this.#mustBe(held);
    const { accepted } = await owner.enterCode(held.code.toLowerCase());
    const seen = accepted ? 'accepted' : 'refused';
    if (must === 'refused') expect(seen, 'the code in the other case').toBe('refused');
    if (must === 'accepted') {
      if (this.#folds !== undefined)
        expect(seen, 'the code in the other case, as before').toBe(this.#folds ? 'accepted' : 'refused');
      this.#folds = accepted;
    }
    this.#noteKeyed(held, accepted);
  }

  async #lock(): Promise<void> {
    const { expect, profile } = this.#c;
    await this.#openDialog();
    const { tries, seconds } = await lockByWrongCodes(this.#c, this.#held(1).code);
    expect(tries ?? 'never', 'wrong codes until the lock').notToBe('never');
    expect(tries ?? 0, 'wrong codes until the lock').toBeAtMost(profile.codeLock.maxFreeTries, '');
    this.#wasLocked = true;
    this.#lockedUntil = this.#now + (seconds ?? profile.codeLock.seconds) * 1000;
  }

  async #setPassword(): Promise<void> {
    const { owner, expect, freshPassword } = this.#c;
    const password = freshPassword();
    const { accepted } = await owner.setNewPassword(password);
    expect(accepted, 'the new password is taken').toBe(true);
    await this.#passwordIs(password);
  }
  /** Another password holds now, and the one before it does not. */
  async #passwordIs(password: string): Promise<void> {
    const { http, expect, changed } = this.#c;
    changed({ password });
    this.#olderPassword = this.#password;
    this.#password = password;
    this.#voidAll();
    this.#dialog = 'none';
    expect(
      await http.accepts({ ...this.#admin, password: this.#olderPassword }),
      'the older password over HTTP',
    ).toBe(false);
    expect(await http.accepts(this.#admin), 'the password of today over HTTP').toBe(true);
  }

  async #cutWhileSaving(): Promise<void> {
    const { owner, http, expect, freshPassword, changed } = this.#c;
    const password = freshPassword();
    await owner.fillNewPassword(password);
    await this.#switchOffAndOn(() => owner.startSaving('seen'));
    expect(await http.activated(), 'the recorder is active').toBe(true);
    const isNew = await http.accepts({ ...this.#admin, password });
    const isOld = await http.accepts(this.#admin);
    expect([isNew, isOld].filter(Boolean), 'those of the two passwords that work').toHaveLength(1);
    if (!isNew) return;
    changed({ password });
    this.#olderPassword = this.#password;
    this.#password = password;
  }
  async #switchOffAndOn(upTo?: () => Promise<unknown>): Promise<void> {
    await this.#c.cutPower(upTo);
    this.#restarted();
  }
  #restarted(): void {
    this.#voidAll();
    this.#dialog = 'none';
  }
  async #stillThere(): Promise<void> {
    const { http, expect } = this.#c;
    expect(await http.activated(), 'the recorder is active').toBe(true);
    expect(await http.accepts(this.#admin), 'the password of today over HTTP').toBe(true);
  }
  async #cutPower(): Promise<void> {
    await this.#switchOffAndOn();
    await this.#stillThere();
  }
  async #reboot(): Promise<void> {
    const { http, expect, rebooted } = this.#c;
    const { status } = await written(this.#c, () => http.reboot(this.#admin));
    expect(status, 'the answer to the reboot').toBe(200);
    await rebooted();
    this.#restarted();
    await this.#stillThere();
  }

  async #cancel(): Promise<void> {
    const { owner, expect } = this.#c;
    const given = this.#dialog === 'password' ? this.#served : undefined;
    await this.#leave();
    if (given === undefined) return;
    if (given.fate === 'live') given.fate = 'either';
    expect(await owner.menuOpens(), 'the menu opens after the reset was given up').toBe(false);
  }

  async #wait(ms: number, what: string): Promise<void> {
    await age(this.#c, ms, what);
    this.#now += ms;
    if (this.#lockedUntil === undefined || this.#now < this.#lockedUntil + LOCK_SLACK) return;
    this.#lockedUntil = undefined;
    this.#wrongCodes = 0;
    // After a lock a code that still lives works, or a fresh one is needed.
    for (const held of this.#codes) if (held.fate === 'live') held.fate = 'either';
  }

  async #changeAddress(address: string): Promise<void> {
    const { owner, expect, changed } = this.#c;
    await this.#leave();
    await owner.toMenu(this.#admin.user, this.#password);
    const { accepted } = await owner.reserveEmail(this.#password, address);
    expect(accepted, 'the change of the address').toBe(true);
    changed({ address });
    this.#olderAddress = this.#address;
    this.#address = address;
    this.#wrongLogins = 0;
    this.#voidAll();
  }
  async #changePassword(): Promise<void> {
    const { http, expect, freshPassword } = this.#c;
    await this.#leave();
    const password = freshPassword();
    const { status } = await written(this.#c, () =>
      http.changePassword(this.#admin, this.#admin.user, password),
    );
    expect(status, 'the answer to the change of the password').toBe(200);
    await this.#passwordIs(password);
  }
  async #logIn(): Promise<void> {
    const { owner, expect } = this.#c;
    await this.#leave();
    const { accepted, message } = await owner.login(this.#admin.user, this.#password);
    expect(accepted, `the login with the password of today (${message})`).toBe(true);
    this.#wrongLogins = 0;
  }
  async #logInWithOlder(): Promise<void> {
    const { owner, http, expect } = this.#c;
    await this.#leave();
    this.#wrongLogins += 1;
    const older = this.#olderPassword ?? '';
    const { accepted } = await owner.login(this.#admin.user, older);
    expect(accepted, 'the older password at the screen').toBe(false);
    expect(await http.accepts({ ...this.#admin, password: older }), 'the older password over HTTP').toBe(
      false,
    );
    expect(await http.accepts(this.#admin), 'the password of today over HTTP').toBe(true);
  }
}

export const model: Model = {
  id: 'CR00',
  title:
    'Whatever comes between: a code opens the reset while it lives and never else, and one password holds',
  about: 'CR39',
  needs: 'reserved',
  with: ['power', 'time'],
  locks: ['code'],
  moves: MOVES.map(([name, weight, tells]) => ({ name, weight, tells })),
  finds: [
    'code-never-expires',
    'code-survives-power-cut',
    'code-survives-address-change',
    'code-survives-password-change',
    'code-reusable',
    'code-lock-missing',
    'old-password-alive-at-gui',
    'cut-while-saving-leaves-no-password',
  ],
  begin: (context) => new Life(context),
};
