import { parentPort, workerData } from 'node:worker_threads';
import { tapText } from './tap-text.ts';

parentPort?.postMessage({ tap: await tapText(workerData) });
