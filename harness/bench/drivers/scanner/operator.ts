import { HarnessError } from '../../../terms/error.ts';
import type { Operator, Prompt } from '../../ports/operator.ts';
import type { Scanner } from '../../ports/scanner.ts';

export interface OperatorScannerOptions {
  readonly operator: Operator;
  /** How long the person may take, ms. Default 10 minutes: the phone has to be fetched. */
  readonly timeoutMs?: number;
  /** Where the app is, for whoever has none at hand: a sentence that stands with the others. */
  readonly where?: string;
}

const TIMEOUT_MS = 600_000;

/**
 * A person with a phone: the QR is shown to them, they scan it and say what the app said. The prompt is `scan-qr`, its
 * answers are `sent` and `refused`, with the app's own words as a note. Beside the port's errors it throws those of the
 * operator port. Closing it leaves the operator open.
 */
export function openOperatorScanner(options: OperatorScannerOptions): Scanner {
  const { operator, timeoutMs = TIMEOUT_MS, where } = options;
  const closing = new AbortController();
  return {
    async scan({ payload }, { as = 'visitor' } = {}) {
      closing.signal.throwIfAborted();
      const prompt: Prompt = {
        id: 'scan-qr',
        title: `Scan this QR with the app (${AS[as]}).`,
        steps: [
          as === 'visitor'
            ? 'Open the app without an account (visitor mode).'
            : "Open the app, logged in with the lab's account.",
          'Open its password reset: see docs/drivers/scanner.md for where it lies in which version.',
          "Scan the QR here, or on the recorder's screen.",
          ...(where === undefined ? [] : [where]),
        ],
        qr: payload,
        kind: 'options',
        options: [
          { value: 'sent', label: 'The app says that a code was sent' },
          { value: 'refused', label: 'The app refuses the QR' },
        ],
        note: 'What the app said, word for word',
      };
      const { value, note } = await operator.ask(prompt, { timeoutMs, signal: closing.signal });
      const accepted = value === 'sent';
      return { accepted, message: note ?? (accepted ? 'The app sent the code.' : 'The app refuses the QR.') };
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new HarnessError('PORT_CLOSED', 'The scanner port is closed.', { port: 'scanner' }));
    },
  };
}

const AS = { visitor: 'as a visitor', account: 'with the account' } as const;
