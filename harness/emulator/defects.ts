import { CORE_DEFECTS } from './defects-core.ts';

/**
 * The catalogue of defects: each a switch that changes one behaviour of a twin, so that people can see what a suite
 * catches. The code asks for a switch only where the healthy and the defective behaviour part, and after all other
 * conditions: being asked means that the defective path would be taken here. Ids are told in `suites/defects.yaml`.
 */
export const DEFECT_IDS = [
  ...CORE_DEFECTS,
  'function-below-threshold',
  'function-missing-at-threshold',
  'method-hidden',
  'capability-denies',
  'capability-promises-too-much',
  'firmware-over-http-is-another',
  'wizard-without-the-box',
  'wizard-forgets-the-box',
  'wizard-loses-the-address',
  'method-without-address',
  'inactive-offers-reset',
  'inactive-takes-codes-over-http',
  'first-address-not-saved',
  'address-without-password',
  'address-with-wrong-password',
  'wrong-password-there-not-counted',
  'operator-changes-address',
  'address-over-http-for-operators',
  'address-over-http-unmasked',
  'address-without-at-taken',
  'address-with-blank-taken',
  'address-of-129-bytes-taken',
  'address-cut-at-64-bytes',
  'plus-tag-dropped',
  'address-unmasked-in-menu',
  'address-unmasked-in-reset',
  'address-lost-by-reboot',
  'address-lost-by-power-cut',
  'address-survives-full-reset',
  'login-without-forgot-password',
  'pattern-login-without-forgot-password',
  'method-listed-that-is-not-set',
  'disclaimer-skipped',
  'disclaimer-without-qr',
  'disclaimer-cannot-be-declined',
  'disclaimer-shows-the-reset-qr',
  'qr-inverted',
  'qr-faint',
  'qr-without-quiet-zone',
  'qr-too-small',
  'payload-too-long',
  'payload-with-credentials',
  'payload-holds-address',
  'payload-holds-code-in-base64',
  'payload-holds-code-reversed',
  'exported-qr-is-another',
  'exported-picture-holds-serial-number',
  'export-without-drive-says-nothing',
  'idle-dialog-ends-logged-in',
  'mail-never-sent',
  'mail-after-six-minutes',
  'mail-copied-to-support',
  'mail-with-hidden-copy',
  'mail-with-code-of-7',
  'mail-with-two-codes',
  'mail-with-whole-serial-number',
  'mail-with-serial-number-in-header',
  'mail-from-another-domain',
  'mail-from-its-own-recipient',
  'qr-never-changes',
  'qr-survives-address-change',
  'scans-without-limit',
  'scan-limit-cleared-by-refusal',
  'code-any-taken',
  'code-last-character-ignored',
  'code-void-after-wrong-one',
  'message-tells-what-is-wrong',
  'code-empty-taken',
  'code-of-7-taken',
  'code-of-9-taken',
  'code-padded-taken',
  'code-case-by-turns',
  'odd-code-closes-the-dialog',
  'code-lock-missing',
  'code-lock-after-12',
  'code-tries-cleared-by-dialog',
  'code-lock-lets-right-in',
  'code-lock-shortened-by-tries',
  'code-lock-cleared-by-restart',
  'code-lock-cleared-by-soft-reboot',
  'code-lock-locks-admin-out',
  'code-reusable',
  'cancelled-reset-logs-in',
  'right-click-at-new-password-logs-in',
  'code-of-other-unit-taken',
  'code-of-other-unit-taken-over-http',
  'code-dies-at-47-hours',
  'code-never-expires',
  'code-lives-49-hours',
  'code-expires-by-the-clock',
  'code-survives-reboot',
  'code-survives-soft-reboot',
  'code-survives-power-cut',
  'code-survives-address-change',
  'code-alive-when-address-is-changed-back',
  'code-survives-password-change',
  'code-of-older-qr-alive',
  'password-of-7-taken',
  'password-of-17-taken',
  'password-of-16-refused',
  'password-of-one-class-taken',
  'password-with-admin-taken',
  'password-with-capital-admin-taken',
  'password-with-123-taken',
  'password-with-runs-taken',
  'password-with-falling-run-taken',
  'confirmation-ignored',
  'confirmation-compared-over-8-characters',
  'new-password-in-clear',
  'new-password-not-for-digest',
  'new-password-not-for-sessions',
  'password-cut-at-15',
  'old-password-alive-at-gui',
  'sessions-alive-after-reset',
  'nonces-alive-after-reset',
  'online-users-stay-listed',
  'pattern-alive-after-reset',
  'pattern-back-after-restart',
  'guid-file-alive-after-reset',
  'guid-export-repeats-after-reset',
  'guid-lock-missing',
  'guid-lock-of-10-minutes',
  'users-deleted-by-reset',
  'operators-demoted-by-reset',
  'network-lost-by-reset',
  'record-plan-changed-by-reset',
  'recording-stops-during-reset',
  'recording-ends-with-the-dialog',
  'cameras-get-the-password-unasked',
  'exported-configuration-holds-password',
  'exported-configuration-holds-code',
  'code-void-without-network',
  'firmware-over-sadp-is-another',
  'sadp-denies-the-reset',
  'sadp-hides-the-lock',
  'sadp-tells-the-address',
  'no-question-about-cameras',
  'address-lost-by-reset',
  'address-unmasked-after-reset',
  'log-without-start',
  'log-without-wrong-codes',
  'log-without-success',
  'log-holds-code',
  'log-holds-password',
  'address-over-http-without-login',
  'qr-over-http-tells-address',
  'code-tries-over-http-free',
  'serial-prints-password',
  'serial-prints-new-password',
  'serial-prints-address',
  'serial-prints-payload',
  'serial-prints-code-reversed',
  'shell-offers-show-password',
  'shell-clears-the-password',
  'no-method-logs-in',
  'login-lock-missing',
  'login-lock-after-9',
  'login-lock-of-20-seconds',
  'operator-never-locked',
  'login-lock-blocks-reset',
  'cut-while-saving-leaves-inactive',
  'cut-while-saving-leaves-no-password',
] as const;
export type DefectId = (typeof DEFECT_IDS)[number];

export function isDefectId(text: string): text is DefectId {
  return (DEFECT_IDS as readonly string[]).includes(text);
}

/** The switches of one twin. */
export class Defects {
  #active: ReadonlySet<DefectId>;
  readonly #met = new Set<DefectId>();
  constructor(active: readonly DefectId[] = []) {
    this.#active = new Set(active);
  }

  /** Whether the recorder has this defect; that the question came up is kept. */
  has(id: DefectId): boolean {
    this.#met.add(id);
    return this.#active.has(id);
  }
  get active(): readonly DefectId[] {
    return [...this.#active];
  }
  /** The switches that were asked for since they were last set, on or off. */
  get met(): readonly DefectId[] {
    return [...this.#met];
  }
  /** Sets all switches anew, and forgets which were met. */
  set(active: readonly DefectId[]): void {
    this.#active = new Set(active);
    this.#met.clear();
  }
}
