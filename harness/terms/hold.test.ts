import t from 'tap';
import { orderOf, orderText } from './hold.ts';

t.test('an order is read as it was written, whatever the person is called', async (t) => {
  for (const order of [
    { by: 'anna', at: 'step', dut: 'nvr-at' },
    { by: 'step by step', at: 'case', dut: undefined },
    { by: 'Anna Maria', at: 'step', dut: undefined },
  ] as const)
    t.same(orderOf(orderText(order)), order);
});

t.test('by hand neither a name nor an order is needed', async (t) => {
  const all = { by: 'somebody', at: 'case', dut: undefined } as const;
  t.same(orderOf(''), all);
  t.same(orderOf('\n \n'), all);
  t.same(orderOf('step nvr-at'), { ...all, at: 'step', dut: 'nvr-at' });
  t.same(orderOf(' step \n bob \n'), { ...all, at: 'step', by: 'bob' });
  t.equal(orderOf('x'.repeat(1000)).by.length, 80);
});
