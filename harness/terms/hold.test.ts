import t from 'tap';
import { type HoldOrder, orderFor, ordersOf, ordersText, withOrder } from './hold.ts';

const ALL = { by: 'somebody', at: 'case', dut: undefined } as const;

t.test('orders are read as they were written, whatever people are called', async (t) => {
  const orders: readonly HoldOrder[] = [
    { by: 'anna', at: 'step', dut: 'nvr-at' },
    { by: 'step by step', at: 'case', dut: undefined },
    { by: 'by', at: 'step', dut: 'dvr' },
  ];
  t.same(ordersOf(ordersText(orders)), orders);
  t.same(ordersOf(ordersText([{ by: 'a\nstep nvr', at: 'case', dut: undefined }])), [
    { by: 'a step nvr', at: 'case', dut: undefined },
  ]);
});

t.test('by hand neither a name nor an order is needed', async (t) => {
  t.same(ordersOf(''), [ALL]);
  t.same(ordersOf('\n \n'), [ALL]);
  t.same(ordersOf('bob\n'), [{ ...ALL, by: 'bob' }]);
  t.same(ordersOf('step nvr-at'), [{ ...ALL, at: 'step', dut: 'nvr-at' }]);
  t.same(ordersOf(' step \n case dvr by bob \n'), [
    { ...ALL, at: 'step' },
    { by: 'bob', at: 'case', dut: 'dvr' },
  ]);
  t.equal(ordersOf('x'.repeat(1000))[0]?.by.length, 80);
});

t.test('one who holds a recorder releases nobody else', async (t) => {
  const anna = { by: 'anna', at: 'step', dut: 'a' } as const;
  const both = withOrder([anna], { by: 'bob', at: 'case', dut: 'b' });
  t.equal(orderFor(both, 'a', 'step')?.by, 'anna');
  t.equal(orderFor(both, 'b', 'case')?.by, 'bob');
  t.equal(orderFor(both, 'b', 'step'), undefined);
  t.equal(orderFor(both, 'c', 'case'), undefined);
  t.equal(withOrder(both, { by: 'carl', at: 'case', dut: 'a' }).length, 2, 'a recorder has one order');
  const all = withOrder(both, { by: 'carl', at: 'step', dut: undefined });
  t.equal(orderFor(all, 'c', 'step')?.by, 'carl');
  t.equal(orderFor(all, 'a', 'step')?.by, 'anna');
});
