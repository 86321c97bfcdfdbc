#!/usr/bin/env node
import { settleMemory } from '../run/memory.ts';

/** What works for hours. */
const LONG = ['run', 'prove'];

// Before anything else is loaded: the program may begin anew.
if (LONG.includes(process.argv[2] ?? '')) settleMemory();
const { main } = await import('./commands.ts');
process.exitCode = await main(process.argv.slice(2));
