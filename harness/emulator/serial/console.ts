import type { Recorder } from '../recorder/recorder.ts';
import { openPty } from './pty.ts';
import { Shell } from './shell.ts';

/** The recorder's serial console; `path` takes one serial port at a time, 115200 8N1. */
export interface SerialFace extends Disposable {
  readonly path: string;
}

/** Opens the console. What nobody reads is lost; the path stays the same through power cuts. */
export function startSerial(recorder: Recorder): SerialFace {
  const pty = openPty();
  const shell = new Shell(recorder, (text) => pty.write(text));
  pty.onData((text) => shell.type(text));
  return {
    path: pty.path,
    [Symbol.dispose]() {
      shell.close();
      pty.close();
    },
  };
}
