import type { Test } from 'tap';
import { failure } from './contract-help.ts';
import type { Sadp } from './sadp.ts';

/** An open port, and the recorder that is asked through it. */
export interface SadpUnderTest extends AsyncDisposable {
  readonly sadp: Sadp;
  /** What the recorder answers from now on; undefined: nothing. `UUID` in it stands for that of the question. */
  answers(text: string | undefined): void;
}

const WHOLE =
  '<?xml version="1.0" encoding="utf-8"?><ProbeMatch><Uuid>UUID</Uuid><Types>inquiry</Types><DeviceSN> NVR-1 </DeviceSN><Activated>true</Activated></ProbeMatch>';

/** What every driver of SADP, and the fake, promise. */
export function sadpContract(t: Test, name: string, open: () => Promise<SadpUnderTest>): Promise<unknown> {
  return t.test(`sadp contract: ${name}`, async (t) => {
    t.test('gives the text and the fields of the answer', async (t) => {
      await using bench = await open();
      bench.answers(WHOLE);
      const answer = await bench.sadp.inquire({ timeoutMs: 5000 });
      t.equal(answer?.fields.DeviceSN, 'NVR-1');
      t.equal(answer?.fields.Activated, 'true');
      t.match(answer?.text ?? '', '<DeviceSN> NVR-1 </DeviceSN>');
    });

    t.test('what is malformed is read as far as it goes', async (t) => {
      await using bench = await open();
      bench.answers(
        '<ProbeMatch><Uuid>UUID</Uuid><HCPlatformEnable>flase</HCPlatformEnable><Salt>x</DeviceLock>',
      );
      const answer = await bench.sadp.inquire({ timeoutMs: 5000 });
      t.equal(answer?.fields.HCPlatformEnable, 'flase');
      t.equal(answer?.fields.Salt, undefined);
    });

    t.test('silence is an answer, and so is one to another question', async (t) => {
      await using bench = await open();
      bench.answers(undefined);
      t.equal(await bench.sadp.inquire({ timeoutMs: 30 }), undefined);
      bench.answers(WHOLE.replace('UUID', 'SOMEBODY-ELSE'));
      t.equal(await bench.sadp.inquire({ timeoutMs: 30 }), undefined);
    });

    t.test('after close it says so', async (t) => {
      await using bench = await open();
      await bench.sadp[Symbol.asyncDispose]();
      await bench.sadp[Symbol.asyncDispose]();
      t.equal((await failure(bench.sadp.inquire({ timeoutMs: 30 })))?.code, 'PORT_CLOSED');
    });
  });
}
