#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { settleMemory } from '../run/memory.ts';

/** What works for hours. */
const LONG = ['run', 'prove'];

// Before anything else is loaded: the program may begin anew.
if (LONG.includes(process.argv[2] ?? '')) settleMemory();
// What was compiled once is loaded in two thirds of the time. Where the folder takes no files nothing is kept.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)));
const { main } = await import('./commands.ts');
process.exitCode = await main(process.argv.slice(2));
