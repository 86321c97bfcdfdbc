import t from 'tap';
import type { Item } from '../../terms/frame.ts';
import { TryLedger } from '../tries.ts';
import { before, item, LOGIN } from './before.fixture.ts';
import { screenSteps } from './screen.ts';

t.test('a form whose fields stand is there still, whatever of it was read', async (t) => {
  const { display, owner, pass } = before();
  const form = (title: string, ...more: readonly Item[]) => ({
    items: [
      item('text', title, 200, 100),
      item('text', 'New Password', 200, 200),
      item('field', '••••', 310, 200, { concealed: true }),
      item('text', 'Confirm', 200, 240),
      item('field', '••••', 310, 240, { concealed: true }),
      item('button', 'OK', 310, 300),
      ...more,
    ],
  });
  const save = () => pass(owner.submit('Save', (r) => owner.gui.screens.newPassword(r) === undefined));
  display.show(form('Reset Password'));
  display.expectInput('click', form('Rcsct Pnssvord', item('text', 'Use two kinds of characters', 200, 270)));
  t.same(await save(), { accepted: false, message: 'Rcsct Pnssvord Use two kinds of characters' });
  display.show(form('Reset Password'));
  display.expectInput('click', LOGIN);
  t.same(await save(), { accepted: true, message: '' });
  await display[Symbol.asyncDispose]();
});

t.test('a try that breaks off may have been made, and counts as a wrong one', async (t) => {
  const { display, owner } = before();
  const limit = { tries: 7, seconds: 60 };
  const tries = new TryLedger({ login: limit, network: limit, code: limit, file: limit }, () => 0);
  const { counted } = screenSteps(owner.gui, tries);
  for (let count = 0; count < 6; count += 1)
    await t.rejects(counted('login', () => Promise.reject(new Error('the picture is gone')), 'admin'));
  t.equal(tries.told(), '6 of 7 (login)');
  await t.rejects(
    counted('login', () => Promise.resolve({ accepted: true, message: '' }), 'admin'),
    { code: 'TRIES_SPENT' },
  );
  await display[Symbol.asyncDispose]();
});
