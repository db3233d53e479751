import { monitorContract } from './monitor.ts';

await monitorContract('mariadb');
