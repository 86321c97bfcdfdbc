import { caseView, fillEvidence, lightbox, startPage, themeButton, timelineClick } from './client.ts';
import { filterForm, matrixKeys } from './client-table.ts';

/**
 * The page's script: the functions of `client.ts` as text. The runtime has already blanked their types, so what it
 * gives is JavaScript.
 */
export function clientScript(): string {
  const functions = [
    themeButton,
    fillEvidence,
    caseView,
    lightbox,
    timelineClick,
    matrixKeys,
    filterForm,
    startPage,
  ];
  const text = functions.map((one) => one.toString().replace(/[ \t]+$/gm, '')).join('\n');
  return `'use strict';\n${text}\nstartPage();\n`.replaceAll('</', '<\\/').replaceAll('<!--', '<\\!--');
}
