import { HarnessError } from '../../terms/error.ts';
import type { Item, Reading } from '../../terms/frame.ts';
import type { Gui } from '../gui.ts';
import { fieldFor, fields, find, type Labels } from '../look.ts';
import { isTold, newTexts } from '../told.ts';
import type { EmailSteps } from './email.ts';
import type { MenuSteps, Ways } from './menu.ts';
import type { Outcome } from './outcome.ts';
import { goBy, type ScreenSteps } from './screen.ts';

interface Needs {
  readonly screen: ScreenSteps;
  readonly email: EmailSteps;
  readonly menu: MenuSteps;
  readonly ways: Ways;
}

/** The reserved email in the user menu, and the admin password that the menu asks for. */
export function reservedEmailSteps(
  gui: Gui,
  { screen, email: { enterEmail }, menu: { follow }, ways }: Needs,
) {
  const go = goBy(gui);
  const { beside, closeMessages, counted, submit } = screen;

  /** The button with one of the labels in the row of the reserved email. */
  function besideReserved(r: Reading, labels: Labels): Item | undefined {
    const row = reservedRow(r);
    return row === undefined ? undefined : beside(r, row, labels);
  }
  function reservedRow(r: Reading): Item | undefined {
    return (
      find(r, gui.label('reservedEmail'), ['text', 'button']) ??
      find(r, gui.label('reservedEmailSettings'), ['text', 'button'])
    );
  }
  async function authoriseOnce(adminPassword: string): Promise<Outcome> {
    const field = await steps.typeAdminPassword(adminPassword);
    if (ways.reserveEmail === 'edit-gear') {
      // GUI 3.0 asks in the same dialog; the gear behind the row checks it.
      const { value: gear } = await gui.until('the settings of the reserved email', (r) =>
        besideReserved(r, gui.label('settings')),
      );
      const { value, before, reading } = await gui.act(
        'Open the settings of the reserved email',
        () => gui.click(gear),
        (r, was) => {
          const open = gui.screens.email(r) !== undefined;
          const told = gui.screens.message(r) !== undefined || isTold(was, r);
          return open || told ? { open } : undefined;
        },
      );
      const message = value.open ? '' : newTexts(before, reading).join(' ');
      if (!value.open) await closeMessages();
      return { accepted: value.open, message };
    }
    // By its label where it has one: of an empty field only a document says that it conceals.
    const isLabelled = fieldFor(await gui.look(), gui.label('adminPassword')) !== undefined;
    const isThere = (r: Reading) =>
      isLabelled
        ? fieldFor(r, gui.label('adminPassword')) !== undefined
        : fields(r).some(
            (i) =>
              i.concealed === true &&
              Math.abs(i.box.y - field.box.y) <= 4 &&
              Math.abs(i.box.x - field.box.x) <= 4,
          );
    return submit('Confirm the permission', (r) => !isThere(r));
  }

  const steps = {
    /** Opens, as admin, the place where the reserved email is shown and set, up to the question for the admin password. */
    async toReservedEmail(): Promise<void> {
      const list = await follow(ways.users);
      const way = ways.reserveEmail;
      if (way === 'direct') {
        await follow([gui.label('reservedEmail')]);
        return;
      }
      const admin = find(list, ['admin'], ['option', 'radio', 'text', 'button', 'link']);
      if (admin !== undefined && admin.checked !== true)
        await go('Select admin', () => gui.click(admin), 300);
      await follow([way === 'edit-gear' ? gui.label('edit') : gui.label('modify')]);
    },

    /** Sets or changes the reserved email as admin, by the way of this menu. The outcome is that of the last confirmation. */
    async reserveEmail(adminPassword: string, address: string): Promise<Outcome> {
      gui.trace.secret('password', adminPassword);
      await steps.toReservedEmail();
      const permission = await steps.authorise(adminPassword);
      if (!permission.accepted) return permission;
      await steps.openEmailField();
      return enterEmail(address);
    },

    /** Types the admin password where the menu asks for it (Confirm Permission, Old Password, authorisation). */
    authorise(adminPassword: string): Promise<Outcome> {
      return counted('login', () => authoriseOnce(adminPassword), 'admin');
    },

    /** Types the admin password into the field that asks for it, and confirms nothing. */
    async typeAdminPassword(adminPassword: string): Promise<Item> {
      gui.trace.secret('password', adminPassword);
      const { value: field } = await gui.until(
        'a field for the admin password',
        (r) =>
          fieldFor(r, gui.label('adminPassword')) ??
          r.items.find((i) => i.kind === 'field' && i.concealed === true),
      );
      await gui.fill('Type the admin password', field, adminPassword);
      return field;
    },

    /** From the edited user to the field for the address. */
    async openEmailField(): Promise<void> {
      if (ways.reserveEmail !== 'edit-user') return;
      const { value: button } = await gui.until('the row of the reserved email', (r) =>
        besideReserved(r, gui.label('modify')),
      );
      await gui.act(
        'Modify the reserved email',
        () => gui.click(button),
        (r) => gui.screens.email(r),
        { frame: false },
      );
    },

    /** Whether the user menu has a place for the reserved email, as admin finds it. */
    async hasReservedEmailPlace(adminPassword: string): Promise<boolean> {
      const list = await follow(ways.users);
      if (ways.reserveEmail === 'direct') return reservedRow(list) !== undefined;
      await follow([ways.reserveEmail === 'edit-gear' ? gui.label('edit') : gui.label('modify')]);
      if (ways.reserveEmail === 'edit-user') {
        const permission = await steps.authorise(adminPassword);
        if (!permission.accepted)
          throw new HarnessError('STATE_NOT_REACHED', `no permission to edit: ${permission.message}`, {
            port: 'display',
          });
      }
      return reservedRow(await gui.look()) !== undefined;
    },
  };
  return steps;
}

/** The reserved email in the user menu, and the admin password that the menu asks for. */
export type ReservedEmailSteps = ReturnType<typeof reservedEmailSteps>;
