import { openHttp } from '../bench/drivers/http/http.ts';
import { isapi } from '../bench/drivers/http/isapi.ts';
import { openDesk } from '../bench/drivers/operator/desk.ts';
import type { Openings, PowerOpenings } from '../bench/hardware.ts';
import { displayOpening, powerLook, serialOpening, sizeOf } from '../bench/hardware.ts';
import { identifyByConsole, identifyByHttp, numberOnConsole } from '../bench/identity.ts';
import { scannerOpening } from '../bench/scanners.ts';
import { requireSecret } from '../bench/secrets.ts';
import { trusted } from '../bench/trust.ts';
import type { HardwareConfig } from '../config/devices.ts';
import type { Profile } from '../config/profile.ts';
import type { Extra } from '../kit/case.ts';
import { countLogins } from '../run/counted-http.ts';
import type { CommonPort } from '../run/rating.ts';
import { dutFolder, type SafetyOptions, triesOf } from '../safety/dut.ts';
import { takeLease } from '../safety/lease.ts';
import { openPasswords } from '../safety/passwords.ts';
import { freshSalt, sealFor } from '../safety/seal.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Finding } from './finding.ts';
import type { Loaded, secretsFrom } from './load.ts';

/** A port of a bench, looked at. */
export interface PortFinding extends Finding {
  readonly port: CommonPort | Extra;
}
export interface BenchLook {
  readonly loaded: Loaded;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly browser: Openings['browser'];
  readonly secret: ReturnType<typeof secretsFrom>;
  readonly safety: SafetyOptions;
  /** The key is drawn by the first run that needs it: that it is not there yet is no fault. */
  readonly keyIsDrawn: boolean;
  /** Hears each line as soon as it is known. */
  readonly say: (finding: PortFinding) => void;
}

const HTTP_TIMEOUT_MS = 5000;
/** Codes live for minutes: a recorder whose clock is further off refuses them, s. */
const CLOCK_OFF = 300;

/**
 * Looks at each port of a recorder on a shelf, in the order in which a run opens them, and changes nothing: it reads, takes
 * one picture, signs in with a right password once, and switches nothing. Where another holds the recorder, or another
 * unit answers, or one that refuses the password, no port is touched after that.
 */
export async function lookAtBench(config: HardwareConfig, look: BenchLook): Promise<readonly PortFinding[]> {
  const { clock, secret, safety, loaded } = look;
  const { id } = config;
  const findings: PortFinding[] = [];
  const note = (finding: PortFinding) => {
    findings.push(finding);
    look.say(finding);
  };
  /** @returns the error, where it does not work */
  const of = async (port: PortFinding['port'], name: string, body: () => Promise<string> | string) => {
    const what = `${id}, ${name}`;
    try {
      note({ port, what, ok: true, told: await body() });
      return undefined;
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      const cure = error.hint === undefined ? {} : { cure: error.hint };
      // Another unit is no bench for anything.
      const whose = error.code === 'WRONG_DEVICE' ? 'safety' : port;
      note({ port: whose, what, ok: false, told: error.message, ...cure });
      return error;
    }
  };
  const secretOf: Openings['secretOf'] = (ref, whose) => requireSecret(secret(ref), ref, whose);
  const folder = dutFolder(safety.folder, config.serialNumber);
  const counted: PowerOpenings['counted'] = (plain) =>
    countLogins(clock)(plain, look.profile, triesOf(folder));
  const openings = { id, size: sizeOf(config), clock, browser: look.browser, secretOf, counted };

  await of('safety', 'key', () => keyWorks(look));
  await using stack = new AsyncDisposableStack();
  const held = await of('safety', 'lease', () => {
    const lease = stack.use(takeLease({ folder, dut: id, what: `doctor ${id}`, clock }));
    return lease.tookOver ?? 'free';
  });
  if (held !== undefined) return findings;
  const cut = await of('safety', 'passwords', () => {
    const { serialNumber } = config;
    using journal = openPasswords({ folder, dut: id, serialNumber, source: safety.source, clock });
    if (!journal.unsettled) return 'no run was cut';
    throw new HarnessError('PASSWORD_UNSURE', 'a run was cut: which password it has is not known', {
      hint: `resetbench recover ${id}`,
    });
  });

  let named = false;
  const http = await of('http', 'HTTP', async () => {
    const { url, tls } = config.http;
    await using http = openHttp({ baseUrl: url, timeoutMs: HTTP_TIMEOUT_MS, clock, ...trusted(tls) });
    const recorder = isapi(counted(http));
    const activated = await recorder.activated();
    // A wrong password would cost a try.
    if (cut !== undefined) return `answers at ${url}; its password is not tried`;
    const password = secretOf(config.adminPassword, id);
    named = await identifyByHttp(config, recorder, password);
    if (!activated) return `answers at ${url}, inactive`;
    const time = await recorder.time({ user: 'admin', password });
    return `answers at ${url}, active, the enrolled serial number; ${clockTold(time, clock)}`;
  });
  // Which unit it is is not known where it lets nobody in.
  if (http?.code === 'WRONG_DEVICE' || http?.code === 'CREDENTIALS_REFUSED') return findings;

  const { serial: console, power } = config;
  if (console !== undefined) {
    const wrong = await of('serial', 'serial', async () => {
      await using serial = await serialOpening(console, openings)();
      const number = await numberOnConsole(serial);
      const trouble = serial.trouble();
      if (trouble !== undefined) throw trouble;
      if (number === undefined)
        throw new HarnessError('PORT_TIMEOUT', 'the console opens, and does not tell its serial number', {
          port: 'serial',
          hint: 'see that the recorder has power, that RX and TX are crossed, and that baudRate is right',
        });
      await identifyByConsole(config, serial, !named);
      return 'the console answers, with the enrolled serial number';
    });
    if (wrong?.code === 'WRONG_DEVICE') return findings;
  }
  if (power !== undefined)
    await of('power', 'power', async () => {
      const { state, cuts } = await powerLook(power, openings)();
      const told = state === 'untold' ? 'there; it does not tell how it stands' : state;
      return `${power.driver}, ${told}${cuts ? '' : '; it reboots, and cuts nothing'}`;
    });
  await of('display', 'display', async () => {
    await using display = await displayOpening(config.display, openings)();
    const { width, height } = await display.frame();
    const { size } = openings;
    if (width === size.width && height === size.height) return `a picture of ${width}x${height} px`;
    throw new HarnessError(
      'CONFIG_INVALID',
      `the picture has ${width}x${height} px, devices.yaml says ${size.width}x${size.height}`,
      { port: 'display', hint: 'correct resolution, or set the recorder to it' },
    );
  });
  await of('scanner', 'scanner', async () => {
    await using desk = await openDesk({ ways: [], clock });
    const operator = await desk.at(id);
    const { smtp } = loaded.devices.lab;
    const open = scannerOpening(config.scanner, { ...openings, operator, smtp, apps: loaded.apps });
    await using scanner = await open();
    return scanner.ready === undefined ? 'a person, whom the run asks' : scanner.ready();
  });
  return findings;
}

function keyWorks({ safety: { source }, keyIsDrawn }: BenchLook): string {
  try {
    sealFor(source, freshSalt());
  } catch (error) {
    if (keyIsDrawn && error instanceof HarnessError && error.code === 'CONFIG_MISSING')
      return 'the first run draws it';
    throw error;
  }
  return source.from === 'file' ? source.file : 'a phrase';
}

/** How far the recorder's clock is off. @throws HarnessError CONFIG_INVALID where codes would be out of date */
function clockTold(time: string, clock: Clock): string {
  if (!/(Z|[+-]\d\d:?\d\d)$/.test(time)) return `its clock says ${time}`;
  const off = Math.round((Date.parse(time) - clock.now()) / 1000);
  if (Math.abs(off) <= CLOCK_OFF) return `its clock is ${off} s off`;
  throw new HarnessError('CONFIG_INVALID', `its clock says ${time}, ${off} s off this machine's`, {
    port: 'http',
    hint: "set the recorder's time, or this machine's: codes and mails are judged by it",
  });
}
