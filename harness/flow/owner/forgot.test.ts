import t from 'tap';
import { before, LIVE, LOGIN, METHODS } from './before.fixture.ts';

t.test('a login that went away under the click on Forgot Password is gone back to', async (t) => {
  const { display, owner, pass, clicks } = before();
  display.show(LOGIN);
  display.expectInput('click', LIVE);
  display.expectInput('click', LOGIN);
  display.expectInput('click', METHODS);
  const reading = await pass(owner.forgotPassword());
  t.equal(owner.offersEmail(reading), true);
  t.same(clicks(), ['left 360,240', 'right 320,240', 'left 360,240']);
  await display[Symbol.asyncDispose]();
});

t.test('a live view between the login and the methods is waited out', async (t) => {
  const { clock, display, owner, pass, clicks } = before();
  display.show(LOGIN);
  display.expectInput('click', LIVE);
  const asked = owner.forgotPassword();
  const later = clock.sleep(900).then(() => display.show(METHODS));
  const reading = await pass(asked);
  await later;
  t.equal(owner.offersEmail(reading), true);
  t.same(clicks(), ['left 360,240']);
});

t.test('a recorder whose Forgot Password always leaves the live view is told of', async (t) => {
  const { display, owner, pass, clicks } = before();
  display.show(LOGIN);
  for (let count = 0; count < 3; count += 1) {
    display.expectInput('click', LIVE);
    if (count < 2) display.expectInput('click', LOGIN);
  }
  await t.rejects(pass(owner.forgotPassword()), {
    code: 'SCREEN_NOT_REACHED',
    message: /Forgot Password; saw "Camera 1"/,
  });
  t.equal(clicks().filter((one) => one.startsWith('left')).length, 3);
  await display[Symbol.asyncDispose]();
});
