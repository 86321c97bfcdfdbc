import t from 'tap';
import { openPageChannel } from './channel.ts';
import { testBrowser } from './page.fixture.ts';

/** What each line says of a method that there is not: that tells them apart. */
const LINES = [
  ['a line of its own', undefined, /^'No\.such' wasn't found$/],
  ['Playwright’s session, where the browser listens nowhere', 'bare', /Protocol error/],
] as const;

for (const [name, kind, refusal] of LINES) {
  const browser = await testBrowser(t, kind);
  const open = async () => {
    const context = await browser.get().newContext();
    const page = await context.newPage();
    return {
      page,
      channel: await openPageChannel(page),
      [Symbol.asyncDispose]: () => context.close(),
    };
  };
  const evaluated = (channel: Awaited<ReturnType<typeof open>>['channel'], expression: string) =>
    channel
      .send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
      .then(({ result }) => result.value as unknown);

  t.test(`to a page there is ${name}`, { skip: browser.skip }, async (t) => {
    await using shown = await open();
    const { channel } = shown;
    await t.rejects(channel.send('No.such' as 'Page.enable'), { message: refusal });
    t.equal(await evaluated(channel, '6 * 7'), 42, 'and it goes on');
  });

  t.test(
    `each answer finds its question, in whatever order they come, by ${name}`,
    {
      skip: browser.skip,
    },
    async (t) => {
      await using shown = await open();
      const { channel } = shown;
      const held = evaluated(channel, 'new Promise((resolve) => { release = resolve })');
      const answers = await Promise.all([1, 2, 3, 4].map((n) => evaluated(channel, `${n} * 10`)));
      t.same(answers, [10, 20, 30, 40]);
      await evaluated(channel, 'release("late"), 0');
      t.equal(await held, 'late');
      t.equal(await evaluated(channel, '"x".repeat(3000000).length'), 3_000_000);
      t.equal(String(await evaluated(channel, '"x".repeat(3000000)')).length, 3_000_000, 'long ones too');
    },
  );

  t.test(`each page has a line of its own, by ${name}`, { skip: browser.skip }, async (t) => {
    await using one = await open();
    await using two = await open();
    await evaluated(one.channel, 'document.title = "one"');
    await evaluated(two.channel, 'document.title = "two"');
    t.same([await one.page.title(), await two.page.title()], ['one', 'two']);
  });

  t.test(`what waits ends with the page, by ${name}`, { skip: browser.skip }, async (t) => {
    await using shown = await open();
    const waiting = t.rejects(evaluated(shown.channel, 'new Promise(() => {})'));
    await shown.page.close();
    await waiting;
    await t.rejects(evaluated(shown.channel, '1'));
    await shown.channel[Symbol.asyncDispose]();
  });

  t.test(`after close nothing is sent, by ${name}`, { skip: browser.skip }, async (t) => {
    await using shown = await open();
    const waiting = t.rejects(evaluated(shown.channel, 'new Promise(() => {})'));
    await shown.channel[Symbol.asyncDispose]();
    await shown.channel[Symbol.asyncDispose]();
    await waiting;
    await t.rejects(evaluated(shown.channel, 'document.title = "too late"'));
    t.equal(await shown.page.title(), '', 'the page itself stays');
  });
}
