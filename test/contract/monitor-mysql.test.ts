import { monitorContract } from './monitor.ts';

await monitorContract('mysql');
