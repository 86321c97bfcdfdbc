import type { Hands } from '../bench/ports/hands.ts';
import type { Credentials } from '../bench/ports/http.ts';
import type { Mailbox } from '../bench/ports/mailbox.ts';
import type { Network } from '../bench/ports/network.ts';
import type { Prompt } from '../bench/ports/operator.ts';
import type { HttpStatus } from '../bench/ports/recorder-http.ts';
import type { Sadp } from '../bench/ports/sadp.ts';
import type { Serial } from '../bench/ports/serial.ts';
import type { Usb } from '../bench/ports/usb.ts';
import type { Gui } from '../flow/gui.ts';
import type { GuidFiles } from '../flow/guid.ts';
import type { KeptHttp } from '../flow/kept-http.ts';
import type { Lab } from '../flow/lab.ts';
import type { Owner } from '../flow/owner/owner.ts';
import type { DutState, Known } from '../flow/strategy.ts';
import type { TryKind } from '../flow/tries.ts';
import type { Expect } from './expect.ts';

/** What a case may know of the recorder in front of it, from the inventory. */
export interface DutFacts {
  readonly id: string;
  readonly kind: 'twin' | 'hardware';
  readonly family: string;
  readonly model: string;
  readonly firmware: string;
  readonly gui: '3.0' | '4.0' | 'lite';
  readonly resolution: string;
}

/** What the profile claims of this family of models. */
export interface ProfileFacts {
  readonly hasDisclaimer: boolean;
  readonly senderDomains: readonly string[];
  readonly codeLength: number;
  readonly codeLifeSeconds: number;
  readonly mailWithinSeconds: number;
  readonly passwordRules: {
    readonly min: number;
    readonly max: number;
    readonly classes: number;
    readonly refuses: readonly string[];
  };
  /** Wrong logins at the recorder itself before the lock, of admin and of any other user; its length. */
  readonly loginLock: { readonly tries: number; readonly userTries: number; readonly seconds: number };
  /** Longest gap in a recording that counts as none, s. */
  readonly recordingGapSeconds: number;
  /** Wrong codes that may be free at most; how many lock, where that is known; length of a lock that tells none. */
  readonly codeLock: {
    readonly maxFreeTries: number;
    readonly tries?: number | undefined;
    readonly seconds: number;
  };
  readonly guidLock: { readonly tries: number; readonly seconds: number };
  /** Whether the recorder asks, after a reset, to copy the password to its cameras. */
  readonly cameraCopy: 'asked' | 'none';
  /** What `help` lists on the console. */
  readonly consoleCommands: readonly string[];
  readonly emailParameter: 'masked' | 'complete' | 'none';
}

/** A code of another recorder than the one that is tested. */
export interface BorrowedCode {
  readonly code: string;
  /** Tries it at the recorder that it is for, without setting a password. */
  tryThere(): Promise<HttpStatus>;
}

/** A second recorder of the bench, with a reserved email of its own. */
export interface Partner {
  /** The payload of its reset QR. */
  qrPayload(): Promise<string>;
  /** With a code for that recorder, taken from its own mail; nobody else draws another one there meanwhile. */
  withCode(body: (borrowed: BorrowedCode) => Promise<void>): Promise<void>;
}

/** Ports that not every bench has. */
export type Extra =
  | 'power'
  | 'serial'
  | 'usb'
  | 'network'
  | 'sadp'
  | 'partner'
  | 'time'
  | 'operator'
  | 'recovery-mail';

/** All that a case works with. */
export interface CaseContext {
  readonly dut: DutFacts;
  readonly profile: ProfileFacts;
  /** The owner in front of the screen. */
  readonly owner: Owner;
  readonly gui: Gui;
  /** The way back by a file. */
  readonly guid: GuidFiles;
  /** App and mail. */
  readonly lab: Lab;
  readonly http: KeptHttp;
  readonly mailbox: Mailbox;
  /** Name and password of admin as the case began; undefined password on an inactive recorder. */
  readonly admin: Credentials;
  /** The reserved address as the case began; empty where there is none. */
  readonly address: string;
  readonly expect: Expect;
  /** A named, timed step. */
  step<T>(title: string, body: () => Promise<T>): Promise<T>;
  /** Lets real time pass, ms. */
  pause(ms: number): Promise<void>;
  measure(name: string, value: number | string, unit: string): void;
  /**
   * Expects the screen in front to look as approved. Where no picture of it was approved, or through another kind of
   * display, this is reported, and nothing is expected.
   */
  looksAsApproved(screen: string): Promise<void>;
  /** Tells what this case changed for good, so that the next one can begin. */
  changed(change: Partial<Known>): void;
  /** A password that obeys every rule of the profile, never used before. */
  freshPassword(): string;
  /** An address in a domain of the lab, never used before. */
  freshAddress(tag?: string): string;
  /**
   * Cuts the power and gives it back, has the recorder itself prove it, and waits until it has started again. A switch
   * that does not switch is an error of the bench. Only where {@link CaseDefinition.with} asks for power; there is no other way to the switch.
   * @param upTo brings the recorder to the instant of the cut, which follows at once
   */
  cutPower(upTo?: () => Promise<unknown>): Promise<void>;
  /** Waits until a recorder that was off has started, answers, and shows a screen. */
  booted(): Promise<void>;
  /** Waits until a recorder that was told to reboot has gone away, and has started again. */
  rebooted(): Promise<void>;
  /** The port, where {@link CaseDefinition.with} asks for it. */
  readonly serial: Serial;
  readonly usb: Usb;
  readonly network: Network;
  readonly sadp: Sadp;
  /** Asks whoever stands at the bench, and waits for the answer: its value. @param withinMs how long it may take */
  ask(prompt: Prompt, withinMs: number): Promise<string>;
  /** The same for cases that only look whether it is there. */
  readonly sadpIfThere: Sadp | undefined;
  readonly partner: Partner;
  /** Lets the recorder's world age. */
  readonly time: Pick<Hands, 'advance'>;
}

/** The code that tests one requirement. */
export interface CaseDefinition {
  /** Of `requirements.yaml`. */
  readonly id: string;
  /** What holds when the case passes, one sentence. */
  readonly title: string;
  readonly needs: DutState;
  /** Ports that must be there; the case does not apply to a bench without them. */
  readonly with?: readonly Extra[];
  /** The locks that it is about: it may spend all tries of these. Others it must not come near. */
  readonly locks?: readonly TryKind[];
  /** It takes much longer than others: it begins first where the copies of a twin share the cases. */
  readonly long?: true;
  /** Why only a recorder of hardware can be tried; the case does not apply to twins. */
  readonly needsHardware?: string;
  test(context: CaseContext): Promise<void>;
}

/** Declares the case for a requirement; a suite file exports them as `cases`. */
export function requirement(definition: CaseDefinition): CaseDefinition {
  return definition;
}
