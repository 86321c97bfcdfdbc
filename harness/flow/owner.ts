import { HarnessError } from '../terms/error.ts';
import type { Box, Frame, Item, Reading } from '../terms/frame.ts';
import type { Gui } from './gui.ts';
import { centre, fieldFor, fields, find, grid, type Labels, newTexts, plain, seen } from './look.ts';
import type { TryKind, TryLedger } from './tries.ts';

/** What became of keying something in and confirming it. */
export interface Outcome {
  /** Where it led: the next screen, or still the same with a message. */
  readonly accepted: boolean;
  /** What the recorder said, its new texts joined; empty when it said nothing. */
  readonly message: string;
}

/** How long a recorder may take to say what became of something, ms. */
const SAID_MS = 3000;

/** A message box that was answered: what the screen said, and whether it left a choice of Yes and No. */
export interface Told {
  readonly text: string;
  readonly choice: boolean;
}

/** How the GUI is driven from the live view to a list of users. */
export interface Ways {
  readonly users: readonly Labels[];
  readonly info: readonly Labels[];
  readonly reserveEmail: 'edit-gear' | 'edit-user' | 'direct';
  readonly hasDisclaimer: boolean;
}

/** The dialog with the reset QR, as it stood when reached. */
export interface ResetDialog {
  /** Being grabbed; it fails as the display does. */
  readonly frame: Promise<Frame>;
  readonly reading: Reading;
}

export interface OwnerOptions {
  /** Where wrong tries are counted. */
  readonly tries?: TryLedger;
  /** Hears of each password before the recorder may have it. */
  readonly onNewPassword?: (password: string) => void;
}

/** The steps of a recorder's owner at its own screen, as the manuals tell them. */
export class Owner {
  readonly gui: Gui;
  readonly #ways: Ways;
  readonly #tries: TryLedger | undefined;
  readonly #onNewPassword: (password: string) => void;
  constructor(gui: Gui, ways: Ways, options: OwnerOptions = {}) {
    this.gui = gui;
    this.#ways = ways;
    this.#tries = options.tries;
    this.#onNewPassword = options.onNewPassword ?? (() => undefined);
  }

  /** A try that the recorder counts when it is wrong. */
  async counted(kind: TryKind, attempt: () => Promise<Outcome>, user = ''): Promise<Outcome> {
    this.#tries?.ask(kind, user);
    const outcome = await attempt();
    this.#tries?.note(kind, outcome.accepted, user);
    return outcome;
  }

  /** A way through menus: the record keeps the step, and no frame of every menu on the way. */
  #go(title: string, input: () => Promise<void>, waitMs?: number) {
    return this.gui.poke(title, input, { frame: false, ...(waitMs === undefined ? {} : { waitMs }) });
  }

  /** Waits until a recorder that boots shows a screen one can use. */
  async awake(timeoutMs: number): Promise<void> {
    const { gui } = this;
    await gui.trace.step('Wait until the recorder has booted', async () => {
      await gui.until(
        'a screen after the boot',
        (r) => (this.#idle(r) || this.#anyDialog(r) ? true : undefined),
        { timeoutMs },
      );
    });
  }

  /**
   * The same, once the recorder has started again: it may still show what was there before, and what it starts with
   * may come a moment later by itself. Who clicks meanwhile clicks that away.
   */
  async started(timeoutMs: number): Promise<void> {
    const { gui } = this;
    gui.disturbed();
    await this.awake(timeoutMs);
    await gui
      .until('a screen that comes by itself', (r) => this.#anyDialog(r) || undefined, { timeoutMs: START_MS })
      .catch(notReached);
  }

  /**
   * Waits until a twin that was brought back shows where it starts: an inactive one its wizard, any other a login. Its
   * display may show for a while what was there before, and what is clicked there goes astray.
   */
  async broughtBack(active: boolean, timeoutMs: number): Promise<void> {
    const { gui } = this;
    gui.disturbed();
    await this.awake(timeoutMs);
    await gui
      .until(
        'the screen that it starts with',
        (r) =>
          (active ? (gui.screens.login(r) ?? gui.screens.forgot(r)) : gui.screens.activation(r)) !==
            undefined || undefined,
        { timeoutMs: START_MS },
      )
      .catch(notReached);
  }

  /** Goes to the login screen from wherever the GUI is. */
  async toLogin(patternWillDo = false): Promise<Reading> {
    const { gui } = this;
    // What was clicked on without any effect is a mere title: it is not tried twice.
    const idle = new Set<string>();
    const place = (i: Item) => `${i.text}@${i.box.x},${i.box.y}`;
    for (let tries = 0; tries < 10; tries += 1) {
      const { value } = await gui.until('any screen to start from', (r) =>
        this.#idle(r) || this.#anyDialog(r) ? r : undefined,
      );
      if (gui.screens.login(value) !== undefined) return value;
      if (patternWillDo && (gui.screens.forgot(value) ?? grid(value)) !== undefined) return value;
      if (gui.screens.activation(value) !== undefined)
        throw new HarnessError(
          'STATE_NOT_REACHED',
          'the recorder asks to be activated; there is no login screen',
          { port: 'display' },
        );
      const message = gui.screens.message(value);
      const fresh = { ...value, items: value.items.filter((i) => !idle.has(place(i))) };
      // A login by pattern can be cancelled too, and would come again.
      const byPassword = find(fresh, gui.label('passwordLogin'), ['link', 'button']);
      const item =
        byPassword ??
        find(fresh, gui.label('passwordLogin')) ??
        find(fresh, gui.label('logout')) ??
        find(fresh, gui.label('login')) ??
        find(fresh, gui.label('menu'));
      // What was seen is clicked on where it was seen: by now another dialog may have a button of that name.
      const close = message?.ok;
      const cancel = find(value, gui.label('cancel'), ['button']);
      if (close !== undefined) await this.#go('Close the message', () => gui.click(close));
      else if (byPassword === undefined && cancel !== undefined)
        await this.#go('Cancel', () => gui.click(cancel));
      else if (item !== undefined) {
        const { changed } = await this.#go(`Choose ${item.text}`, () => gui.click(item), 600);
        if (!changed) idle.add(place(item));
      } else await this.#go('Right click on the live view', () => gui.rightClickOn(value));
    }
    throw new HarnessError(
      'SCREEN_NOT_REACHED',
      `the login screen could not be reached; saw ${seen(await gui.look())}`,
      { port: 'display' },
    );
  }

  /**
   * Logs in with a password; the outcome says whether the login screen went away. On the way to somewhere else no
   * frame is kept.
   */
  async login(user: string, password: string, onTheWay = false): Promise<Outcome> {
    const { gui } = this;
    gui.trace.secret('password', password);
    let reading = await this.toLogin();
    const shownUser = find(reading, [user]);
    if (shownUser === undefined) reading = await this.#pickUser(user, reading);
    const screen = gui.screens.login(reading);
    if (screen === undefined)
      throw new HarnessError('SCREEN_NOT_REACHED', 'the login screen has no password field', {
        port: 'display',
      });
    await gui.fill('Type the password', screen.password, password);
    const attempt = async (): Promise<Outcome> => {
      const acted = await gui
        .act(
          'Log in',
          () => gui.confirm(gui.label('login')),
          (r, was) => {
            const gone = gui.screens.login(r) === undefined && !stands([screen.password], r);
            const told = gui.screens.message(r) !== undefined || newTexts(was, r).length > 0;
            return gone || told ? { gone } : undefined;
          },
          { frame: !onTheWay },
        )
        .catch(notReached);
      // A login that stays as it was, without a word, is refused too.
      if (acted === undefined) return { accepted: false, message: '' };
      const { before, reading: after } = acted;
      return {
        accepted: acted.value.gone && gui.screens.message(after) === undefined,
        message: newTexts(before, after).join(' '),
      };
    };
    return this.counted('login', attempt, user);
  }

  async #pickUser(user: string, reading: Reading): Promise<Reading> {
    const { gui } = this;
    const list = fieldFor(reading, gui.label('userName')) ?? reading.items.find((i) => i.kind === 'option');
    if (list === undefined) return reading;
    await this.#go('Open the list of users', () => gui.click(list));
    const entry = find(await gui.look(), [user]);
    if (entry === undefined) return gui.look();
    await this.#go(`Choose ${user}`, () => gui.click(entry));
    const { reading: chosen } = await gui.until(
      `the login of ${user}`,
      (r) => (gui.screens.login(r) !== undefined && find(r, [user]) !== undefined) || undefined,
    );
    return chosen;
  }

  /** Goes to the login by unlock pattern, where one is set. */
  async toPatternLogin(): Promise<Reading> {
    const { gui } = this;
    const login = await this.toLogin(true);
    if (grid(login) !== undefined) return login;
    const link = find(login, gui.label('patternLogin'), ['link', 'button', 'text']);
    if (link !== undefined) await gui.poke('Choose the login by pattern', () => gui.click(link));
    const { reading } = await gui.until('the login by pattern', (r) => grid(r));
    return reading;
  }

  /** Clicks *Forgot Password* at the password login. */
  async forgotPassword(): Promise<Reading> {
    return this.forgotFrom(await this.toLogin());
  }

  /**
   * Clicks *Forgot Password*; the reading is of what came: the methods, or a message. A login that had just gone,
   * and left the live view alone, is gone back to.
   */
  async forgotFrom(login: Reading): Promise<Reading> {
    for (let tries = 1, from = login; ; tries += 1) {
      const { reading, answered } = await this.#forgotOnce(from, tries === FORGOT_TRIES);
      if (answered) return reading;
      from = await this.toLogin();
    }
  }
  async #forgotOnce(
    login: Reading,
    isLast: boolean,
  ): Promise<{ readonly reading: Reading; readonly answered: boolean }> {
    const { gui } = this;
    const forgot = gui.screens.forgot(login);
    if (forgot === undefined)
      throw new HarnessError(
        'SCREEN_NOT_REACHED',
        `the login screen has no "${gui.label('forgotPassword').join('" or "')}"; saw ${seen(login)}`,
        { port: 'display' },
      );
    const came = (r: Reading) =>
      gui.screens.resetType(r) !== undefined || gui.screens.message(r) !== undefined;
    const { value, reading } = await gui.act(
      'Forgot Password',
      () => gui.click(forgot),
      (r) => {
        if (came(r)) return { answered: true };
        return !isLast && this.#idle(r) ? { answered: false } : undefined;
      },
      { frame: false },
    );
    if (value.answered) return { reading, answered: true };
    // Between two dialogs the live view may be seen for a moment.
    const late = await gui
      .until('the methods', (r) => came(r) || undefined, { timeoutMs: SAID_MS })
      .catch(notReached);
    return late === undefined ? { reading, answered: false } : { reading: late.reading, answered: true };
  }

  /** Clicks *Forgot Password* at the password login; whatever came of it. */
  async tryForgotPassword(): Promise<Reading> {
    const { gui } = this;
    const login = await this.toLogin();
    if (gui.screens.forgot(login) === undefined) return gui.look();
    // A lock that counts down changes the screen without an answer to the click: only what can be one counts.
    return this.forgotFrom(login).catch((error: unknown) => {
      if (error instanceof HarnessError && error.code === 'SCREEN_NOT_REACHED') return gui.look();
      throw error;
    });
  }

  /** The reset methods that the dialog lists, as written. */
  methodsOf(reading: Reading): readonly string[] {
    return (this.gui.screens.resetType(reading)?.methods ?? []).map((item) => item.text);
  }

  /** Whether the dialog lists Verify by Reserved Email. */
  offersEmail(reading: Reading): boolean {
    return find(reading, this.gui.label('byEmail'), ['radio', 'option']) !== undefined;
  }

  /** Chooses Verify by Reserved Email; stops at the disclaimer, or at the QR where a firmware has none. */
  async chooseEmail(methods: Reading): Promise<Reading> {
    const { gui } = this;
    const radio = find(methods, gui.label('byEmail'), ['radio', 'option']);
    if (radio === undefined)
      throw new HarnessError(
        'SCREEN_NOT_REACHED',
        `the dialog does not offer "${gui.label('byEmail').join('" or "')}"; saw ${seen(methods)}`,
        { port: 'display' },
      );
    if (radio.checked !== true)
      await gui.act(
        'Choose Verify by Reserved Email',
        () => gui.click(radio),
        (r) => find(r, gui.label('byEmail'), ['radio', 'option'])?.checked || undefined,
        { frame: false },
      );
    const { reading } = await gui.act(
      'Confirm the method',
      () => gui.confirm(gui.label('ok')),
      (r) => gui.screens.disclaimer(r) !== undefined || gui.screens.resetQr(r) !== undefined || undefined,
      { frame: false },
    );
    return reading;
  }

  /** Accepts the disclaimer where there is one; ends at the reset QR. */
  async acceptDisclaimer(reading: Reading): Promise<ResetDialog> {
    const { gui } = this;
    if (gui.screens.disclaimer(reading) === undefined) return this.#photographed(reading);
    const shown = await gui.act(
      'Accept the disclaimer',
      () => gui.confirm(gui.label('next')),
      (r) => (gui.screens.resetQr(r) !== undefined && r.items.some((i) => i.kind === 'image')) || undefined,
    );
    return shown.frame === undefined
      ? this.#photographed(shown.reading)
      : { frame: shown.frame, reading: shown.reading };
  }
  async #photographed(reading: Reading): Promise<ResetDialog> {
    return { frame: Promise.resolve(await this.gui.photograph('The reset QR')), reading };
  }

  /** From the login screen to the reset QR. */
  async openReset(): Promise<ResetDialog> {
    return this.acceptDisclaimer(await this.chooseEmail(await this.forgotPassword()));
  }

  /** Keys a code in and confirms. Accepted = the new password is asked for. */
  async enterCode(code: string): Promise<Outcome> {
    const { gui } = this;
    if (code.length >= 4) gui.trace.secret('code', code);
    const screen = gui.screens.resetQr(await gui.look());
    if (screen === undefined)
      throw new HarnessError(
        'SCREEN_NOT_REACHED',
        `no dialog to enter a code; saw ${seen(await gui.look())}`,
        { port: 'display' },
      );
    await gui.fill('Key the code in', screen.code, code);
    return this.counted('code', () =>
      this.submit('Confirm the code', (r) => gui.screens.newPassword(r) !== undefined),
    );
  }

  /** Keys the new password in twice and confirms. Accepted = back at the login screen, messages closed, No to copying. */
  async setNewPassword(
    password: string,
    confirm = password,
  ): Promise<Outcome & { readonly told: readonly Told[] }> {
    await this.fillNewPassword(password, confirm);
    const first = await this.confirmNewPassword();
    return { ...first, told: first.accepted ? await this.closeMessages() : [] };
  }

  /** Confirms the new password that was keyed in, and waits for the recorder's word on it. */
  confirmNewPassword(): Promise<Outcome> {
    return this.submit('Save the new password', (r) => this.gui.screens.newPassword(r) === undefined);
  }

  /** Confirms it, and waits for nothing; or until the screen shows that the recorder has begun. */
  startSaving(until: 'pressed' | 'seen' = 'pressed'): Promise<void> {
    const { gui } = this;
    return gui.begin('Confirm the new password', () => gui.confirm(gui.label('ok')), until);
  }

  /** Keys the new password in twice, up to the last moment before it is saved. */
  async fillNewPassword(password: string, confirm = password): Promise<void> {
    const { gui } = this;
    gui.trace.secret('password', password);
    gui.trace.secret('password', confirm);
    this.#onNewPassword(password);
    const screen = gui.screens.newPassword(await gui.look());
    if (screen === undefined)
      throw new HarnessError(
        'SCREEN_NOT_REACHED',
        `no dialog for the new password; saw ${seen(await gui.look())}`,
        { port: 'display' },
      );
    await gui.fill('Key the new password in', screen.password, password);
    await gui.fill(
      'Confirm the new password',
      gui.screens.newPassword(await gui.look())?.confirm ?? screen.confirm,
      confirm,
    );
  }

  /** Closes message boxes; where a choice is offered, by this answer. */
  async closeMessages(answer: 'yes' | 'no' = 'no'): Promise<readonly Told[]> {
    const { gui } = this;
    const told: Told[] = [];
    for (let count = 0; count < 6; count += 1) {
      const message = gui.screens.message(await gui.look());
      if (message === undefined) break;
      told.push({ text: message.text, choice: message.no !== undefined && message.ok !== undefined });
      const item = answer === 'yes' ? message.ok : (message.no ?? message.ok);
      await this.#go(item === undefined ? 'Close the message' : `Answer ${item.text}`, () =>
        item === undefined ? gui.key('Enter') : gui.click(item),
      );
    }
    return told;
  }

  /** Confirms a form: accepted when `done`, refused when a message came; the message is closed. */
  async submit(title: string, done: (r: Reading) => boolean): Promise<Outcome> {
    const { gui } = this;
    // A form whose fields stand where they stood is there still, whatever of its writing was not read.
    const leads = (r: Reading, was: Reading) => done(r) && !stands(fields(was), r);
    const { value, before, reading } = await gui.act(
      title,
      () => gui.confirm(gui.label('ok')),
      (r, was) =>
        gui.screens.message(r) !== undefined || newTexts(was, r).length > 0 || leads(r, was)
          ? { done: leads(r, was) }
          : undefined,
    );
    const message = newTexts(before, reading).join(' ');
    const box = gui.screens.message(reading);
    const isDone = value.done;
    const accepted = isDone && (box === undefined || !this.#stillBehind(before, reading));
    if (box !== undefined && !isDone) await this.closeMessages();
    return { accepted, message: accepted && box === undefined ? '' : message };
  }

  /** A message box that lies over the form it came from leaves the form's title visible. */
  #stillBehind(before: Reading, after: Reading): boolean {
    const title = before.items.find((i) => i.kind === 'text' && i.text.trim() !== '');
    return (
      title !== undefined &&
      after.items.some((i) => i.text === title.text && i.box.x === title.box.x && i.box.y === title.box.y)
    );
  }

  /** Cancels the dialog in front. */
  async cancel(): Promise<Reading> {
    const { after } = await this.#go('Cancel', () => this.gui.confirm(this.gui.label('cancel')));
    return after;
  }

  /** Goes through the activation wizard: password, reserved email if asked for, no further extras. */
  async activate(password: string, email: string | undefined): Promise<Outcome> {
    const { gui } = this;
    gui.trace.secret('password', password);
    if (email !== undefined) gui.trace.secret('address', email);
    const { value: screen } = await gui.until('the activation wizard', (r) => gui.screens.activation(r));
    const box = screen.reserve;
    if (box !== undefined && (box.checked === true) !== (email !== undefined)) {
      await gui.act(
        `${email === undefined ? 'Clear' : 'Tick'} Reserved Email Settings`,
        () => gui.click(box),
        (r) => gui.screens.activation(r)?.reserve?.checked === (email !== undefined) || undefined,
        { frame: false },
      );
    }
    await gui.fill(
      'Type the password',
      gui.screens.activation(await gui.look())?.password ?? screen.password,
      password,
    );
    await gui.fill(
      'Confirm the password',
      gui.screens.activation(await gui.look())?.confirm ?? screen.confirm,
      password,
    );
    const outcome = await this.submit('Activate', (r) => gui.screens.activation(r) === undefined);
    if (!outcome.accepted) return outcome;
    if (email !== undefined) {
      const asked = await gui
        .until('the dialog for the reserved email', (r) => gui.screens.email(r))
        .catch(notReached);
      if (asked === undefined) return { accepted: false, message: 'no address was asked for' };
      return this.enterEmail(email);
    }
    return outcome;
  }

  /** Types an address into the dialog in front and confirms. */
  async enterEmail(address: string): Promise<Outcome> {
    const { gui } = this;
    gui.trace.secret('address', address);
    const { value: screen } = await gui.until('a field for the reserved email', (r) => gui.screens.email(r));
    await gui.fill('Type the address', screen.address, address);
    return this.submit('Save the address', (r) => gui.screens.email(r) === undefined);
  }

  /** Leaves wizards and menus behind until the recorder rests at live view or login. */
  async finishWizard(): Promise<void> {
    const { gui } = this;
    for (let count = 0; count < 8; count += 1) {
      const r = await gui.look();
      if (gui.screens.login(r) !== undefined || (this.#idle(r) && !this.#anyDialog(r))) return;
      if (gui.screens.message(r) !== undefined) await this.closeMessages();
      else if (find(r, gui.label('cancel'), ['button']) !== undefined) await this.cancel();
      else await this.#go('Back', () => gui.rightClickOn(r));
    }
  }

  /** Opens the main menu as `user`, logging in where asked. */
  async toMenu(user: string, password: string): Promise<void> {
    const { gui } = this;
    const outcome = await this.login(user, password, true);
    if (!outcome.accepted)
      throw new HarnessError('STATE_NOT_REACHED', `login as ${user} was refused: ${outcome.message}`, {
        port: 'display',
      });
    const first = this.#ways.users[0] ?? [];
    for (let count = 0; count < 4; count += 1) {
      const r = await gui.look();
      if (find(r, first) !== undefined) return;
      const menu = find(r, gui.label('menu'), ['option', 'button', 'link', 'text']);
      if (menu !== undefined) await this.#go('Open the menu', () => gui.click(menu));
      else await this.#go('Right click on the live view', () => gui.rightClickOn(r));
    }
    throw new HarnessError(
      'SCREEN_NOT_REACHED',
      `the main menu could not be opened; saw ${seen(await gui.look())}`,
      { port: 'display' },
    );
  }

  /** Whether the main menu opens from where the GUI is, without anybody logging in. */
  async menuOpens(): Promise<boolean> {
    const { gui } = this;
    for (let count = 0; count < 6; count += 1) {
      const r = await gui.look();
      if (find(r, this.#ways.users[0] ?? []) !== undefined) return true;
      if (gui.screens.login(r) !== undefined || grid(r) !== undefined) return false;
      const menu = find(r, gui.label('menu'), ['option', 'button', 'link', 'text']);
      if (menu !== undefined) await this.#go('Open the menu', () => gui.click(menu));
      else await this.#go('Right click on the live view', () => gui.rightClickOn(r));
    }
    throw new HarnessError(
      'SCREEN_NOT_REACHED',
      `neither a menu nor a login came; saw ${seen(await gui.look())}`,
      { port: 'display' },
    );
  }

  /** Follows labels through menus, one click each. */
  async follow(path: readonly Labels[]): Promise<Reading> {
    const { gui } = this;
    for (const labels of path) {
      const { value: item } = await gui.until(`"${labels.join('" or "')}"`, (r) => find(r, labels));
      // What is chosen already needs no click: a menu opens at its first page.
      if (item.checked === true) continue;
      await this.#go(`Open ${labels[0] ?? ''}`, () => gui.click(item));
    }
    return gui.look();
  }

  /** Opens, as admin, the place where the reserved email is shown and set, up to the question for the admin password. */
  async toReservedEmail(): Promise<void> {
    const { gui } = this;
    const list = await this.follow(this.#ways.users);
    const way = this.#ways.reserveEmail;
    if (way === 'direct') {
      await this.follow([gui.label('reservedEmail')]);
      return;
    }
    const admin = find(list, ['admin'], ['option', 'radio', 'text', 'button', 'link']);
    if (admin !== undefined && admin.checked !== true)
      await this.#go('Select admin', () => gui.click(admin), 300);
    await this.follow([way === 'edit-gear' ? gui.label('edit') : gui.label('modify')]);
  }

  /** Sets or changes the reserved email as admin, by the way of this menu. The outcome is that of the last confirmation. */
  async reserveEmail(adminPassword: string, address: string): Promise<Outcome> {
    const { gui } = this;
    gui.trace.secret('password', adminPassword);
    await this.toReservedEmail();
    const permission = await this.authorise(adminPassword);
    if (!permission.accepted) return permission;
    await this.openEmailField();
    return this.enterEmail(address);
  }

  /** Types the admin password where the menu asks for it (Confirm Permission, Old Password, authorisation). */
  authorise(adminPassword: string): Promise<Outcome> {
    return this.counted('login', () => this.#authorise(adminPassword), 'admin');
  }
  async #authorise(adminPassword: string): Promise<Outcome> {
    const { gui } = this;
    const field = await this.typeAdminPassword(adminPassword);
    if (this.#ways.reserveEmail === 'edit-gear') {
      // GUI 3.0 asks in the same dialog; the gear behind the row checks it.
      const { value: gear } = await gui.until('the settings of the reserved email', (r) =>
        this.#besideReserved(r, gui.label('settings')),
      );
      const { value, before, reading } = await gui.act(
        'Open the settings of the reserved email',
        () => gui.click(gear),
        (r, was) => {
          const open = gui.screens.email(r) !== undefined;
          const told = gui.screens.message(r) !== undefined || newTexts(was, r).length > 0;
          return open || told ? { open } : undefined;
        },
      );
      const message = value.open ? '' : newTexts(before, reading).join(' ');
      if (!value.open) await this.closeMessages();
      return { accepted: value.open, message };
    }
    // By its label where it has one: of an empty field only a document says that it conceals.
    const isLabelled = fieldFor(await gui.look(), gui.label('adminPassword')) !== undefined;
    const isThere = (r: Reading) =>
      isLabelled
        ? fieldFor(r, gui.label('adminPassword')) !== undefined
        : fields(r).some(
            (i) =>
              i.concealed === true &&
              Math.abs(i.box.y - field.box.y) <= 4 &&
              Math.abs(i.box.x - field.box.x) <= 4,
          );
    return this.submit('Confirm the permission', (r) => !isThere(r));
  }

  /** Types the admin password into the field that asks for it, and confirms nothing. */
  async typeAdminPassword(adminPassword: string): Promise<Item> {
    const { gui } = this;
    gui.trace.secret('password', adminPassword);
    const { value: field } = await gui.until(
      'a field for the admin password',
      (r) =>
        fieldFor(r, gui.label('adminPassword')) ??
        r.items.find((i) => i.kind === 'field' && i.concealed === true),
    );
    await gui.fill('Type the admin password', field, adminPassword);
    return field;
  }

  /** From the edited user to the field for the address. */
  async openEmailField(): Promise<void> {
    const { gui } = this;
    if (this.#ways.reserveEmail !== 'edit-user') return;
    const { value: button } = await gui.until('the row of the reserved email', (r) =>
      this.#besideReserved(r, gui.label('modify')),
    );
    await gui.act(
      'Modify the reserved email',
      () => gui.click(button),
      (r) => gui.screens.email(r),
      { frame: false },
    );
  }

  /** The button with one of the labels in the row of the reserved email. */
  #besideReserved(r: Reading, labels: Labels): Item | undefined {
    const row = this.#reservedRow(r);
    return row === undefined ? undefined : this.beside(r, row, labels);
  }
  #reservedRow(r: Reading): Item | undefined {
    return (
      find(r, this.gui.label('reservedEmail'), ['text', 'button']) ??
      find(r, this.gui.label('reservedEmailSettings'), ['text', 'button'])
    );
  }
  /** What one can act on in the row of an item, the one with such a label first. */
  beside(r: Reading, row: Item, labels: Labels): Item | undefined {
    const middle = row.box.y + row.box.height / 2;
    const inRow = r.items.filter(
      (i) =>
        (i.kind === 'button' || i.kind === 'checkbox') &&
        i.box.x > row.box.x &&
        Math.abs(i.box.y + i.box.height / 2 - middle) < row.box.height + 8,
    );
    return inRow.find((i) => labels.some((l) => plain(l) === plain(i.text))) ?? inRow[0];
  }

  /** Whether the user menu has a place for the reserved email, as admin finds it. */
  async hasReservedEmailPlace(adminPassword: string): Promise<boolean> {
    const { gui } = this;
    const list = await this.follow(this.#ways.users);
    if (this.#ways.reserveEmail === 'direct') return this.#reservedRow(list) !== undefined;
    await this.follow([this.#ways.reserveEmail === 'edit-gear' ? gui.label('edit') : gui.label('modify')]);
    if (this.#ways.reserveEmail === 'edit-user') {
      const permission = await this.authorise(adminPassword);
      if (!permission.accepted)
        throw new HarnessError('STATE_NOT_REACHED', `no permission to edit: ${permission.message}`, {
          port: 'display',
        });
    }
    return this.#reservedRow(await gui.look()) !== undefined;
  }

  /** Opens, from the main menu, what the user menu offers of admin's own account. */
  async toEditAdmin(adminPassword: string): Promise<Reading> {
    const { gui } = this;
    const way = this.#ways.reserveEmail;
    const list = await this.follow(this.#ways.users);
    if (way === 'direct') return list;
    await this.follow([way === 'edit-gear' ? gui.label('edit') : gui.label('modify')]);
    await this.typeAdminPassword(adminPassword);
    if (way === 'edit-user')
      await this.submit('Confirm the permission', (r) => this.#patternRow(r) !== undefined);
    return gui.look();
  }

  /** Sets an unlock pattern as admin, from the user menu. `dots` are numbered 1 to 9 from the top left. */
  async setPattern(adminPassword: string, dots: readonly number[]): Promise<void> {
    const { gui } = this;
    await this.toEditAdmin(adminPassword);
    const { value: opener } = await gui.until('the row of the unlock pattern', (r) => {
      const row = this.#patternRow(r);
      return row === undefined ? undefined : this.beside(r, row, gui.label('settings'));
    });
    const { value: asked } = await gui.act(
      'Open the unlock pattern',
      () => gui.click(opener),
      (r, was) => {
        if (grid(r) !== undefined) return { password: false };
        const concealed = (reading: Reading) => fields(reading).filter((f) => f.concealed === true).length;
        return concealed(r) > concealed(was) ? { password: true } : undefined;
      },
    );
    if (asked.password) {
      await this.typeAdminPassword(adminPassword);
      await this.submit('Confirm the permission', (r) => grid(r) !== undefined);
    }
    await this.drawPattern(dots);
    await this.drawPattern(dots);
    // Most recorders say a word on it; where none comes, the dots are gone.
    await gui
      .until('what became of the pattern', (r) => gui.screens.message(r), { timeoutMs: SAID_MS })
      .catch(() => undefined);
    await this.closeMessages();
  }
  #patternRow(r: Reading): Item | undefined {
    return find(r, this.gui.label('patternLogin'), ['text']);
  }

  /** Joins dots of the pattern in front. */
  async drawPattern(dots: readonly number[]): Promise<void> {
    const { gui } = this;
    const { value: nine } = await gui.until('the nine dots of the pattern', grid);
    const points = dots.map((dot) => centre(nine[dot - 1]?.box ?? { x: 0, y: 0, width: 0, height: 0 }));
    await gui.poke('Draw the pattern', () => gui.drag(points));
  }

  /** Logs in by the unlock pattern; not accepted either where no such login is offered. */
  async loginByPattern(dots: readonly number[]): Promise<Outcome> {
    const { gui } = this;
    let shown = await this.toLogin(true);
    const link = find(shown, gui.label('patternLogin'), ['link', 'button']);
    if (grid(shown) === undefined && link !== undefined)
      shown = (await gui.poke('Choose the login by pattern', () => gui.click(link))).after;
    await gui.photograph('Where the pattern is asked for');
    if (grid(shown) === undefined) return { accepted: false, message: 'no login by pattern is offered' };
    await this.drawPattern(dots);
    const isAway = (r: Reading) => grid(r) === undefined && gui.screens.login(r) === undefined;
    const away = await gui
      .until('what the pattern opens', (r) => isAway(r) || undefined, { timeoutMs: SAID_MS })
      .catch(notReached);
    const after = away?.reading ?? (await gui.look());
    return { accepted: away !== undefined, message: newTexts(shown, after).join(' ') };
  }

  /** What stands right of a label, joined, or else right below it (e.g. the masked address, the firmware version). */
  async valueBeside(labels: Labels): Promise<string> {
    const { value } = await this.gui.until(`"${labels.join('" or "')}" with a value`, (r) => {
      const label = find(r, labels, ['text']);
      if (label === undefined) return undefined;
      const values = r.items.filter((i) => (i.kind === 'text' || i.kind === 'field') && i !== label);
      const middle = label.box.y + label.box.height / 2;
      const right = values.filter(
        (i) =>
          i.box.x >= label.box.x + label.box.width - 4 && Math.abs(i.box.y + i.box.height / 2 - middle) < 10,
      );
      const below = values.filter(
        (i) =>
          Math.abs(i.box.x - label.box.x) < 24 &&
          i.box.y >= label.box.y + label.box.height - 2 &&
          i.box.y < label.box.y + 2.5 * label.box.height,
      );
      const found = right.length > 0 ? right : below.slice(0, 1);
      return found.length === 0 ? undefined : found.map((i) => i.text).join(' ');
    });
    return value;
  }

  /** A value of the information page, from the main menu. */
  async infoValue(labels: Labels): Promise<string> {
    await this.follow(this.#ways.info);
    return this.valueBeside(labels);
  }

  /** Every text on the screen, one string. */
  async allText(): Promise<string> {
    return (await this.gui.look()).items.map((i) => i.text).join('\n');
  }

  /** Live view or black: nothing that waits for an answer. */
  #idle(r: Reading): boolean {
    return !this.gui.screens.busy(r) && r.items.every((i) => i.kind === 'text' || i.kind === 'image');
  }
  #anyDialog(r: Reading): boolean {
    return r.items.some(
      (i) => i.kind === 'button' || i.kind === 'field' || i.kind === 'link' || i.kind === 'option',
    );
  }
}

/** Whether each of the fields is where it was. */
function stands(those: readonly Item[], r: Reading): boolean {
  const isNear = (a: Box, b: Box) => Math.abs(a.x - b.x) <= NEAR_PX && Math.abs(a.y - b.y) <= NEAR_PX;
  return those.length > 0 && those.every(({ box }) => fields(r).some((one) => isNear(one.box, box)));
}
/** By eye an edge is found so far from where it is. */
const NEAR_PX = 4;

/** How long a display under load may show an old picture, ms. */
const START_MS = 3000;
/** How often Forgot Password is clicked on where the login went away under the click. */
const FORGOT_TRIES = 3;

/** What did not come is an answer too, for who expects it. */
function notReached(error: unknown): undefined {
  if (error instanceof HarnessError && error.code === 'SCREEN_NOT_REACHED') return undefined;
  throw error;
}
