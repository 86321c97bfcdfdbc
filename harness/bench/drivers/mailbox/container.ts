import type { StartedTestContainer } from 'testcontainers';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Mailbox } from '../../ports/mailbox.ts';

export interface ContainerMailboxOptions {
  /** An image of MailHog or Mailpit that the engine has or can pull. */
  readonly image: string;
  /** The ports in it. */
  readonly smtpPort: number;
  readonly httpPort: number;
  /** Whether Testcontainers' own cleaner (Ryuk) runs beside it; its image must be at hand. */
  readonly ryuk: boolean;
  /** Opens what is in the container. */
  readonly open: (mailbox: {
    readonly url: string;
    readonly clock: Clock;
    readonly place: string;
  }) => Promise<Mailbox>;
  readonly clock: Clock;
}
export interface ContainerMailbox extends Mailbox {
  /** Where mails are taken, on this machine. */
  readonly smtp: { readonly host: string; readonly port: number };
  /** The HTTP API, on this machine. */
  readonly url: string;
  readonly containerId: string;
}

/** Longest time from the start of a container to its open ports, ms; an image may have to be pulled. */
const START_MS = 120_000;
/** How long it may end by itself, ms. */
const STOP_MS = 2_000;
/** Longest time from open ports to answers, ms. */
const READY_MS = 15_000;
const PAUSE_MS = 100;

/**
 * Starts a mail catcher in a container by `testcontainers`, and opens it; at close the container is removed. Its ports
 * are mapped to free ones of this machine.
 * @throws HarnessError PORT_UNREACHABLE where there is no container engine, or the container does not start; PORT_TIMEOUT
 */
export async function openContainerMailbox(options: ContainerMailboxOptions): Promise<ContainerMailbox> {
  const { image, smtpPort, httpPort, clock } = options;
  await using undo = new AsyncDisposableStack();
  const container = await start(options);
  undo.defer(async () => {
    await container.stop({ timeout: STOP_MS, remove: true, removeVolumes: true });
  });
  const host = container.getHost();
  const smtp = { host, port: container.getMappedPort(smtpPort) };
  const url = `http://${host}:${container.getMappedPort(httpPort)}`;
  const mailbox = undo.use(
    await opened(() => options.open({ url, clock, place: `smtp://${host}:${smtp.port}` }), image, clock),
  );
  const stack = undo.move();
  return {
    smtp,
    url,
    containerId: container.getId(),
    list: mailbox.list,
    listAll: mailbox.listAll,
    wait: mailbox.wait,
    remove: mailbox.remove,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function start(options: ContainerMailboxOptions): Promise<StartedTestContainer> {
  const { image, smtpPort, httpPort, ryuk } = options;
  // Loaded where it is used alone: it takes half a second. Its cleaner is switched by its environment and nothing else.
  if (!ryuk) process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  const { GenericContainer, Wait } = await import('testcontainers');
  try {
    return await new GenericContainer(image)
      .withExposedPorts(smtpPort, httpPort)
      .withLabels({ 'org.resetbench.mailbox': String(process.pid) })
      // Any answer will do: whether it is the right one is seen when it is opened.
      .withWaitStrategy(Wait.forHttp('/', httpPort).forStatusCodeMatching(() => true))
      .withStartupTimeout(START_MS)
      .start();
  } catch (cause) {
    throw notStarted(image, cause);
  }
}

function notStarted(image: string, cause: unknown): HarnessError {
  const words = cause instanceof Error ? cause.message : String(cause);
  const detail = { port: 'mailbox', cause };
  if (/container runtime|ECONNREFUSED|ENOENT.*sock|EACCES/i.test(words))
    return new HarnessError('PORT_UNREACHABLE', `there is no container engine for the mailbox: ${words}`, {
      ...detail,
      hint: 'install and start Docker Engine (Debian: apt-get install docker.io) with rights for this user, name a mailbox by url and smtp, or set otherwise: embedded',
    });
  if (/no such image|not found|pull|manifest|lookup|dial tcp/i.test(words))
    return new HarnessError('PORT_UNREACHABLE', `the engine has no image ${image}, and gets none: ${words}`, {
      ...detail,
      hint: `bring it to the engine (docker pull ${image}, or docker load of a saved one), or correct image of lab.mailbox`,
    });
  return new HarnessError('PORT_UNREACHABLE', `the container of ${image} does not start: ${words}`, {
    ...detail,
    hint: "see the container's log; smtpPort and httpPort of lab.mailbox must be the ports that it listens on",
  });
}

/** An engine opens the ports before the program in it listens. */
async function opened(open: () => Promise<Mailbox>, image: string, clock: Clock): Promise<Mailbox> {
  const until = clock.monotonic() + READY_MS;
  for (;;) {
    try {
      return await open();
    } catch (cause) {
      if (!(cause instanceof HarnessError) || cause.code !== 'PORT_UNREACHABLE') throw cause;
      if (clock.monotonic() >= until)
        throw new HarnessError(
          'PORT_TIMEOUT',
          `the container of ${image} runs, but no mailbox answers in it within ${READY_MS} ms: ${cause.message}`,
          { port: 'mailbox', hint: 'check driver, image and httpPort of lab.mailbox', cause },
        );
      await clock.sleep(PAUSE_MS);
    }
  }
}
