import { HarnessError } from '../../terms/error.ts';

/** Whether a fake's other end is there, and whether the port is open. */
export interface OtherEnd {
  /** @throws HarnessError PORT_CLOSED, PORT_UNREACHABLE */
  check(): void;
  vanish(): void;
  /** True the first time. */
  close(): boolean;
}

/** An open port with somebody at its other end. */
export function otherEnd(port: string): OtherEnd {
  let gone = false;
  let closed = false;
  return {
    check() {
      if (closed) throw new HarnessError('PORT_CLOSED', `The ${port} port is closed.`, { port });
      if (gone) throw unreachable(port);
    },
    vanish() {
      gone = true;
    },
    close() {
      const first = !closed;
      closed = true;
      return first;
    },
  };
}

export function unreachable(port: string): HarnessError {
  return new HarnessError('PORT_UNREACHABLE', `The other end of the fake ${port} port has vanished.`, {
    port,
    hint: 'Do not let it vanish.',
  });
}
