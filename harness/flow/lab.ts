import type { Mail, Mailbox } from '../bench/ports/mailbox.ts';
import type { ScanAnswer, Scanner } from '../bench/ports/scanner.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Frame, Pixels } from '../terms/frame.ts';
import type { QrFinding } from '../terms/qr.ts';
import { crop, decodePicture } from '../vision/png.ts';
import { readQrs } from '../vision/qr.ts';
import { grown } from '../vision/see/place.ts';
import { refuseBadCapture } from './bad-capture.ts';
import { type Arrival, arrivalOf, arrivalText } from './mail-arrival.ts';
import { candidatesOf, codesOf, refusedCodes } from './mail-code.ts';
import { mailsOf } from './mail-pick.ts';
import { searchMail } from './mail-search.ts';
import type { MailUnit } from './mail-unit.ts';
import type { ResetDialog } from './owner/forgot.ts';
import type { Owner } from './owner/owner.ts';
import type { Trace } from './trace.ts';

export interface LabOptions {
  readonly owner: Owner;
  readonly scanner: Scanner;
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  readonly trace: Trace;
  /** The recorder in front: mails for others are not taken for its own. */
  readonly unit: MailUnit;
  /** Length of the mailed code, characters. */
  readonly codeLength: number;
  /** Wordings that lead to the code, as `Your verification code: {code}`. */
  readonly codeTemplates?: readonly string[];
  /** How long to wait for a mail, ms. */
  readonly mailTimeoutMs: number;
}

/** The reset QR as the screen showed it. */
export interface ShownQr {
  readonly finding: QrFinding;
  readonly pixels: Pixels;
}

/** A code, and the way it came. */
export interface Obtained {
  readonly code: string;
  readonly mail: Mail;
  readonly qr: QrFinding;
  readonly answer: ScanAnswer;
  /** From the scan to the mail's arrival, ms. */
  readonly mailAfterMs: number;
  /** The same by the times in the mail. */
  readonly arrival: Arrival;
}

/** Another recorder than the one in front, whose mail is looked for. */
interface Other {
  readonly unit: MailUnit;
  /** Its QR may have been scanned before, by anybody: then its code is the same. */
  readonly recurring: boolean;
}
interface Search {
  /** Ids of the mails that were there before. */
  readonly known: readonly string[];
  readonly other?: Other | undefined;
  /** How long to wait, ms. Default: as long as the profile lets mails take. */
  readonly timeoutMs?: number;
}

/** What the owner does beside the screen: reads the QR with the app, takes the mail. */
export class Lab {
  readonly #o: LabOptions;
  /** Payloads in the order of their scans, and when the last one was, ms since the epoch. */
  readonly #scanned: string[] = [];
  #scannedAt = 0;
  constructor(options: LabOptions) {
    this.#o = options;
  }

  /** Every QR in a frame. */
  async qrsIn(
    frame: Pick<Frame, 'bytes'>,
  ): Promise<{ readonly pixels: Pixels; readonly findings: readonly QrFinding[] }> {
    const pixels = await decodePicture(frame.bytes);
    return { pixels, findings: await readQrs(pixels) };
  }

  /**
   * The same where there must be one. Where none is read by both decoders, and the capture made it bad, nothing can be
   * said of the recorder.
   * @throws HarnessError FRAME_UNUSABLE with the figure of the capture
   */
  async resetQrsIn(
    frame: Pick<Frame, 'bytes' | 'format'>,
  ): Promise<{ readonly pixels: Pixels; readonly findings: readonly QrFinding[] }> {
    const read = await this.qrsIn(frame);
    const { calibration } = this.#o.owner.gui;
    // What came without loss, and by no capture, is as the recorder drew it.
    if (frame.format === 'jpeg' || calibration !== undefined) await refuseBadCapture(read, calibration);
    return read;
  }

  /** Opens the reset from the login screen and reads its QR. Where the two decoders differ, nothing can be said. */
  async showQr(): Promise<ShownQr> {
    return this.readDialog(await this.#o.owner.openReset());
  }

  /** Reads the QR of the dialog in front. */
  async readDialog(dialog: ResetDialog): Promise<ShownQr> {
    return this.#o.trace.step('Read the reset QR', async () => {
      const { pixels, findings } = await this.resetQrsIn(await dialog.frame);
      const finding = findings[0];
      if (finding === undefined)
        throw new HarnessError('SCREEN_NOT_REACHED', 'neither decoder finds a QR in the dialog', {
          port: 'display',
        });
      const { box } = finding.metrology;
      this.#o.trace.picture('qr', 'The reset QR', crop(pixels, grown(box, Math.round(box.width * 0.12))));
      if (!finding.agreed)
        throw new HarnessError(
          'SCREEN_NOT_REACHED',
          `the decoders disagree about the QR (zxing ${told(finding.decoders.zxing)}, jsqr ${told(finding.decoders.jsqr)})`,
          { port: 'display' },
        );
      this.#o.trace.secret('payload', finding.text);
      return { finding, pixels };
    });
  }

  /** Shows a payload to the app. */
  async scan(payload: string, as: 'visitor' | 'account' = 'visitor'): Promise<ScanAnswer> {
    return this.#o.trace.step(`Scan the QR with the app (${as})`, async () => {
      this.#note(payload);
      const answer = await this.#o.scanner.scan({ payload }, { as });
      this.#o.trace.text('mail', 'What the app said', answer.message);
      return answer;
    });
  }

  /** Hands a picture with a QR in it, an exported one, to whoever scans or mails it. */
  async scanPicture(bytes: Uint8Array): Promise<ScanAnswer> {
    return this.#o.trace.step('Hand the picture on', async () => {
      const picture = await decodePicture(bytes);
      const payload = (await readQrs(picture))[0]?.text ?? '';
      this.#note(payload);
      const answer = await this.#o.scanner.scan({ payload, picture });
      this.#o.trace.text('mail', 'What became of it', answer.message);
      return answer;
    });
  }

  /** Ids of the mails that are already there for an address. */
  async known(address: string): Promise<readonly string[]> {
    return (await this.#o.mailbox.list(address)).map((mail) => mail.id);
  }

  /**
   * The mail that answers the last scan, whatever else came to the address since: duplicates, mails for other
   * recorders, mails of earlier QRs.
   * @throws HarnessError MAIL_TIMEOUT where none came, STATE_NOT_REACHED where several may be it
   */
  async mailFor(address: string, known: readonly string[], other?: Other): Promise<Mail> {
    return this.#o.trace.step('Take the mail', () => this.#search(address, { known, other }));
  }
  /**
   * The same, undefined where none came in time, though the lab's own mails come.
   * @throws HarnessError of the mailbox where mails are lost on the way, whoever sends them
   */
  async mailWithin(
    address: string,
    options: { readonly known: readonly string[]; readonly timeoutMs: number },
  ): Promise<Mail | undefined> {
    return this.#o.trace.step('Wait for the mail', () =>
      this.#search(address, options).catch(async (error: unknown) => {
        if (!(error instanceof HarnessError) || error.code !== 'MAIL_TIMEOUT') throw error;
        await this.#o.mailbox.probe?.(address);
        return undefined;
      }),
    );
  }
  /** All mails for this recorder that came to an address, beyond the known ones. */
  async mailsSince(address: string, known: readonly string[]): Promise<readonly Mail[]> {
    const news = (await this.#o.mailbox.list(address)).filter(({ id }) => !known.includes(id));
    const mine = mailsOf(this.#o.unit, news);
    for (const code of mine.flatMap((mail) => this.codesIn(mail))) this.#o.trace.secret('code', code);
    return mine;
  }

  async #search(address: string, { known, other, timeoutMs }: Search): Promise<Mail> {
    return this.#told(
      await searchMail(this.#o, address, {
        unit: other?.unit ?? this.#o.unit,
        known,
        codes: this.#codes,
        recurs: other?.recurring ?? this.#again,
        scannedAt: this.#scannedAt,
        timeoutMs: timeoutMs ?? this.#o.mailTimeoutMs,
      }),
    );
  }
  /** Whether the QR that was scanned last had been scanned before: then the same code is to be expected. */
  get #again(): boolean {
    return this.#scanned.indexOf(this.#scanned.at(-1) ?? '') < this.#scanned.length - 1;
  }
  #note(payload: string): void {
    this.#scanned.push(payload);
    this.#scannedAt = this.#o.clock.now();
  }
  #told(mail: Mail): Mail {
    for (const code of this.codesIn(mail)) this.#o.trace.secret('code', code);
    this.#o.trace.text(
      'mail',
      'The mail',
      `From: ${mail.from}\nTo: ${mail.envelopeTo.join(', ')}\nSubject: ${mail.subject}\n\n${mail.text}`,
    );
    this.#o.trace.text('mail', 'Its way', arrivalText(this.#arrival(mail), this.#since));
    return mail;
  }
  #arrival(mail: Mail): Arrival {
    return arrivalOf(mail, { scannedAt: this.#since, seenAt: this.#o.clock.now() });
  }
  /** When the last scan was; undefined before the first. */
  get #since(): number | undefined {
    return this.#scanned.length === 0 ? undefined : this.#scannedAt;
  }
  get #codes() {
    return { length: this.#o.codeLength, templates: this.#o.codeTemplates };
  }
  /** Every word of a mail that may be its code, the likeliest first; one, if all is well. */
  codesIn(mail: Mail): readonly string[] {
    return candidatesOf(mail, this.#codes);
  }

  /** The code of a mail. @throws HarnessError STATE_NOT_REACHED where none, or more than one, may be it */
  codeOf(mail: Mail): string {
    const codes = codesOf(mail, this.#codes);
    const [code] = codes;
    if (code !== undefined && codes.length === 1) return code;
    throw new HarnessError('STATE_NOT_REACHED', refusedCodes(mail, codes), {
      port: 'mailbox',
      hint: "add the mail's wording to mailTemplates of the profile, as `Your verification code: {code}`",
    });
  }

  /** From the login screen to the code in hand; the dialog stays open for it. */
  async obtainCode(address: string): Promise<Obtained> {
    const { finding } = await this.showQr();
    return this.codeFor(finding, address);
  }

  /** Scans a QR that was read and takes the code from the mail. */
  async codeFor(qr: QrFinding, address: string): Promise<Obtained> {
    const known = await this.known(address);
    const from = this.#o.clock.monotonic();
    const answer = await this.scan(qr.text);
    if (!answer.accepted)
      throw new HarnessError('SCAN_REFUSED', `the app refused the QR: ${answer.message}`, {
        port: 'scanner',
      });
    const mail = await this.mailFor(address, known);
    const mailAfterMs = this.#o.clock.monotonic() - from;
    return { code: this.codeOf(mail), mail, qr, answer, mailAfterMs, arrival: this.#arrival(mail) };
  }
}

function told(text: string | undefined): string {
  return text === undefined ? 'reads nothing' : `reads ${text.length} characters`;
}
