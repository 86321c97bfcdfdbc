import type { Gui } from '../gui.ts';
import { notReached } from './outcome.ts';
import { anyDialog, idle } from './screen.ts';

/** How long a display under load may show an old picture, ms. */
const START_MS = 3000;

/** Waiting for a recorder that boots, or was brought back. */
export function bootSteps(gui: Gui) {
  const steps = {
    /** Waits until a recorder that boots shows a screen one can use. */
    async awake(timeoutMs: number): Promise<void> {
      await gui.trace.step('Wait until the recorder has booted', async () => {
        await gui.until('a screen after the boot', (r) => (idle(gui, r) || anyDialog(r) ? true : undefined), {
          timeoutMs,
        });
      });
    },

    /**
     * The same, once the recorder has started again: it may still show what was there before, and what it starts with
     * may come a moment later by itself. Who clicks meanwhile clicks that away.
     */
    async started(timeoutMs: number): Promise<void> {
      gui.disturbed();
      await steps.awake(timeoutMs);
      await gui
        .until('a screen that comes by itself', (r) => anyDialog(r) || undefined, { timeoutMs: START_MS })
        .catch(notReached);
    },

    /**
     * Waits until a twin that was brought back shows where it starts: an inactive one its wizard, any other a login. Its
     * display may show for a while what was there before, and what is clicked there goes astray.
     */
    async broughtBack(active: boolean, timeoutMs: number): Promise<void> {
      gui.disturbed();
      await steps.awake(timeoutMs);
      await gui
        .until(
          'the screen that it starts with',
          (r) =>
            (active ? (gui.screens.login(r) ?? gui.screens.forgot(r)) : gui.screens.activation(r)) !==
              undefined || undefined,
          { timeoutMs: START_MS },
        )
        .catch(notReached);
    },
  };
  return steps;
}

/** Waiting for a recorder that boots, or was brought back. */
export type BootSteps = ReturnType<typeof bootSteps>;
