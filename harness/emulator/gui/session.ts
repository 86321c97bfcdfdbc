import type { RecorderCore, UserLevel } from '../recorder/api.ts';
import { type Html, html } from './html.ts';
import { keyboard, type Layer } from './keyboard.ts';
import type { ClientEvent, Paint } from './protocol.ts';
import { attention, question } from './screens/attention.ts';
import { loginScreen } from './screens/login.ts';
import { menuScreen } from './screens/menu.ts';
import { contextMenu } from './screens/power.ts';
import { activationScreen } from './screens/wizard.ts';
import { gui30 } from './skins/gui30.ts';
import { gui40 } from './skins/gui40.ts';
import { lite } from './skins/lite.ts';
import { textsOf } from './text/texts.ts';
import { between, type GuiTiming, type Scheduler } from './timing.ts';
import { clear, edit, insert } from './typing.ts';
import type { Field, OpenReset, Screen, Ui } from './ui.ts';
import { wallTime } from './wall-time.ts';

/** What a session needs beside the recorder. */
export interface SessionOptions {
  readonly timing: GuiTiming;
  readonly scheduler: Scheduler;
  /** Gets each picture. */
  readonly onPaint: (paint: Paint) => void;
}

/** The local GUI of one recorder: which windows are open, what stands in their fields, who is logged in. */
export class GuiSession implements Ui {
  readonly core: RecorderCore;
  readonly text: Ui['text'];
  readonly skin: Ui['skin'];
  readonly timing: GuiTiming;
  readonly width: number;
  readonly height: number;
  readonly fontPx: number;
  user: { readonly name: string; readonly level: UserLevel } | undefined;
  kept: OpenReset | undefined;
  readonly #scheduler: Scheduler;
  readonly #onPaint: (paint: Paint) => void;
  readonly #stopListening: () => void;
  #screens: readonly Screen[] = [];
  /** Changes with the topmost screen: an input meant for another is not taken. */
  #on = 0;
  #focus: string | undefined;
  #layer: Layer | undefined;
  #busy: (() => void) | undefined;
  #painting: (() => void) | undefined;
  #ticking: (() => void) | undefined;
  #touchedAt = 0;
  #acting = false;

  constructor(core: RecorderCore, options: SessionOptions) {
    this.core = core;
    this.text = textsOf(core.plan.language, core.brand.texts[core.plan.language]);
    this.skin = { '3.0': gui30, '4.0': gui40, lite }[core.plan.gui];
    this.timing = options.timing;
    const [width = 1280, height = 720] = core.plan.resolution.split('x').map(Number);
    this.width = width;
    this.height = height;
    this.fontPx = height > 800 ? 20 : 15;
    this.#scheduler = options.scheduler;
    this.#onPaint = options.onPaint;
    this.#stopListening = core.onChange((what) => this.#coreChanged(what));
    this.#start();
    this.#tick();
  }

  /** Ends all delays; nothing is painted any more. */
  close(): void {
    this.#stopListening();
    this.#cancelDelays();
    this.#ticking?.();
  }

  /** Takes an input. Nothing is taken while the recorder is not ready or writes. */
  handle(event: ClientEvent): void {
    if (this.core.phase !== 'ready' || this.#busy !== undefined || event.on !== this.#on) return;
    this.#touchedAt = this.core.uptime;
    this.#acting = true;
    try {
      this.#take(event);
    } finally {
      this.#acting = false;
    }
    this.#repaint();
  }

  /** The picture as it is now. */
  paint(): Paint {
    const field = this.#field();
    return {
      type: 'paint',
      on: this.#on,
      markup: this.#picture().markup,
      focus: this.#focus,
      caret: field?.caret ?? 0,
      live: this.core.phase === 'ready' && !this.#screens.some((screen) => screen.opaque === true),
      clock: Date.parse(`${wallTime(this.core).replace(' ', 'T')}Z`),
    };
  }

  signIn(name: string, level: UserLevel): void {
    this.user = { name, level };
  }
  signOut(): void {
    this.user = undefined;
    this.home();
  }
  push(screen: Screen): void {
    this.#show([...this.#screens, screen]);
  }
  swap(screen: Screen): void {
    this.#show([...this.#screens.slice(0, -1), screen]);
  }
  pop(): void {
    this.#show(this.#screens.slice(0, -1));
  }
  only(...screens: readonly Screen[]): void {
    this.#show(screens);
  }
  home(): void {
    if (!this.core.activated) this.only(activationScreen(this));
    else if (this.user === undefined) this.only(loginScreen(this));
    else this.only(...this.skin.afterLogin(this, () => menuScreen(this)));
  }
  tell(message: string, then?: () => void): void {
    this.push(
      attention(this, message, () => {
        this.pop();
        then?.();
      }),
    );
  }
  ask(message: string, answer: (yes: boolean) => void): void {
    this.push(
      question(this, message, (yes) => {
        this.pop();
        answer(yes);
      }),
    );
  }
  writing(then: () => void): void {
    this.#layer = undefined;
    const ms = between(this.timing.flashMs, this.#scheduler.random());
    this.#busy = this.#scheduler.after(ms, () => {
      this.#busy = undefined;
      then();
      this.#repaint();
    });
  }

  #take(event: ClientEvent): void {
    const top = this.#screens.at(-1);
    if (event.type === 'back') this.#back(event.x, event.y);
    else if (top === undefined) return;
    else if (event.type === 'draw') top.draw?.(event.dots);
    else if (event.type === 'focus') this.#enter(event.field, event.mouse);
    else if (event.type === 'text') {
      if (event.replace) this.#change((field) => clear(field));
      this.#change((field) => insert(field, event.text));
    } else if (event.type === 'key') this.#key(top, event.key, event.action);
    else this.#act(top, event.action);
  }

  #act(top: Screen, action: string): void {
    this.#layer = undefined;
    const [name = '', ...rest] = action.split(':');
    top.act(name, rest.join(':'));
  }

  #key(top: Screen, key: string, action: string | undefined): void {
    if (key.startsWith('osk:')) this.#softKey(key.slice(4));
    else if (key === 'Escape') {
      if (this.#layer !== undefined) this.#layer = undefined;
      else if (top.cancel !== undefined) this.#act(top, top.cancel);
    } else if (key === 'Enter') this.#act(top, action ?? top.submit ?? '');
    else if (key.length === 1) {
      this.#layer = undefined;
      this.#change((field) => insert(field, key));
    } else this.#change((field) => edit(field, key));
  }

  #softKey(key: string): void {
    if (key === 'close') this.#layer = undefined;
    else if (key === 'shift') this.#layer = this.#layer === 'upper' ? 'lower' : 'upper';
    else if (key === 'symbols') this.#layer = this.#layer === 'symbols' ? 'lower' : 'symbols';
    else if (key === 'erase') this.#change((field) => edit(field, 'Backspace'));
    else this.#change((field) => insert(field, key));
  }

  #back(x: number, y: number): void {
    const top = this.#screens.at(-1);
    if (this.#layer !== undefined) this.#layer = undefined;
    else if (top !== undefined) {
      if (top.cancel !== undefined) this.#act(top, top.cancel);
    } else this.push(contextMenu(this, { x, y }, () => this.#openMenu()));
  }

  #openMenu(): void {
    if (this.user === undefined) this.only(loginScreen(this));
    else this.only(menuScreen(this));
  }

  #enter(name: string, mouse: boolean): void {
    const top = this.#screens.at(-1);
    const field = top?.fields[name];
    if (top === undefined || field === undefined) return;
    this.#focus = name;
    field.caret = field.value.length;
    top.touched?.();
    if (mouse) this.#layer = this.#layer ?? 'lower';
  }

  #field(): Field | undefined {
    return this.#focus === undefined ? undefined : this.#screens.at(-1)?.fields[this.#focus];
  }

  #change(how: (field: Field) => void): void {
    const field = this.#field();
    if (field === undefined) return;
    how(field);
    this.#screens.at(-1)?.touched?.();
  }

  #show(screens: readonly Screen[]): void {
    const before = this.#screens.at(-1);
    this.#screens = screens;
    const top = screens.at(-1);
    if (top === before) return;
    this.#on += 1;
    this.#layer = undefined;
    this.#focus = top?.first;
    this.#touchedAt = this.core.uptime;
  }

  #names(): string {
    return this.#screens.map(({ name }) => name).join(' ');
  }

  /** Where a recorder is after it started. */
  #start(): void {
    this.user = undefined;
    this.kept = undefined;
    this.home();
  }

  #coreChanged(what: 'phase' | 'restored' | 'security' | 'usb' | 'network'): void {
    if (what === 'phase' || what === 'restored') {
      this.#cancelDelays();
      const before = { on: this.#on, names: this.#names() };
      this.#start();
      // Who clicks on a screen that looks as before means the one that is there now.
      this.#on = what === 'restored' && this.#names() === before.names ? before.on : this.#on + 1;
      // The signal goes with the power, not when the machine gets round to it.
      this.#onPaint(this.paint());
    } else if (what === 'security' && !this.#acting && this.#busy === undefined) this.#recheck();
    this.#repaint();
  }

  /** Something changed by another way than this GUI. */
  #recheck(): void {
    const activating = this.#screens.some(({ name }) => name === 'activation');
    if (activating && this.core.activated) this.#start();
    const { user } = this;
    if (user !== undefined && !this.core.users.some(({ name }) => name === user.name)) this.signOut();
  }

  #tick(): void {
    this.#ticking = this.#scheduler.after(this.timing.tickMs, () => this.#tick());
    if (this.core.phase === 'booting') this.#repaint();
    if (this.core.phase !== 'ready' || this.#busy !== undefined) return;
    const top = this.#screens.at(-1);
    const limit = [...this.#screens].reverse().find(({ idleMs }) => idleMs !== undefined);
    if (limit?.idleMs !== undefined && this.core.uptime - this.#touchedAt >= limit.idleMs) {
      if (limit.expire === undefined) this.signOut();
      else limit.expire();
      this.#repaint();
    } else if (top?.alive?.() === true) this.#repaint();
  }

  /** Asks for a picture as soon as the machine gets to it. */
  #repaint(): void {
    if (this.#painting !== undefined) return;
    const ms = between(this.timing.paintMs, this.#scheduler.random());
    this.#painting = this.#scheduler.after(ms, () => {
      this.#painting = undefined;
      this.#onPaint(this.paint());
    });
  }

  #cancelDelays(): void {
    this.#busy?.();
    this.#painting?.();
    this.#busy = undefined;
    this.#painting = undefined;
  }

  #picture(): Html {
    const { phase, plan, uptime } = this.core;
    if (phase === 'off') return html`<div class="dark"><p>${this.text.noSignal}</p></div>`;
    if (phase === 'booting') return this.#boot(uptime / Math.max(1, plan.bootMs ?? 1200));
    const layers = this.#screens.map(
      (screen, index) =>
        html`<section class="layer" id="layer-${index}"${index < this.#screens.length - 1 && html` inert`}>${screen.render()}</section>`,
    );
    return html`${layers}${this.#layer !== undefined && keyboard(this.text, this.#layer, this.#preview())}${
      this.#busy !== undefined && html`<div class="wait" role="status"><p>${this.text.pleaseWait}</p></div>`
    }`;
  }

  /** What the on-screen keyboard shows of a password: nothing, in a healthy recorder. */
  #preview(): string {
    const field = this.#field();
    if (field?.kind !== 'password' || field.value === '') return '';
    if (this.core.defects.has('keyboard-shows-password')) return field.value;
    return this.core.defects.has('keyboard-shows-last-characters') ? field.value.slice(-4) : '';
  }

  #boot(done: number): Html {
    const lines = [this.text.bootSystem, this.text.bootDisks, this.text.bootChannels];
    const shown = lines.slice(0, 1 + Math.floor(Math.min(0.99, done) * lines.length));
    const percent = Math.min(100, Math.round(done * 100));
    return html`<div class="dark boot"><div class="progress"><i style="width:${percent}%"></i></div>${shown.map((line) => html`<p>${line}...</p>`)}</div>`;
  }
}
