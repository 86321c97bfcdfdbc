import { createHash } from 'node:crypto';
import { themeButton } from '../report/html/client.ts';
import { pageStyle } from '../report/html/style.ts';
import { followLive, showPlace } from './client.ts';
import { webStyle } from './style.ts';

/** A file that pages load, under an address that changes with it. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** Style and script of all pages: the policy allows no other. The script is functions as text, whose types the runtime has blanked. */
export const ASSETS = {
  style: asset('style.css', 'text/css; charset=utf-8', `${pageStyle()}\n${webStyle()}`),
  script: asset(
    'script.js',
    'text/javascript; charset=utf-8',
    `'use strict';\n${[themeButton, showPlace, followLive].map((one) => one.toString().replace(/[ \t]+$/gm, '')).join('\n')}\nthemeButton();\nshowPlace();\nfollowLive();\n`,
  ),
} as const satisfies Record<string, Asset>;

function asset(name: string, type: string, text: string): Asset {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { path: `/assets/${hash}-${name}`, type, text };
}
