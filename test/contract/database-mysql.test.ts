import { databaseContract } from './database.ts';

await databaseContract('mysql');
