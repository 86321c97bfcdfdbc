// What runs in the test image: a mail catcher that speaks MailHog's API, or Mailpit's.
import { createAdaptorServer } from '@hono/node-server';
import { systemClock as clock } from '../../../terms/clock.ts';
import { mailHogApi } from './mailhog-api.ts';
import { newMailHogStore } from './mailhog-store.ts';
import { startMailpit } from './mailpit.fixture.ts';
import { listen, newSmtpServer } from './smtp.ts';

const host = '0.0.0.0';
const [kind = 'mailhog', smtp = '1025', http = '8025'] = process.argv.slice(2);
// The first process of a container ignores what it does not handle.
process.on('SIGTERM', () => process.exit(0));

if (kind === 'mailpit') await startMailpit({ host, smtpPort: Number(smtp), httpPort: Number(http) });
else {
  const store = newMailHogStore({ clock, limit: 1000 });
  await listen(newSmtpServer(store.add).server, host, Number(smtp));
  await listen(
    createAdaptorServer({ fetch: mailHogApi(store).fetch, overrideGlobalObjects: false }),
    host,
    Number(http),
  );
}
