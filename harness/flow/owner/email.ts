import { HarnessError } from '../../terms/error.ts';
import type { Gui } from '../gui.ts';
import { foreignDomain } from '../lab-domains.ts';
import type { Outcome } from './outcome.ts';
import type { ScreenSteps } from './screen.ts';

/** Domains of the lab; undefined: any. */
export type LabDomains = readonly string[] | undefined;

interface Needs {
  readonly screen: ScreenSteps;
  readonly domains: LabDomains;
}

/** Mails with codes go to the lab alone. @throws HarnessError ADDRESS_FOREIGN */
export function refuseForeign(address: string, domains: LabDomains): void {
  const foreign = domains === undefined ? undefined : foreignDomain(address, domains);
  if (foreign === undefined) return;
  throw new HarnessError(
    'ADDRESS_FOREIGN',
    `an address in ${foreign} is none of the lab's; it was not keyed in`,
    { hint: 'take an address in one of lab.domains of devices.yaml' },
  );
}

/** The dialog that asks for a reserved email. */
export function emailSteps(gui: Gui, { screen: { submit }, domains }: Needs) {
  return {
    /** Types an address into the dialog in front and confirms. */
    async enterEmail(address: string): Promise<Outcome> {
      gui.trace.secret('address', address);
      refuseForeign(address, domains);
      const { value: screen } = await gui.until('a field for the reserved email', (r) =>
        gui.screens.email(r),
      );
      await gui.fill('Type the address', screen.address, address);
      return submit('Save the address', (r) => gui.screens.email(r) === undefined);
    },
  };
}

/** The dialog that asks for a reserved email. */
export type EmailSteps = ReturnType<typeof emailSteps>;
