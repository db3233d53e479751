/** @module How instances, interfaces and groups look in EC2's XML. */
import type { AwsResponse } from '../../service.ts';
import {
  INSTANCE_STATE_CODES,
  type Instance,
  type InstanceState,
  type NetworkInterface,
  type SecurityGroup,
  type SecurityGroupRule,
  type Subnet,
  type Vpc,
} from '../../world/model.ts';
import type { Inventory } from '../../world/inventory.ts';
import { element, type Xml } from '../../wire/xml.ts';
import { xml } from '../../wire/protocols.ts';

/** `<ActionResponse><requestId/>…</ActionResponse>` */
export function answer(action: string, requestId: string, content: Readonly<Record<string, Xml>>): AwsResponse {
  const document = element(
    `${action}Response`,
    { requestId, ...content },
    ' xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"',
  );
  return xml(200, document);
}

export function stateXml(state: InstanceState): Xml {
  return { code: INSTANCE_STATE_CODES[state], name: state };
}

export function reservationXml(world: Inventory, instance: Instance): Xml {
  return {
    reservationId: instance.instanceId.replace('i-', 'r-'),
    ownerId: world.account.id,
    instancesSet: { item: instanceXml(world, instance) },
  };
}

export function instanceXml(world: Inventory, instance: Instance): Xml {
  const { networkInterface } = instance;
  const isGone = instance.state === 'terminated';
  return {
    instanceId: instance.instanceId,
    instanceState: stateXml(instance.state),
    instanceType: instance.instanceType,
    ...(instance.stateReason && {
      stateReason: { code: instance.stateReason, message: `${instance.stateReason}: User initiated shutdown` },
    }),
    placement: { availabilityZone: networkInterface.subnet.availabilityZone },
    launchTime: instance.launchTime,
    // What was terminated is still described for a while, without its network.
    ...(!isGone && {
      privateIpAddress: networkInterface.privateIpAddress,
      subnetId: networkInterface.subnet.subnetId,
      vpcId: networkInterface.subnet.vpcId,
      groupSet: groupSetXml(world, networkInterface),
      networkInterfaceSet: { item: networkInterfaceXml(world, networkInterface) },
    }),
    tagSet: tagSetXml(world, instance.instanceId),
  };
}

export function networkInterfaceXml(world: Inventory, networkInterface: NetworkInterface): Xml {
  const { networkInterfaceId, subnet, instanceId, host, privateIpAddress } = networkInterface;
  const isInUse = instanceId !== undefined || host !== undefined;
  return {
    networkInterfaceId,
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    description: networkInterface.description,
    ownerId: world.account.id,
    status: isInUse ? 'in-use' : 'available',
    privateIpAddress,
    groupSet: groupSetXml(world, networkInterface),
    ...(isInUse && {
      attachment: {
        attachmentId: networkInterfaceId.replace('eni-', 'eni-attach-'),
        instanceId,
        deviceIndex: 0,
        status: 'attached',
        deleteOnTermination: true,
      },
    }),
    privateIpAddressesSet: {
      item: [
        { privateIpAddress, primary: true },
        ...[...networkInterface.secondaryAddresses].map((each) => ({ privateIpAddress: each, primary: false })),
      ],
    },
    tagSet: tagSetXml(world, networkInterfaceId),
  };
}

export function vpcXml(world: Inventory, { vpcId, cidrBlock }: Vpc): Xml {
  return { vpcId, cidrBlock, state: 'available', isDefault: false, tagSet: tagSetXml(world, vpcId) };
}

export function subnetXml(world: Inventory, { subnetId, vpcId, cidrBlock, availabilityZone }: Subnet): Xml {
  return { subnetId, vpcId, cidrBlock, availabilityZone, state: 'available', tagSet: tagSetXml(world, subnetId) };
}

export function securityGroupXml(world: Inventory, group: SecurityGroup): Xml {
  return {
    ownerId: world.account.id,
    groupId: group.groupId,
    groupName: group.groupName,
    groupDescription: group.description,
    vpcId: group.vpcId,
    ipPermissions: { item: group.ingress.map((rule) => permissionXml(world, rule)) },
    ipPermissionsEgress: { item: group.egress.map((rule) => permissionXml(world, rule)) },
    tagSet: tagSetXml(world, group.groupId),
  };
}

export function tagSetXml(world: Inventory, resourceId: string): Xml {
  return { item: [...(world.tags.get(resourceId) ?? [])].map(([key, value]) => ({ key, value })) };
}

function permissionXml(world: Inventory, rule: SecurityGroupRule): Xml {
  const { source } = rule;
  return {
    ipProtocol: rule.protocol,
    ...(rule.protocol !== '-1' && { fromPort: rule.fromPort, toPort: rule.toPort }),
    groups: 'groupId' in source ? { item: { userId: world.account.id, groupId: source.groupId } } : '',
    ipRanges: 'cidr' in source ? { item: { cidrIp: source.cidr } } : '',
  };
}

function groupSetXml(world: Inventory, networkInterface: NetworkInterface): Xml {
  return {
    item: networkInterface.groupIds.map((groupId) => ({
      groupId,
      groupName: world.securityGroups.get(groupId)?.groupName,
    })),
  };
}
