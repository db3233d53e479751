/** @module Alarms of a template. */
import * as z from 'zod';
import { ALARM_INPUT } from '../../services/cloudwatch/alarm.ts';
import { provider } from '../provider.ts';

const { AlarmName: _name, ...PROPERTIES } = ALARM_INPUT.shape;

export const alarm = provider(
  { AlarmName: z.string().optional(), ...PROPERTIES },
  [],
  ({ AlarmName, ...input }, { cloudWatch, generatedName }) => {
    const name = AlarmName ?? generatedName;
    return { physicalId: name, attributes: { Arn: cloudWatch.putAlarm({ AlarmName: name, ...input }) } };
  },
);
