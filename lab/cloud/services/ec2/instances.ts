/**
 * @module The EC2 calls on instances.
 *
 * Guarantees: a stop or start is answered while it goes on, as on EC2; a batch with one refused instance changes none.
 */
import type { AwsRequest, AwsResponse } from '../../service.ts';
import { AwsError, notModelled } from '../../wire/aws-error.ts';
import { Form } from '../../wire/form.ts';
import type { Instance, InstanceState } from '../../world/model.ts';
import type { Inventory } from '../../world/inventory.ts';
import type { World } from '../../world/world.ts';
import { answer, reservationXml, stateXml } from './answers.ts';
import { stopIfDryRun } from './dry-run.ts';
import { type FilterTable, findInstance, findInstances, matches } from './lookup.ts';

const FILTERS: FilterTable<Instance> = {
  'instance-id': (each) => [each.instanceId],
  'instance-state-name': (each) => [each.state],
  'private-ip-address': (each) => [each.networkInterface.privateIpAddress],
  'network-interface.addresses.private-ip-address': ({ networkInterface }) => [
    networkInterface.privateIpAddress,
    ...networkInterface.secondaryAddresses,
  ],
  'subnet-id': (each) => [each.networkInterface.subnet.subnetId],
  'vpc-id': (each) => [each.networkInterface.subnet.vpcId],
  'availability-zone': (each) => [each.networkInterface.subnet.availabilityZone],
  'instance-type': (each) => [each.instanceType],
};

export function describeInstances(world: Inventory, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const ids = form.list('InstanceId');
  const filters = form.filters();
  form.end();
  const instances = ids.length > 0 ? findInstances(world, ids) : [...world.instances.values()];
  return answer(form.action, request.requestId, {
    reservationSet: {
      item: instances
        .filter((each) => matches(each, filters, FILTERS, world.tags.get(each.instanceId)))
        .map((instance) => reservationXml(world, instance)),
    },
  });
}

/** `Force` and `SkipOsShutdown` are accepted; the lab's guests are cut off at the end of the stop either way. */
export async function stopInstances(world: World, request: AwsRequest): Promise<AwsResponse> {
  const form = new Form(request.body);
  const ids = someInstances(form);
  form.flag('Force');
  form.flag('SkipOsShutdown');
  if (form.flag('Hibernate')) throw notModelled('hibernation');
  const dryRun = form.flag('DryRun');
  form.end();
  const instances = findInstances(world, ids);
  stopIfDryRun(dryRun);
  for (const { instanceId, disableApiStop, state } of instances) {
    if (disableApiStop) {
      throw new AwsError(
        'OperationNotPermitted',
        `The instance '${instanceId}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`,
      );
    }
    if (state === 'pending' || isEnding(state)) {
      throw new AwsError(
        'IncorrectInstanceState',
        `This instance '${instanceId}' is not in a state from which it can be stopped.`,
      );
    }
  }
  return transition(form.action, request.requestId, instances, (instance) =>
    instance.state === 'running' ? world.effects.stop(instance) : Promise.resolve(),
  );
}

export async function startInstances(world: World, request: AwsRequest): Promise<AwsResponse> {
  const form = new Form(request.body);
  const ids = someInstances(form);
  const dryRun = form.flag('DryRun');
  form.end();
  const instances = findInstances(world, ids);
  stopIfDryRun(dryRun);
  for (const { instanceId, state } of instances) {
    if (state === 'stopping' || isEnding(state)) {
      throw new AwsError(
        'IncorrectInstanceState',
        `The instance '${instanceId}' is not in a state from which it can be started.`,
      );
    }
  }
  return transition(form.action, request.requestId, instances, (instance) =>
    instance.state === 'stopped' ? world.effects.start(instance) : Promise.resolve(),
  );
}

/** Its interface goes with it. */
export async function terminateInstances(world: World, request: AwsRequest): Promise<AwsResponse> {
  const form = new Form(request.body);
  const ids = someInstances(form);
  const dryRun = form.flag('DryRun');
  form.end();
  const instances = findInstances(world, ids);
  stopIfDryRun(dryRun);
  return transition(form.action, request.requestId, instances, (instance) =>
    isEnding(instance.state)
      ? Promise.resolve()
      : world.effects.terminate(instance, () => world.removeNetworkInterface(instance.networkInterface)),
  );
}

export function describeInstanceAttribute(world: Inventory, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const instance = findInstance(world, form.required('InstanceId'));
  const attribute = form.required('Attribute');
  form.end();
  if (attribute !== 'disableApiStop') throw notModelled(`the instance attribute ${attribute}`);
  return answer(form.action, request.requestId, {
    instanceId: instance.instanceId,
    disableApiStop: { value: instance.disableApiStop },
  });
}

export function modifyInstanceAttribute(world: World, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const instance = findInstance(world, form.required('InstanceId'));
  form.required('DisableApiStop.Value');
  const disableApiStop = form.flag('DisableApiStop.Value');
  const dryRun = form.flag('DryRun');
  form.end();
  stopIfDryRun(dryRun);
  world.changing();
  instance.disableApiStop = disableApiStop;
  return answer(form.action, request.requestId, { return: true });
}

function someInstances(form: Form): readonly string[] {
  const ids = form.list('InstanceId');
  if (ids.length > 0) return ids;
  throw new AwsError('MissingParameter', 'The request must contain the parameter InstanceId');
}

function isEnding(state: InstanceState): boolean {
  return state === 'shutting-down' || state === 'terminated';
}

async function transition(
  action: string,
  requestId: string,
  instances: readonly Instance[],
  change: (instance: Instance) => Promise<void>,
): Promise<AwsResponse> {
  const before = new Map<Instance, InstanceState>(instances.map((instance) => [instance, instance.state]));
  for (const instance of instances) await change(instance);
  return answer(action, requestId, {
    instancesSet: {
      item: instances.map((instance) => ({
        instanceId: instance.instanceId,
        currentState: stateXml(instance.state),
        previousState: stateXml(before.get(instance) ?? instance.state),
      })),
    },
  });
}
