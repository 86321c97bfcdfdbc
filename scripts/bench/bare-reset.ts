// One reset by hand-written Playwright code that knows its recorder and keeps no evidence: what the harness is held
// against. The same clicks, the same QR, the same mail.
import jsqr from 'jsqr';
import type { Page } from 'playwright';
import { PNG } from 'pngjs';

export interface BareReset {
  readonly page: Page;
  /** The mailbox's MailHog API. */
  readonly mailUrl: string;
  readonly relayUrl: string;
  readonly address: string;
  readonly password: string;
  /** Whether the recorder takes the new password over HTTP. */
  readonly accepted: () => Promise<boolean>;
}

/** From the click on Forgot Password until HTTP accepts the new password. */
export async function bareReset(input: BareReset): Promise<void> {
  const { page, password } = input;
  const front = () => page.locator('.layer:not([inert])');
  const button = (name: string) => front().getByRole('button', { name, exact: true });
  const type = async (label: string, text: string) => {
    const field = front().getByLabel(label, { exact: true });
    await field.click();
    await page.waitForFunction(
      (wanted) => document.activeElement?.getAttribute('aria-label') === wanted,
      label,
    );
    await page.keyboard.type(text);
    await page.waitForFunction(
      (length) => (document.activeElement as HTMLInputElement | null)?.value.length === length,
      text.length,
    );
  };
  await front().getByText('Forgot Password', { exact: true }).click();
  await front().getByText('Verify by Reserved Email', { exact: true }).waitFor();
  await button('OK').click();
  await button('Next').click();
  await button('Export').waitFor();
  const picture = PNG.sync.read(await page.screenshot());
  const found = jsqr.default(new Uint8ClampedArray(picture.data), picture.width, picture.height);
  if (found === null) throw new Error('no QR on the screen');
  const before = await mails(input);
  await scan(input.relayUrl, found.data);
  const mail = await nextMail(input, before.length);
  const code = /^\s*([A-Z0-9]{8})\s*$/m.exec(mail)?.[1];
  if (code === undefined) throw new Error('no code in the mail');
  await type('Verification Code', code);
  await button('OK').click();
  await type('New Password', password);
  await type('Confirm', password);
  await button('OK').click();
  await front().getByText('The password is reset.').waitFor();
  await button('OK').click();
  await button('No').click();
  await front().getByText('Forgot Password', { exact: true }).waitFor();
  if (!(await input.accepted())) throw new Error('the new password is not accepted');
}

interface MailHogMessage {
  readonly Content: { readonly Body: string; readonly Headers: Readonly<Record<string, readonly string[]>> };
  readonly MIME?: {
    readonly Parts?: readonly {
      readonly Body: string;
      readonly Headers: Readonly<Record<string, readonly string[]>>;
    }[];
  };
}

async function mails({ mailUrl, address }: BareReset): Promise<readonly MailHogMessage[]> {
  const url = `${mailUrl}/api/v2/search?kind=to&query=${encodeURIComponent(address)}&limit=250`;
  const answer = (await (await fetch(url)).json()) as { readonly items: readonly MailHogMessage[] };
  return answer.items;
}

async function nextMail(input: BareReset, known: number): Promise<string> {
  for (;;) {
    const all = await mails(input);
    const [newest] = all;
    if (all.length > known && newest !== undefined) {
      const part = newest.MIME?.Parts?.[0];
      const body = part?.Body ?? newest.Content.Body;
      const coding = (part?.Headers ?? newest.Content.Headers)['Content-Transfer-Encoding']?.[0] ?? '';
      return /base64/i.test(coding)
        ? Buffer.from(body, 'base64').toString('utf8')
        : body.replaceAll('=\r\n', '');
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function scan(relayUrl: string, payload: string): Promise<void> {
  const post = async (path: string, body: unknown, token?: string) => {
    const answer = await fetch(`${relayUrl}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as { readonly token?: string; readonly status?: string };
  };
  const { token } = await post('/app/session', { mode: 'visitor' });
  const { status } = await post('/app/scan', { payload }, token);
  if (status !== 'sent') throw new Error('the app refused the QR');
}
