/**
 * The commands that may be typed at a recorder's console. The names are those of the protected shell ("psh") in public
 * recordings; nothing here changes a recorder.
 */
export const SERIAL_COMMANDS = ['help', 'prtHardInfo', 'getIp'] as const;
export type SerialCommand = (typeof SERIAL_COMMANDS)[number];

/**
 * Never typed, whatever list anybody puts them on: they change a recorder, start it anew, or open more of it than its
 * owner may have. Names from public code that speaks to such shells. Capitals do not matter.
 */
export const SERIAL_DENIED: readonly string[] = [
  'debug',
  'setDebug',
  'reset',
  'resetParam',
  'resetPasswd',
  'reboot',
  'setIp',
  'setGateway',
  'ifconfig',
  'upgrade',
  'update',
  'format',
  'erase',
  'boot',
  'bootm',
  'go',
  'setenv',
  'saveenv',
  'sh',
  'su',
];

/**
 * Why a text may not be typed at a console as a command; undefined where it may. No key that stops a boot loader
 * (Ctrl+U, Ctrl+C, Escape, a blank) and no second command behind a separator gets through.
 */
export function whyNotTyped(name: string): string | undefined {
  const words = name.toLowerCase().split(/[^a-z]+/);
  if (SERIAL_DENIED.some((one) => words.includes(one.toLowerCase())))
    return 'would change the recorder: it is never typed, and no configuration allows it';
  if (!/^[A-Za-z]+$/.test(name)) return 'is no plain command: no such keys are sent to a console';
  if (!SERIAL_COMMANDS.some((one) => one === name)) return 'is not on the allow-list of serial commands';
  return undefined;
}

/**
 * What a boot loader prints while it may be stopped, and its prompts (U-Boot, its usual names, vendors' own). Its seconds are
 * counted down over each other, by backspaces: who listens too late hears these alone.
 */
const LOADER =
  /U-Boot|autoboot|Hit (?:any key|Ctrl)|[\b]{1,3} ?\d|(?:^|[\r\n])(?:HKVS [#$]|=>|hisilicon #)/gi;
/** What stands at the end of a boot: the shell's prompt or greeting, or a console that waits for Enter. */
const UP = /(?:^|[\r\n])# |Protect Shell|press Enter to activate this console/gi;

/**
 * Whether a boot loader may be listening: it has printed since the shell did last. Then nothing may be typed, as any
 * key could stop the boot.
 */
export function loaderListens(text: string): boolean {
  return lastOf(LOADER, text) > lastOf(UP, text);
}

/** Whether the shell has shown itself. */
export function shellSeen(text: string): boolean {
  return lastOf(UP, text) >= 0;
}

function lastOf(pattern: RegExp, text: string): number {
  let last = -1;
  for (const match of text.matchAll(pattern)) last = match.index;
  return last;
}
