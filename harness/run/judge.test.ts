import t from 'tap';
import { ExpectationFailed } from '../kit/expect.ts';
import { HarnessError } from '../terms/error.ts';
import { judge } from './judge.ts';

const KEPT = { expectations: 1, evidence: 1 };

t.test('a case that ran to its end passes only with an expectation and with evidence', async (t) => {
  t.same(judge(KEPT), { verdict: 'pass' });
  t.match(judge({ ...KEPT, expectations: 0 }), {
    verdict: 'error',
    fault: { domain: 'suite', rule: 'case-empty' },
  });
  t.match(judge({ ...KEPT, evidence: 0 }), {
    verdict: 'error',
    fault: { domain: 'suite', rule: 'no-evidence' },
  });
});

t.test('evidence that could not be stored is the fault of the bench, never a pass', async (t) => {
  const lost = 'ENOSPC: no space left on device, write';
  const error = {
    verdict: 'error',
    fault: { domain: 'bench', rule: 'evidence-lost', cure: /disk/ },
  } as const;
  t.match(judge({ ...KEPT, lost }), error);
  t.match(judge({ ...KEPT, evidence: 0, lost }), error, 'also where nothing at all was stored');
  t.match(judge({ ...KEPT, failed: 'the code', lost }), { verdict: 'fail' }, 'what was found stays found');
  const thrown = new HarnessError('SCREEN_NOT_REACHED', 'no login');
  t.match(judge({ ...KEPT, thrown, lost }), { verdict: 'inconc' });
});

t.test(
  'nothing that came after a person held an attempt counts, and what failed before it does',
  async (t) => {
    const held = 'it was held by anna, before "Key the code in"';
    const open = {
      verdict: 'inconc',
      reason: held,
      fault: { domain: 'operator', rule: 'held', facts: held, cure: 'run the case again' },
    } as const;
    t.same(judge({ ...KEPT, held }), open, 'it passes for nobody');
    t.same(judge({ ...KEPT, held, thrown: new HarnessError('PORT_CLOSED', 'gone') }), open);
    t.same(judge({ ...KEPT, held, lost: 'ENOSPC' }), open);
    t.match(judge({ ...KEPT, held, failed: 'the code' }), { verdict: 'fail' });
    t.match(judge({ ...KEPT, held, thrown: new HarnessError('INTERRUPTED', 'enough') }), { verdict: 'none' });
  },
);

t.test('only an expectation that does not hold is the fault of the product', async (t) => {
  const failed = 'the code: expected "A", saw "B"';
  const thrown = new ExpectationFailed({ title: 'the code', ok: false, expected: '"A"', seen: '"B"' });
  const fail = { verdict: 'fail', fault: { domain: 'product', facts: failed } } as const;
  t.match(judge({ ...KEPT, failed, thrown }), fail);
  t.match(judge({ ...KEPT, failed }), fail, 'also where the case went on as if nothing had been');
  const gone = new HarnessError('PORT_UNREACHABLE', 'gone');
  t.match(judge({ ...KEPT, failed, thrown: gone }), fail, 'also where the bench broke later');
});

t.test('a screen or state that was not reached is inconclusive', async (t) => {
  for (const code of ['SCREEN_NOT_REACHED', 'STATE_NOT_REACHED'] as const)
    t.match(judge({ ...KEPT, thrown: new HarnessError(code, 'no login') }), {
      verdict: 'inconc',
      reason: 'no login',
    });
});

t.test('a port that is gone is an error of the bench, with its cure', async (t) => {
  for (const code of ['PORT_UNREACHABLE', 'PORT_TIMEOUT', 'PORT_CLOSED', 'WRONG_DEVICE'] as const)
    t.match(judge({ ...KEPT, thrown: new HarnessError(code, 'gone', { hint: 'plug it in' }) }), {
      verdict: 'error',
      fault: {
        domain: 'bench',
        rule: code.toLowerCase().replaceAll('_', '-'),
        facts: 'gone',
        cure: 'plug it in',
      },
    });
});

t.test('what nobody foresaw is an error of the suite, wherever it was thrown', async (t) => {
  t.match(judge({ ...KEPT, thrown: new TypeError('x is not a function') }), {
    verdict: 'error',
    fault: { domain: 'suite', rule: 'exception', facts: /^TypeError: x is not a function/ },
  });
  t.match(judge({ ...KEPT, thrown: 'a string' }), { verdict: 'error', fault: { domain: 'suite' } });
});

t.test('what a person stopped has no verdict', async (t) => {
  const thrown = new HarnessError('INTERRUPTED', 'the run was interrupted');
  t.match(judge({ ...KEPT, thrown }), { verdict: 'none', fault: { domain: 'operator' } });
});
