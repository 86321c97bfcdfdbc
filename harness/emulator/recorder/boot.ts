import { createHash } from 'node:crypto';
import type { Identity } from './firmware.ts';

/** What the console prints from power-on to the shell; own text in the manner of such machines. */
export function bootText(identity: Identity): readonly string[] {
  const seconds = (value: number) => `[    ${value.toFixed(6)}]`;
  const checksum = createHash('md5').update(identity.firmware).digest('hex').slice(0, 8);
  return [
    '',
    `U-Boot 2010.06-twin (${identity.firmware} ${identity.build})`,
    'DRAM:  512 MiB',
    'NAND:  128 MiB',
    'In:    serial',
    'Out:   serial',
    'Err:   serial',
    `Net:   eth0 ${identity.macAddress}`,
    'Hit Ctrl+u to stop autoboot:  0',
    `## Checking image ... crc ${checksum} OK`,
    'Starting kernel ...',
    '',
    `${seconds(0)} Booting kernel on physical CPU 0`,
    `${seconds(0)} Kernel command line: console=ttyS0,115200n8 root=/dev/ram0`,
    `${seconds(0.012)} Memory: 503 MiB available`,
    `${seconds(0.214)} serial8250: ttyS0 at MMIO, 115200 8N1`,
    `${seconds(0.431)} ahci: SATA link up 3.0 Gbps`,
    `${seconds(0.655)} usb 1-1: new high-speed USB device, hub`,
    `${seconds(0.702)} eth0: link up, 1000 Mbps, full duplex`,
    `${seconds(0.918)} mounting /home from flash ... done`,
    `init: ${identity.deviceType} application ${identity.firmware} ${identity.build}`,
    `init: ${identity.channels} channels, display ready`,
    'init: network services started',
  ];
}

/** The protected shell's greeting (public descriptions of such consoles). */
export const SHELL_BANNER: readonly string[] = [
  '',
  'BusyBox v1.19.3 Protect Shell (psh)',
  "Enter 'help' for a list of davinci system commands.",
  '',
];
