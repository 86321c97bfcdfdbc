import type { Recorder } from '../recorder/recorder.ts';

const COMMANDS = ['help', 'prtHardInfo', 'getIp', 'outputOpen', 'outputClose'] as const;
/** Names that shells of such machines know and that change the unit, or open more: refused here. */
const REFUSED = [
  'reset',
  'reboot',
  'setIp',
  'setGateway',
  'setDebug',
  'debug',
  'resetParam',
  'upgrade',
  'ifconfig',
];
/** Longest line the shell takes. */
const LINE_MAX = 128;
const PROMPT = '# ';

/**
 * The recorder's console as characters: boot text while it boots, a protected shell with echo when it is up, log lines
 * in between unless `outputClose` silenced them. `write` hears every character for the wire.
 */
export class Shell {
  readonly #recorder: Recorder;
  readonly #write: (text: string) => void;
  readonly #stop: readonly (() => void)[];
  #line = '';
  #afterReturn = false;
  #printing = true;

  constructor(recorder: Recorder, write: (text: string) => void) {
    this.#recorder = recorder;
    this.#write = write;
    this.#stop = [
      recorder.onConsole((line) => this.#hear(line)),
      recorder.onChange((what) => {
        if (what === 'phase' || what === 'restored') this.#turn();
      }),
    ];
  }

  /** Characters from the other end. */
  type(text: string): void {
    if (this.#recorder.phase !== 'ready') return;
    for (const char of text) this.#key(char);
  }
  close(): void {
    for (const stop of this.#stop) stop();
  }

  #hear(line: string): void {
    const { phase } = this.#recorder;
    if (phase === 'booting') this.#write(`${line}\r\n`);
    else if (phase === 'ready' && this.#printing) this.#write(`\r\n${line}\r\n${PROMPT}${this.#line}`);
  }

  #turn(): void {
    this.#line = '';
    this.#printing = true;
    if (this.#recorder.phase === 'ready') this.#write(PROMPT);
  }

  #key(char: string): void {
    const repeated = char === '\n' && this.#afterReturn;
    this.#afterReturn = char === '\r';
    if (repeated) return;
    if (char === '\r' || char === '\n') {
      const line = this.#line.trim();
      this.#line = '';
      const answer = line === '' ? [] : this.#run(line);
      this.#write(`\r\n${answer.map((each) => `${each}\r\n`).join('')}${PROMPT}`);
    } else if (char === '\b' || char === '\x7f') {
      if (this.#line === '') return;
      this.#line = this.#line.slice(0, -1);
      this.#write('\b \b');
    } else if (char === '\x03') {
      this.#line = '';
      this.#write(`^C\r\n${PROMPT}`);
    } else if (char >= ' ' && char <= '~' && this.#line.length < LINE_MAX) {
      this.#line += char;
      this.#write(char);
    }
  }

  #run(line: string): readonly string[] {
    const name = line.split(/\s+/)[0] ?? '';
    const { facts } = this.#recorder;
    switch (name) {
      case 'help':
        return [
          'Support commands:',
          ...[
            ...COMMANDS,
            ...(this.#recorder.defects.has('shell-offers-show-password') ? ['showPasswd'] : []),
            ...(this.#recorder.defects.has('shell-clears-the-password') ? ['resetPasswd'] : []),
            ...(this.#recorder.defects.has('shell-shows-users') ? ['prtUserInfo'] : []),
          ].map((command) => `  ${command}`),
        ];
      case 'prtHardInfo':
        return [
          `Device model: ${facts.model}`,
          `Serial number: ${facts.serialNumber}`,
          `Firmware: ${facts.firmware} ${facts.build}`,
          `Device type: ${facts.deviceType}`,
          `Channels: ${facts.channels}`,
          `Boot time: ${facts.bootTime}`,
        ];
      case 'getIp':
        return ['eth0: 192.0.2.64 mask 255.255.255.0', `mac: ${facts.macAddress}`];
      case 'outputOpen':
      case 'outputClose':
        this.#printing = name === 'outputOpen';
        return [`log output ${this.#printing ? 'on' : 'off'}`];
      case 'prtUserInfo':
        if (this.#recorder.defects.has('shell-shows-users'))
          return this.#recorder.store.flash.accounts.map(({ name: user, key }) => `${user} ${key}`);
        return [`psh: ${name}: command not found`];
      case 'resetPasswd':
        if (this.#recorder.defects.has('shell-clears-the-password')) {
          this.#recorder.accounts.spoil('admin');
          return ['password cleared'];
        }
        return [`psh: ${name}: operation not permitted`];
      default:
        return [
          REFUSED.includes(name)
            ? `psh: ${name}: operation not permitted`
            : `psh: ${name}: command not found`,
        ];
    }
  }
}
