import { Worker } from 'node:worker_threads';
import type { RunRecord } from '../terms/record.ts';

/**
 * The run as TAP 14, nested DUT > requirement > expectation. Times are those of the record. What was not run is
 * `# SKIP` with its reason; every verdict but pass is `not ok` with verdict and fault as YAML; a bench that failed,
 * and a run that did not go to its end, are `not ok` of their own.
 *
 * Made by tap's library in a thread of its own: loading it starts a root test that ends the process (SIGALRM) after
 * 30 s, follows every promise by async hooks, and takes its settings from the environment.
 */
export async function tapOf(record: RunRecord): Promise<string> {
  const worker = new Worker(new URL('./tap-worker.ts', import.meta.url), {
    workerData: record,
    env: {},
    execArgv: [],
    stdout: true,
  });
  try {
    return await new Promise((resolve, reject) => {
      // The library posts messages of its own (its timeouts); ours is the one with the text.
      worker.on(
        'message',
        (message: { readonly tap?: string }) => message.tap !== undefined && resolve(message.tap),
      );
      worker.once('error', reject);
      worker.once('exit', (code) =>
        reject(new Error(`the TAP writer ended with ${code} before it was done`)),
      );
    });
  } finally {
    await worker.terminate();
  }
}
