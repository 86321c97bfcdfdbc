import type { Channel } from './api.ts';
import type { OpenCode } from './state.ts';
import type { Store } from './store.ts';

/** What the log and the console tell of resets: each step, never a secret. */
export class ResetLog {
  readonly #store: Store;
  constructor(store: Store) {
    this.#store = store;
  }

  start(open: OpenCode): void {
    const { defects } = this.#store;
    if (!defects.has('log-start-missing')) this.#note('Start', 'local', 'Verify by Reserved Email');
    if (defects.has('serial-tells-code')) this.#print(`code=${open.code}`);
    if (defects.has('serial-tells-code-in-hex')) this.#print(`k=${Buffer.from(open.code).toString('hex')}`);
    if (defects.has('serial-tells-payload')) this.#print(`qr=${open.payload}`);
    if (defects.has('serial-tells-receiver')) this.#print(`to=${open.address}`);
  }

  wrong(code: string, channel: Channel, locked: boolean): void {
    const { defects } = this.#store;
    if (defects.has('serial-tells-entered-code')) this.#print(`entered=${code}`);
    if (defects.has('log-wrong-code-missing')) return;
    const tried = defects.has('log-holds-wrong-code') ? ` ${code}` : '';
    this.#note('Wrong Code', channel, `${locked ? 'locked' : ''}${tried}`);
  }

  accepted(code: string, channel: Channel): void {
    const { defects } = this.#store;
    if (defects.has('serial-tells-entered-code')) this.#print(`entered=${code}`);
    this.#note('Code Accepted', channel, defects.has('log-holds-code') ? code : '');
  }

  cancelled(channel: Channel): void {
    this.#note('Cancelled', channel, '');
  }

  success(channel: Channel, password: string): void {
    const { defects } = this.#store;
    if (defects.has('log-success-missing')) return;
    const detail = 'Verify by Reserved Email';
    this.#note('Success', channel, defects.has('log-holds-password') ? `${detail} ${password}` : detail);
  }

  #note(step: string, channel: Channel, detail: string): void {
    const wrong = channel === 'local' && this.#store.defects.has('log-channel-wrong');
    this.#store.log({
      major: 'Operation',
      minor: `Reset Password: ${step}`,
      user: '',
      channel: wrong ? 'http' : channel,
      detail,
    });
  }
  #print(text: string): void {
    this.#store.print(`[${(this.#store.uptime / 1000).toFixed(3)}] pwd: ${text}`);
  }
}
