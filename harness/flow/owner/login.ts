import { HarnessError } from '../../terms/error.ts';
import type { Item, Reading } from '../../terms/frame.ts';
import { isNear } from '../../vision/see/place.ts';
import type { Gui } from '../gui.ts';
import { fieldFor, find, findLink, grid, plain, seen } from '../look.ts';
import { isTold, newTexts } from '../told.ts';
import { notReached, type Outcome } from './outcome.ts';
import { anyDialog, goBy, idle, type ScreenSteps, stands } from './screen.ts';

/** By eye a thing that has not moved is found so near to where it was, px. */
const NEAR_PX = 4;

/** The way to the login screen from anywhere, and the login by password. */
export function loginSteps(gui: Gui, { counted }: ScreenSteps) {
  const go = goBy(gui);

  async function pickUser(user: string, reading: Reading): Promise<Reading> {
    const list = fieldFor(reading, gui.label('userName')) ?? reading.items.find((i) => i.kind === 'option');
    if (list === undefined) return reading;
    await go('Open the list of users', () => gui.click(list));
    // A list may come a moment after the click that opened it.
    const { value: entry } = await gui.until(`${user} in the list of users`, (r) => find(r, [user]));
    await go(`Choose ${user}`, () => gui.click(entry));
    const { reading: chosen } = await gui.until(
      `the login of ${user}`,
      (r) => (gui.screens.login(r) !== undefined && find(r, [user]) !== undefined) || undefined,
    );
    return chosen;
  }

  const steps = {
    /** Goes to the login screen from wherever the GUI is. */
    async toLogin(patternWillDo = false): Promise<Reading> {
      // What was clicked on and still stands there is a mere title: it is not tried twice.
      const titles: Item[] = [];
      const isAt = (one: Item) => (other: Item) =>
        plain(other.text) === plain(one.text) && isNear(other.box, one.box, NEAR_PX);
      for (let tries = 0; tries < 10; tries += 1) {
        const { value } = await gui.until('any screen to start from', (r) =>
          idle(gui, r) || anyDialog(r) ? r : undefined,
        );
        if (gui.screens.login(value) !== undefined) return value;
        if (patternWillDo && (gui.screens.forgot(value) ?? grid(value)) !== undefined) return value;
        if (gui.screens.activation(value) !== undefined)
          throw new HarnessError(
            'STATE_NOT_REACHED',
            'the recorder asks to be activated; there is no login screen',
            { port: 'display' },
          );
        const message = gui.screens.message(value);
        const fresh = { ...value, items: value.items.filter((one) => !titles.some(isAt(one))) };
        // A login by pattern can be cancelled too, and would come again.
        const byPassword = findLink(fresh, gui.label('passwordLogin'));
        const item =
          byPassword ??
          find(fresh, gui.label('passwordLogin')) ??
          find(fresh, gui.label('logout')) ??
          find(fresh, gui.label('login')) ??
          find(fresh, gui.label('menu'));
        // What was seen is clicked on where it was seen: by now another dialog may have a button of that name.
        const close = message?.ok;
        const cancel = find(value, gui.label('cancel'), ['button']);
        if (close !== undefined) await go('Close the message', () => gui.click(close));
        else if (byPassword === undefined && cancel !== undefined)
          await go('Cancel', () => gui.click(cancel));
        else if (item !== undefined) {
          const { after } = await go(`Choose ${item.text}`, () => gui.click(item), 600);
          if (after.items.some(isAt(item))) titles.push(item);
        } else await go('Right click on the live view', () => gui.rightClickOn(value));
      }
      throw new HarnessError(
        'SCREEN_NOT_REACHED',
        `the login screen could not be reached; saw ${seen(await gui.look())}`,
        { port: 'display' },
      );
    },

    /**
     * Logs in with a password; the outcome says whether the login screen went away. On the way to somewhere else no
     * frame is kept.
     */
    async login(user: string, password: string, onTheWay = false): Promise<Outcome> {
      gui.trace.secret('password', password);
      let reading = await steps.toLogin();
      const shownUser = find(reading, [user]);
      if (shownUser === undefined) reading = await pickUser(user, reading);
      const screen = gui.screens.login(reading);
      if (screen === undefined)
        throw new HarnessError('SCREEN_NOT_REACHED', 'the login screen has no password field', {
          port: 'display',
        });
      await gui.fill('Type the password', screen.password, password);
      const attempt = async (): Promise<Outcome> => {
        const acted = await gui
          .act(
            'Log in',
            () => gui.confirm(gui.label('login')),
            (r, was) => {
              const gone = gui.screens.login(r) === undefined && !stands([screen.password], r);
              const told = gui.screens.message(r) !== undefined || isTold(was, r);
              return gone || told ? { gone } : undefined;
            },
            { frame: !onTheWay },
          )
          .catch(notReached);
        // A login that stays as it was, without a word, is refused too.
        if (acted === undefined) return { accepted: false, message: '' };
        const { before, reading: after } = acted;
        return {
          accepted: acted.value.gone && gui.screens.message(after) === undefined,
          message: newTexts(before, after).join(' '),
        };
      };
      return counted('login', attempt, user);
    },

    /** Goes to the login by unlock pattern, where one is set. */
    async toPatternLogin(): Promise<Reading> {
      const login = await steps.toLogin(true);
      if (grid(login) !== undefined) return login;
      const link = find(login, gui.label('patternLogin'), ['link', 'button', 'text']);
      if (link !== undefined) await gui.poke('Choose the login by pattern', () => gui.click(link));
      const { reading } = await gui.until('the login by pattern', (r) => grid(r));
      return reading;
    },
  };
  return steps;
}

/** The way to the login screen, and the login by password. */
export type LoginSteps = ReturnType<typeof loginSteps>;
