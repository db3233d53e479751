/**
 * The function that fences by EC2, outside the VPC. These calls are slow and go on beside the promotion, so they have
 * sandboxes of their own: those of the other functions stay free for what clients wait for.
 *
 * @module
 */
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import { ec2FenceRehearsal } from '../../lib/adapters/aws/ec2-fence-rehearsal.ts';
import { ec2Network } from '../../lib/adapters/aws/ec2-network.ts';
import { snsNotifier } from '../../lib/adapters/aws/sns-notifier.ts';
import { deployedConfig, systemClock, variable } from '../environment.ts';
import { dispatcher } from '../step.ts';
import { rehearse, type FenceRehearsalContext } from './rehearse.ts';
import { fenceSteps } from './steps.ts';

const context: FenceRehearsalContext = {
  config: deployedConfig(),
  state: dynamodbState(variable('TABLE_NAME')),
  network: ec2Network(),
  rehearsal: ec2FenceRehearsal(),
  notifier: snsNotifier(variable('TOPIC_ARN')),
  clock: systemClock,
  fenceGroup: variable('FENCE_SECURITY_GROUP_ID'),
};

export const handler = dispatcher({ ...fenceSteps, rehearse }, context);
