import { HarnessError } from '../../terms/error.ts';
import type { Usb } from '../ports/usb.ts';
import { otherEnd, unreachable } from './other-end.ts';

/** A drive in memory. */
export interface FakeUsb extends Usb {
  /** Whether the recorder sees the drive. */
  seen(): boolean;
  /** The recorder writes a file. @throws HarnessError USAGE while the drive is out */
  write(name: string, bytes: Uint8Array): void;
  vanish(): void;
}

/** Pulled out and empty at first. */
export function fakeUsb(): FakeUsb {
  const end = otherEnd('usb');
  const files = new Map<string, Uint8Array>();
  let inserted = false;
  let gone = false;
  return {
    async insert() {
      end.check();
      inserted = true;
    },
    async remove() {
      end.check();
      inserted = false;
    },
    async put(name, bytes) {
      end.check();
      files.set(name, bytes.slice());
    },
    async files() {
      end.check();
      return [...files]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, bytes]) => ({ name, bytes: bytes.slice() }));
    },
    seen: () => inserted,
    write(name, bytes) {
      if (!inserted)
        throw new HarnessError('USAGE', `No drive is plugged in to write ${name} to.`, { port: 'usb' });
      files.set(name, bytes.slice());
    },
    vanish() {
      gone = true;
      end.vanish();
    },
    async [Symbol.asyncDispose]() {
      if (!end.close()) return;
      if (gone && inserted) throw unreachable('usb');
      inserted = false;
    },
  };
}
