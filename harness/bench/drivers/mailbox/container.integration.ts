// On a real Docker Engine, with images that are built here of this machine's files.

import t from 'tap';
import { getContainerRuntimeClient } from 'testcontainers';
import { systemClock as clock } from '../../../terms/clock.ts';
import { failure } from '../../ports/contract-help.ts';
import { type MailboxUnderTest, mailboxContract } from '../../ports/mailbox.contract.ts';
import { type ContainerMailboxOptions, openContainerMailbox } from './container.ts';
import { deliver } from './delivery.fixture.ts';
import { makeImages, withoutEngine } from './image.fixture.ts';
import { openMailHog } from './mailhog.ts';
import { openMailpit } from './mailpit.ts';

const skip = await withoutEngine();
const PORTS = { smtpPort: 1025, httpPort: 8025, ryuk: false, clock } as const;
t.setTimeout(600_000);

async function isThere(id: string): Promise<boolean> {
  const { container } = await getContainerRuntimeClient();
  return container.dockerode
    .getContainer(id)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

async function contractIn(
  kind: 'mailhog' | 'mailpit',
  image: string,
  open: ContainerMailboxOptions['open'],
): Promise<void> {
  const shared = await openContainerMailbox({ ...PORTS, image, open });
  try {
    const serverless = 'one container serves all of these tests';
    await mailboxContract(
      t,
      `${kind} in a container`,
      async (): Promise<MailboxUnderTest> => {
        await shared.remove((await shared.listAll()).map(({ id }) => id));
        const mailbox = await open({ url: shared.url, clock, place: 'the container' });
        return {
          mailbox,
          deliver: (mail) => deliver(shared.smtp, mail, 'undisclosed-recipients:;'),
          elapse: async () => undefined,
          [Symbol.asyncDispose]: () => mailbox[Symbol.asyncDispose](),
        };
      },
      { serverless },
    );
    await t.test(`${kind}: a container that dies is told, and gone with its mailbox`, async (t) => {
      t.ok(await isThere(shared.containerId));
      const { container } = await getContainerRuntimeClient();
      const waiting = failure(shared.wait('owner@lab.example', { known: [], timeoutMs: 60_000 }));
      await container.dockerode.getContainer(shared.containerId).kill();
      t.equal((await waiting)?.code, 'PORT_UNREACHABLE');
      await shared[Symbol.asyncDispose]();
      t.notOk(await isThere(shared.containerId));
    });
  } finally {
    await shared[Symbol.asyncDispose]();
  }
}

if (skip) t.test('mailboxes in containers', { skip }, () => undefined);
else {
  await using images = await makeImages();
  await contractIn('mailhog', images.mailhog, openMailHog);
  await contractIn('mailpit', images.mailpit, openMailpit);
  await t.test('an image that is not there is told, with the cure', async (t) => {
    const image = 'localhost:9/resetbench/none:1';
    const error = await failure(openContainerMailbox({ ...PORTS, image, open: openMailHog }));
    t.equal(error?.code, 'PORT_UNREACHABLE');
    t.match(error?.message, /no image localhost:9/);
    t.match(error?.hint, /docker load/);
  });
}
