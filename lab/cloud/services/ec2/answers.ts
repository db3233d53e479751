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
} from '../../world/model.ts';
import type { World } from '../../world/world.ts';
import { element, type Xml } from '../../wire/xml.ts';
import { xml } from '../../wire/protocols.ts';

/** What every instance of the lab is, and how many IPv4 addresses one interface of it may have. */
export const INSTANCE_TYPE = { name: 'm7g.large', addressesPerInterface: 10 } as const;

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

export function reservationXml(world: World, instance: Instance): Xml {
  return {
    reservationId: instance.instanceId.replace('i-', 'r-'),
    ownerId: world.account.id,
    instancesSet: { item: instanceXml(world, instance) },
  };
}

function instanceXml(world: World, instance: Instance): Xml {
  const { networkInterface } = instance;
  return {
    instanceId: instance.instanceId,
    instanceState: stateXml(instance.state),
    instanceType: INSTANCE_TYPE.name,
    ...(instance.stateReason && {
      stateReason: { code: instance.stateReason, message: `${instance.stateReason}: User initiated shutdown` },
    }),
    privateIpAddress: networkInterface.privateIpAddress,
    subnetId: networkInterface.subnet.subnetId,
    vpcId: networkInterface.subnet.vpcId,
    placement: { availabilityZone: networkInterface.subnet.availabilityZone },
    launchTime: instance.launchTime,
    groupSet: groupSetXml(world, networkInterface),
    networkInterfaceSet: { item: networkInterfaceXml(world, networkInterface) },
    tagSet: { item: { key: 'Name', value: instance.name } },
  };
}

export function networkInterfaceXml(world: World, networkInterface: NetworkInterface): Xml {
  const { subnet, instanceId, privateIpAddress } = networkInterface;
  return {
    networkInterfaceId: networkInterface.networkInterfaceId,
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    description: networkInterface.description,
    ownerId: world.account.id,
    status: 'in-use',
    privateIpAddress,
    groupSet: groupSetXml(world, networkInterface),
    attachment: {
      attachmentId: networkInterface.networkInterfaceId.replace('eni-', 'eni-attach-'),
      instanceId,
      deviceIndex: 0,
      status: 'attached',
      deleteOnTermination: true,
    },
    privateIpAddressesSet: {
      item: [
        { privateIpAddress, primary: true },
        ...[...networkInterface.secondaryAddresses].map((each) => ({ privateIpAddress: each, primary: false })),
      ],
    },
  };
}

export function subnetXml({ subnetId, vpcId, cidrBlock, availabilityZone }: Subnet): Xml {
  return { subnetId, vpcId, cidrBlock, availabilityZone, state: 'available' };
}

export function securityGroupXml(world: World, group: SecurityGroup): Xml {
  return {
    ownerId: world.account.id,
    groupId: group.groupId,
    groupName: group.groupName,
    groupDescription: group.description,
    vpcId: group.vpcId,
    ipPermissions: { item: group.ingress.map((rule) => permissionXml(world, rule)) },
    ipPermissionsEgress: { item: group.egress.map((rule) => permissionXml(world, rule)) },
  };
}

function permissionXml(world: World, rule: SecurityGroupRule): Xml {
  const { source } = rule;
  return {
    ipProtocol: rule.protocol,
    ...(rule.protocol !== '-1' && { fromPort: rule.fromPort, toPort: rule.toPort }),
    groups: 'groupId' in source ? { item: { userId: world.account.id, groupId: source.groupId } } : '',
    ipRanges: 'cidr' in source ? { item: { cidrIp: source.cidr } } : '',
  };
}

function groupSetXml(world: World, networkInterface: NetworkInterface): Xml {
  return {
    item: networkInterface.groupIds.map((groupId) => ({
      groupId,
      groupName: world.securityGroups.get(groupId)?.groupName,
    })),
  };
}
