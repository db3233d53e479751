import { doctorContract } from './doctor.ts';

await doctorContract('mysql');
