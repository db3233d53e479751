/**
 * @module RunInstances.
 *
 * Guarantees: an instance is `pending` in the answer and `running` after the world's start time. It exists on paper only:
 * nothing boots, and no host of the lab's network is behind its interface.
 */
import type { AwsRequest, AwsResponse } from '../../service.ts';
import { AwsError, notModelled } from '../../wire/aws-error.ts';
import { Form } from '../../wire/form.ts';
import type { Instance, NetworkInterface } from '../../world/model.ts';
import type { World } from '../../world/world.ts';
import { answer, instanceXml } from './answers.ts';
import { checkImageId, isInstanceType } from './catalogue.ts';
import { stopIfDryRun } from './dry-run.ts';
import { findNetworkInterface, findSubnet } from './lookup.ts';
import { addInterface, type InterfaceDraft, readInterface } from './network-interfaces.ts';
import { readTagSpecifications } from './tags.ts';

export async function runInstances(world: World, request: AwsRequest): Promise<AwsResponse> {
  const form = new Form(request.body);
  const token = form.text('ClientToken');
  const instances = await world.clientTokens.once(form.action, token, () => launch(world, form));
  return answer(form.action, request.requestId, {
    reservationId: instances[0]?.instanceId.replace('i-', 'r-'),
    ownerId: world.account.id,
    instancesSet: { item: instances.map((instance) => instanceXml(world, instance)) },
  });
}

async function launch(world: World, form: Form): Promise<readonly Instance[]> {
  const count = readCount(form);
  checkImageId(form.required('ImageId'));
  const instanceType = form.text('InstanceType') ?? 't3.micro';
  if (!isInstanceType(instanceType)) {
    throw new AwsError('InvalidParameterValue', `Invalid value '${instanceType}' for InstanceType.`);
  }
  const disableApiStop = form.flag('DisableApiStop');
  const source = readFirstInterface(world, form);
  const tags = readTagSpecifications(form, 'instance');
  const dryRun = form.flag('DryRun');
  form.end();
  stopIfDryRun(dryRun);
  if (count > 1 && source.isOnlyOne) {
    throw new AwsError(
      'InvalidParameterCombination',
      'A network interface or a private IP address may not be specified for more than one instance',
    );
  }
  const name = new Map(tags).get('Name') ?? '';
  const instances: Instance[] = [];
  for (const networkInterface of await makeAll(world, count, source.make)) {
    const instance = world.putInstance({ name, instanceType, disableApiStop, networkInterface });
    world.tag(instance.instanceId, tags);
    await world.effects.start(instance);
    instances.push(instance);
  }
  return instances;
}

/** As many interfaces or none. */
async function makeAll(
  world: World,
  count: number,
  make: () => Promise<NetworkInterface>,
): Promise<readonly NetworkInterface[]> {
  const made: NetworkInterface[] = [];
  try {
    while (made.length < count) made.push(await make());
    return made;
  } catch (error) {
    for (const each of made) await world.removeNetworkInterface(each);
    throw error;
  }
}

function readCount(form: Form): number {
  const least = form.whole('MinCount') ?? 1;
  const most = form.whole('MaxCount') ?? 1;
  if (least < 1 || most < least) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${least}) for parameter minCount is invalid. It must be at least 1 and at most maxCount (${most}).`,
    );
  }
  return most;
}

interface InterfaceSource {
  /** What it makes can't be made twice. */
  readonly isOnlyOne: boolean;
  readonly make: () => Promise<NetworkInterface>;
}

/** The interface is the instance's own, one that is described in the request, or one that exists already. */
function readFirstInterface(world: World, form: Form): InterfaceSource {
  const [specified, ...more] = form.structures('NetworkInterface');
  if (more.length > 0) throw notModelled('RunInstances with several network interfaces');
  if (specified === undefined) {
    return drafted(world, readInterface(world, form, '', readSubnet(world, form, 'SubnetId')));
  }
  if (form.text('SubnetId') !== undefined || form.list('SecurityGroupId').length > 0) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level subnet ID or security groups may not be specified on the same request',
    );
  }
  form.whole(`${specified}.DeviceIndex`);
  form.flag(`${specified}.DeleteOnTermination`);
  const id = form.text(`${specified}.NetworkInterfaceId`);
  if (id === undefined) {
    return drafted(
      world,
      readInterface(world, form, `${specified}.`, readSubnet(world, form, `${specified}.SubnetId`)),
    );
  }
  const existing = findNetworkInterface(world, id);
  if (existing.instanceId !== undefined || existing.host !== undefined) {
    throw new AwsError('InvalidNetworkInterface.InUse', `Network interface: ${id} in use`);
  }
  return { isOnlyOne: true, make: () => Promise.resolve(existing) };
}

function drafted(world: World, draft: InterfaceDraft): InterfaceSource {
  const isOnlyOne = draft.address !== undefined || draft.secondaryAddresses.length > 0;
  return { isOnlyOne, make: () => addInterface(world, draft) };
}

function readSubnet(world: World, form: Form, name: string) {
  const subnetId = form.text(name);
  if (subnetId === undefined) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
  return findSubnet(world, subnetId);
}
