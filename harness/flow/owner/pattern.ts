import type { Item, Reading } from '../../terms/frame.ts';
import type { Gui } from '../gui.ts';
import { centre, fieldFor, fields, find, findLink, grid } from '../look.ts';
import { newTexts } from '../told.ts';
import type { LoginSteps } from './login.ts';
import type { MenuSteps, Ways } from './menu.ts';
import { notReached, type Outcome, SAID_MS } from './outcome.ts';
import type { ReservedEmailSteps } from './reserved-email.ts';
import type { ScreenSteps } from './screen.ts';

interface Needs {
  readonly screen: ScreenSteps;
  readonly login: LoginSteps;
  readonly menu: MenuSteps;
  readonly reservedEmail: ReservedEmailSteps;
  readonly ways: Ways;
}

/** The unlock pattern: set in the user menu, drawn, and logged in by. */
export function patternSteps(
  gui: Gui,
  { screen, login: { toLogin }, menu: { follow }, reservedEmail, ways }: Needs,
) {
  const { beside, closeMessages, submit } = screen;
  const { typeAdminPassword } = reservedEmail;

  function patternRow(r: Reading): Item | undefined {
    return find(r, gui.label('patternLogin'), ['text']);
  }

  const steps = {
    /** Opens, from the main menu, what the user menu offers of admin's own account. */
    async toEditAdmin(adminPassword: string): Promise<Reading> {
      const way = ways.reserveEmail;
      const list = await follow(ways.users);
      if (way === 'direct') return list;
      await follow([way === 'edit-gear' ? gui.label('edit') : gui.label('modify')]);
      await typeAdminPassword(adminPassword);
      if (way === 'edit-user') await submit('Confirm the permission', (r) => patternRow(r) !== undefined);
      return gui.look();
    },

    /** Sets an unlock pattern as admin, from the user menu. `dots` are numbered 1 to 9 from the top left. */
    async setPattern(adminPassword: string, dots: readonly number[]): Promise<void> {
      await steps.toEditAdmin(adminPassword);
      const { value: opener } = await gui.until('the row of the unlock pattern', (r) => {
        const row = patternRow(r);
        return row === undefined ? undefined : beside(r, row, gui.label('settings'));
      });
      const { value: asked } = await gui.act(
        'Open the unlock pattern',
        () => gui.click(opener),
        (r, was) => {
          if (grid(r) !== undefined) return { password: false };
          // By eye an empty field does not say that it conceals: its label says what it is for.
          const asks = (reading: Reading) =>
            fields(reading).filter((f) => f.concealed === true).length +
            (fieldFor(reading, gui.label('adminPassword')) === undefined ? 0 : 1);
          return asks(r) > asks(was) ? { password: true } : undefined;
        },
      );
      if (asked.password) {
        await typeAdminPassword(adminPassword);
        await submit('Confirm the permission', (r) => grid(r) !== undefined);
      }
      await steps.drawPattern(dots);
      await steps.drawPattern(dots);
      // Most recorders say a word on it; where none comes, the dots are gone.
      await gui
        .until('what became of the pattern', (r) => gui.screens.message(r), { timeoutMs: SAID_MS })
        .catch(() => undefined);
      await closeMessages();
    },

    /** Joins dots of the pattern in front. */
    async drawPattern(dots: readonly number[]): Promise<void> {
      const { value: nine } = await gui.until('the nine dots of the pattern', grid);
      const points = dots.map((dot) => centre(nine[dot - 1]?.box ?? { x: 0, y: 0, width: 0, height: 0 }));
      await gui.poke('Draw the pattern', () => gui.drag(points));
    },

    /** Logs in by the unlock pattern; not accepted either where no such login is offered. */
    async loginByPattern(dots: readonly number[]): Promise<Outcome> {
      let shown = await toLogin(true);
      const link = findLink(shown, gui.label('patternLogin'));
      if (grid(shown) === undefined && link !== undefined)
        shown = (await gui.poke('Choose the login by pattern', () => gui.click(link))).after;
      await gui.photograph('Where the pattern is asked for');
      if (grid(shown) === undefined) return { accepted: false, message: 'no login by pattern is offered' };
      await steps.drawPattern(dots);
      const isAway = (r: Reading) => grid(r) === undefined && gui.screens.login(r) === undefined;
      const away = await gui
        .until('what the pattern opens', (r) => isAway(r) || undefined, { timeoutMs: SAID_MS })
        .catch(notReached);
      const after = away?.reading ?? (await gui.look());
      return { accepted: away !== undefined, message: newTexts(shown, after).join(' ') };
    },
  };
  return steps;
}

/** The unlock pattern: set in the user menu, drawn, and logged in by. */
export type PatternSteps = ReturnType<typeof patternSteps>;
