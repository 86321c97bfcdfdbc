import t from 'tap';
import { foreignDomain } from './lab-domains.ts';

const LAB = ['lab.example', 'QA.Example'];

t.test('an address of the lab, below one of its domains, or none at all leads nowhere else', async (t) => {
  for (const address of [
    'owner@lab.example',
    'OWNER@LAB.Example',
    'owner@qa.example',
    'owner@deep.lab.example',
    'nobody.lab.example',
    'nobody@',
    'no@body@lab.example',
    'no body@lab.example',
    'first.last+tag@lab.example',
    'x@lab.example@',
    'owner@lab.example ',
    'owner@lab.example.',
    'a@lab.example,b@qa.example',
    '',
    '@',
  ])
    t.equal(foreignDomain(address, LAB), undefined, address);
});

t.test('whatever of an address leads out of the lab is found', async (t) => {
  for (const [address, domain] of [
    ['owner@mail.example', 'mail.example'],
    ['owner@notlab.example', 'notlab.example'],
    ['owner@lab.example.evil.example', 'lab.example.evil.example'],
    ['a@lab.example,b@mail.example', 'mail.example'],
    ['b@mail.example;a@lab.example', 'mail.example'],
    ['a@mail.example@lab.example', 'mail.example'],
    ['owner@localhost', 'localhost'],
    ['owner@ localhost', 'localhost'],
    ['owner@ evil.example', 'evil.example'],
    ['owner@\u00a0evil.example', 'evil.example'],
    ['owner@(x)evil.example', 'evil.example'],
    ['owner@<evil.example>', 'evil.example'],
    ['owner@"evil.example"', 'evil.example'],
    ['owner＠evil.example', 'evil.example'],
    ['owner@evil。example', 'evil.example'],
    ['owner@evil．example', 'evil.example'],
    ['x@[10.0.0.1]', '10.0.0.1'],
    ['x@evil.example\u200b', 'evil.example'],
    ['x@lab.example\u200bevil', 'lab.exampleevil'],
    ['x@lab.exam\u00adple.evil.example', 'lab.exam'],
    ['x@l\u0430b.example', 'l\u0430b.example'],
    ['owner%evil.example@lab.example', 'evil.example'],
    ['evil.example!owner@lab.example', 'evil.example'],
    ['@evil:x@lab.example', 'evil'],
  ] as const)
    t.equal(foreignDomain(address, LAB), domain, address);
});
