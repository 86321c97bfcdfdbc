import { HarnessError } from '../../terms/error.ts';
import type { Reading } from '../../terms/frame.ts';
import type { Gui } from '../gui.ts';
import { find, grid, type Labels, seen } from '../look.ts';
import type { LoginSteps } from './login.ts';
import { notReached, SAID_MS } from './outcome.ts';
import { goBy, type ScreenSteps } from './screen.ts';

/** How the GUI is driven from the live view to a list of users. */
export interface Ways {
  readonly users: readonly Labels[];
  readonly info: readonly Labels[];
  readonly reserveEmail: 'edit-gear' | 'edit-user' | 'direct';
}

interface Needs {
  readonly screen: ScreenSteps;
  readonly login: LoginSteps;
  readonly ways: Ways;
}

/** The main menu, and ways through it. */
export function menuSteps(gui: Gui, { screen: { valueBeside }, login: { login }, ways }: Needs) {
  const go = goBy(gui);
  const isMenu = (r: Reading) => find(r, ways.users[0] ?? []) !== undefined;
  const isLogin = (r: Reading) => gui.screens.login(r) !== undefined || grid(r) !== undefined;

  /** One step from the live view to the main menu. */
  async function comeNearer(r: Reading): Promise<void> {
    const menu = find(r, gui.label('menu'), ['option', 'button', 'link', 'text']);
    if (menu === undefined) {
      await go('Right click on the live view', () => gui.rightClickOn(r));
      return;
    }
    await go('Open the menu', () => gui.click(menu));
    // It may come in parts, its title first.
    await gui
      .until('the main menu', (now) => isMenu(now) || isLogin(now) || undefined, { timeoutMs: SAID_MS })
      .catch(notReached);
  }

  const steps = {
    /** Opens the main menu as `user`, logging in where asked. */
    async toMenu(user: string, password: string): Promise<void> {
      const outcome = await login(user, password, true);
      if (!outcome.accepted)
        throw new HarnessError('STATE_NOT_REACHED', `login as ${user} was refused: ${outcome.message}`, {
          port: 'display',
        });
      for (let count = 0; count < 6; count += 1) {
        const r = await gui.look();
        if (isMenu(r)) return;
        await comeNearer(r);
      }
      throw new HarnessError(
        'SCREEN_NOT_REACHED',
        `the main menu could not be opened; saw ${seen(await gui.look())}`,
        { port: 'display' },
      );
    },

    /** Whether the main menu opens from where the GUI is, without anybody logging in. */
    async menuOpens(): Promise<boolean> {
      for (let count = 0; count < 6; count += 1) {
        const r = await gui.look();
        if (isMenu(r)) return true;
        if (isLogin(r)) return false;
        await comeNearer(r);
      }
      throw new HarnessError(
        'SCREEN_NOT_REACHED',
        `neither a menu nor a login came; saw ${seen(await gui.look())}`,
        { port: 'display' },
      );
    },

    /** Follows labels through menus, one click each. */
    async follow(path: readonly Labels[]): Promise<Reading> {
      for (const labels of path) {
        const { value: item } = await gui.until(`"${labels.join('" or "')}"`, (r) => find(r, labels));
        // What is chosen already needs no click: a menu opens at its first page.
        if (item.checked === true) continue;
        await go(`Open ${labels[0] ?? ''}`, () => gui.click(item));
      }
      return gui.look();
    },

    /** A value of the information page, from the main menu. */
    async infoValue(labels: Labels): Promise<string> {
      await steps.follow(ways.info);
      return valueBeside(labels);
    },
  };
  return steps;
}

/** The main menu, and ways through it. */
export type MenuSteps = ReturnType<typeof menuSteps>;
