/** @module State machines of a template: the definition in it or in an asset, with its substitutions made. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { ask } from '../../iam/authorization.ts';
import { callJson } from '../call-json.ts';
import { provider } from '../provider.ts';
import { substitute } from '../intrinsics.ts';

/** What Step Functions demands of the role of a machine that is to log. */
const LOG_DELIVERY = [
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
];

const CREATED = z.object({ stateMachineArn: z.string() });

export const stateMachine = provider(
  {
    StateMachineName: z.string().optional(),
    StateMachineType: z.literal('STANDARD').default('STANDARD'),
    RoleArn: z.string(),
    DefinitionString: z.string().optional(),
    DefinitionS3Location: z.object({ Bucket: z.string(), Key: z.string() }).optional(),
    DefinitionSubstitutions: z.record(z.string(), z.coerce.string()).default({}),
    LoggingConfiguration: z.object({ Level: z.string().default('OFF') }).default({ Level: 'OFF' }),
  },
  ['TracingConfiguration'],
  async (properties, { access, asset, generatedName, stepFunctions }) => {
    const { DefinitionString, DefinitionS3Location, DefinitionSubstitutions: substitutions } = properties;
    const source = DefinitionString ?? (DefinitionS3Location && readFileSync(asset(DefinitionS3Location.Key), 'utf8'));
    if (source === undefined) throw new Error('it has neither DefinitionString nor DefinitionS3Location');
    const name = properties.StateMachineName ?? generatedName;
    if (properties.LoggingConfiguration.Level !== 'OFF') {
      access.authorize(
        { principal: properties.RoleArn, session: 'states' },
        LOG_DELIVERY.flatMap((action) => ask(action, ['*'])),
      );
    }
    const definition = await substitute(source, (variable) =>
      Promise.resolve(Object.hasOwn(substitutions, variable) ? (substitutions[variable] ?? '') : `\${${variable}}`),
    );
    const created = await callJson(stepFunctions, 'AWSStepFunctions.CreateStateMachine', {
      name,
      definition,
      roleArn: properties.RoleArn,
      type: 'STANDARD',
    });
    const { stateMachineArn } = CREATED.parse(created);
    return { physicalId: stateMachineArn, attributes: { Arn: stateMachineArn, Name: name } };
  },
);
