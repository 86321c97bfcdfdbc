// What a recorder prints, what a server of serial ports answers, what chips on a serial line send.

import { readLcusState } from '../../../../harness/bench/drivers/power/lcus.ts';
import { COM_PORT, readBaudRate, readLineState } from '../../../../harness/bench/drivers/serial/com-port.ts';
import { answerOf, answerWithoutEcho } from '../../../../harness/bench/drivers/serial/command.ts';
import { openComPort } from '../../../../harness/bench/drivers/serial/rfc2217.ts';
import {
  OPTION,
  telnetOption,
  telnetReader,
  telnetSub,
} from '../../../../harness/bench/drivers/serial/telnet.ts';
import { newTranscript } from '../../../../harness/bench/drivers/serial/transcript.ts';
import { leaksIn } from '../../../../harness/evidence/leak-watch.ts';
import { createRedactor } from '../../../../harness/evidence/redactor.ts';
import { watchBoots } from '../../../../harness/flow/boot-witness.ts';
import {
  CH9329,
  CH9329_DONE,
  ch9329Reader,
  encodeCh9329,
  readCh9329Config,
  readCh9329Info,
} from '../../../../harness/wire/ch9329.ts';
import { loaderListens } from '../../../../harness/wire/console.ts';
import { watchText } from '../../../../harness/wire/console-text.ts';
import { quickClock, serveTurns } from '../peers.bench.ts';
import { bytesOf, must, pieces, type Target, textOf } from '../target.ts';

const BOOT = `U-Boot 2010.06 (Mar 12 2019 - 10:11:12)\r\nHit Ctrl+u to stop autoboot: 0\r\nLinux version 3.18.20\r\n
V4.21.000 build 190416\r\nlogin: admin\r\n# prtHardInfo\r\nprtHardInfo\r\nserial 0123456789\r\n# help\r\nhelp\r\nSupport Commands:\r\ngetIp\r\n# `;
const SECRET = 'K7mQ2xWb';
const LEAKING = `${BOOT}\r\ncode=K7m`;
const SIGNS = ['U-Boot', 'Booting Linux'] as const;

const console_: Target = {
  name: 'serial-console',
  samples: [
    bytesOf(BOOT),
    bytesOf(`${LEAKING}Q2xWb for ä€😀\r\n${BOOT}`),
    bytesOf(Buffer.from(SECRET).toString('base64')),
  ],
  open() {
    const redactor = createRedactor();
    redactor.add('code', SECRET);
    redactor.add('password', 'Harbour-77');
    redactor.add('address', 'owner@lab.resetbench.example');
    const clock = { ...quickClock, now: () => 0 };
    const heard = (parts: readonly Uint8Array[]) => {
      const transcript = newTranscript({ clock });
      const text = watchText(115_200);
      const witness = watchBoots({ transcript: transcript.chunks }, SIGNS, 0);
      for (const part of parts) {
        transcript.add(part);
        text.add(part, 0);
      }
      const printed = transcript.chunks();
      text.garbage(0);
      return {
        text: printed.map((one) => one.text).join(''),
        boots: JSON.stringify(witness.boots()),
        leaks: leaksIn(printed, [redactor])
          .map(({ label }) => label)
          .join(),
      };
    };
    return {
      read(bytes, dice) {
        const whole = heard([bytes]);
        // The last character may be cut: it is not told before it is whole.
        const cut = heard(pieces(bytes, dice));
        must(whole.text === cut.text, 'the text depends on how it came in pieces');
        must(whole.boots === cut.boots, `boots depend on pieces: ${whole.boots} and ${cut.boots}`);
        must(whole.leaks === cut.leaks, `leaks depend on pieces: "${whole.leaks}" and "${cut.leaks}"`);
        loaderListens(whole.text);
        answerOf('help', whole.text);
        answerWithoutEcho(whole.text);
      },
    };
  },
};

/** A server's side of RFC 2217: its offer, and three answers. */
const GREETING = Buffer.concat([
  telnetOption('WILL', OPTION.BINARY),
  telnetOption('WILL', OPTION.SGA),
  telnetOption('DO', OPTION.COM_PORT),
]);
const RATE = telnetSub(OPTION.COM_PORT, Uint8Array.of(COM_PORT.baudRate + 100, 0, 1, 0xc2, 0));
const LINE = telnetSub(OPTION.COM_PORT, Uint8Array.of(COM_PORT.lineState + 100, 0x1e));

const telnet: Target = {
  name: 'rfc2217-bytes',
  samples: [Buffer.concat([GREETING, RATE, LINE, bytesOf('text \xff\xff'), RATE]), bytesOf(BOOT)],
  open: () => ({
    read(bytes, dice) {
      const data = (parts: readonly Uint8Array[]) => {
        const read = telnetReader();
        const events = parts.flatMap((part) => read(part));
        for (const event of events)
          if (event.kind === 'sub') {
            readBaudRate(event.data.subarray(1));
            readLineState(event.data[1] ?? 0);
          }
        const text = events.flatMap((one) => (one.kind === 'data' ? [Buffer.from(one.bytes)] : []));
        return Buffer.concat(text).toString('latin1') + events.filter(({ kind }) => kind !== 'data').length;
      };
      must(data([bytes]) === data(pieces(bytes, dice)), 'what is read depends on how it came in pieces');
    },
  }),
};

const comPort: Target = {
  name: 'rfc2217-server',
  samples: [Buffer.concat([GREETING, LINE, RATE, bytesOf('text')])],
  oneIn: 5,
  async open() {
    const peer = await serveTurns();
    return {
      async read(bytes) {
        // The offer at once, the rest once the client has asked for the rate.
        const ask = (heard: Buffer) =>
          heard.includes(Buffer.of(0xff, 0xfa, OPTION.COM_PORT, COM_PORT.baudRate));
        peer.say(bytes.subarray(0, GREETING.length), [{ when: ask, say: bytes.subarray(GREETING.length) }]);
        const events = {
          bytes: () => undefined,
          flaw: () => undefined,
          alive: () => undefined,
          lost: () => undefined,
        };
        const port = await openComPort({ host: '127.0.0.1', port: peer.port, clock: quickClock }, events);
        try {
          await port.baudRate();
        } finally {
          await port.close();
        }
      },
      close: () => peer.close(),
    };
  },
};

const INFO = encodeCh9329({
  address: 0,
  command: CH9329.info | CH9329_DONE,
  data: Uint8Array.of(0x31, 1, 2, 0, 0, 0, 0, 0),
});
const CONFIG = encodeCh9329({
  address: 0,
  command: CH9329.config | CH9329_DONE,
  data: new Uint8Array(50).fill(0x80),
});

const chip: Target = {
  name: 'ch9329',
  samples: [INFO, Buffer.concat([INFO, bytesOf('noise'), CONFIG, INFO]), bytesOf('CH1: ON\r\nCH2: OFF\r\n')],
  open: () => ({
    read(bytes, dice) {
      const frames = (parts: readonly Uint8Array[]) => {
        const read = ch9329Reader();
        return JSON.stringify(parts.flatMap((part) => read(part)));
      };
      must(frames([bytes]) === frames(pieces(bytes, dice)), 'frames depend on how they came in pieces');
      for (const one of ch9329Reader()(bytes))
        if (one.kind === 'frame') {
          readCh9329Info(one.data);
          readCh9329Config(one.data);
        }
      readLcusState(bytes, 1 + (dice % 8));
      textOf(bytes);
    },
  }),
};

export const SERIAL: readonly Target[] = [console_, telnet, comPort, chip];
