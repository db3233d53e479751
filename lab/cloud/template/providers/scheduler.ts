/** @module Schedules of a template. */
import * as z from 'zod';
import { arn } from '../../account.ts';
import { SCHEDULE_INPUT } from '../../services/scheduler.ts';
import { provider } from '../provider.ts';

const { ClientToken: _token, ...PROPERTIES } = SCHEDULE_INPUT.shape;

export const schedule = provider({ Name: z.string().optional(), ...PROPERTIES }, [], (properties, context) => {
  const { Name, ...input } = properties;
  const name = Name ?? context.generatedName;
  context.scheduler.createSchedule(name, input);
  return {
    physicalId: name,
    attributes: { Arn: arn(context.account, 'scheduler', `schedule/${input.GroupName}/${name}`) },
  };
});
